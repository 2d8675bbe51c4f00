// Where baselines are looked for and kept: the user's directory first, then those that came with tpabi.

import { join } from "node:path";

import { SHIPPED } from "../baselines/registry.ts";

/** The option that names the user's directory. */
export const DIR = [
  "--dir <dir>",
  "your directory of baselines (default: TPABI_BASELINES or ~/.local/share/tpabi)",
] as const;

export interface DirFlags {
  readonly dir?: string;
}

/**
 * The user's own directory of baselines: `TPABI_BASELINES`, or `tpabi` in the user's data directory. A relative
 * XDG_DATA_HOME is invalid by its standard.
 */
export function ownBaselines(): string | undefined {
  const { TPABI_BASELINES: own, XDG_DATA_HOME: data, HOME: home } = process.env;
  if (own) return own;
  if (data?.startsWith("/")) return join(data, "tpabi");
  return home ? join(home, ".local", "share", "tpabi") : undefined;
}

/** All directories in the order in which they are searched. */
export function baselineDirectories(own: string | undefined = ownBaselines()): readonly string[] {
  return own === undefined ? [SHIPPED] : [own, SHIPPED];
}
