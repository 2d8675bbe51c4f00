// Whether stdout gets colours.

/** A flag decides first, then NO_COLOR (no-color.org), then FORCE_COLOR, then whether stdout is a terminal. */
export function wantsColor(flag: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (!flag || NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return process.stdout.isTTY && TERM !== "dumb";
}
