// Patterns of names as users write them: `sched:*`, `*:*_done`, or `sched_switch` for that event of any system; `v6.12.*`.

/** A test for event ids (`system:name`) by a pattern in which `*` is any text and `?` any one character. */
export function eventMatcher(pattern: string): (id: string) => boolean {
  const glob = pattern.includes(":") ? pattern : `*:${pattern}`;
  return (id) => matchesGlob(id, glob);
}

/**
 * Whether a whole text fits a pattern of that kind. Only the last `*` is ever widened, so the time grows with the product
 * of both lengths; a regular expression with many `.*` may take forever, and patterns may come from anybody.
 */
export function matchesGlob(text: string, glob: string): boolean {
  let at = 0;
  let wanted = 0;
  let star = -1;
  let covered = 0;
  while (at < text.length) {
    if (glob[wanted] === "*") {
      star = wanted++;
      covered = at;
    } else if (glob[wanted] === "?" || glob[wanted] === text[at]) {
      wanted++;
      at++;
    } else if (star >= 0) {
      wanted = star + 1;
      at = ++covered;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(wanted));
}
