// The `#include` lines of a C file. Invariant: each file is looked through once, however many files include it.

import type { ToolFile } from "../reader.ts";

export interface Include {
  readonly name: string;
  /** Between quotes, and not between angle brackets. */
  readonly isQuoted: boolean;
}

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]{1,200})[>"]/gm;

/** Kept for as long as the file itself is. */
const known = new WeakMap<ToolFile, readonly Include[]>();

export function includesOf(file: ToolFile): readonly Include[] {
  let includes = known.get(file);
  if (includes === undefined) {
    includes = [...file.text.matchAll(INCLUDE)].map(([, quote, name = ""]) => ({ name, isQuoted: quote === '"' }));
    known.set(file, includes);
  }
  return includes;
}
