// The files of a C program that a file is tied to: the headers it includes, and the C files behind those headers.
// Invariant: at most so many files, whatever includes what.

import type { Surroundings, ToolFile } from "../reader.ts";
import { includesOf } from "./includes.ts";

const MOST_FILES = 60;

/** Headers, those that headers include, and for each `x.h` an `x.c` or `x.cpp`; the file itself is not among them. */
export function companionsOf(file: ToolFile, around: Surroundings): readonly ToolFile[] {
  const seen = new Map<string, ToolFile>([[file.path, file]]);
  for (const from of seen.values()) {
    for (const { name, isQuoted } of includesOf(from)) {
      if (!isQuoted) continue;
      for (const candidate of [name, name.replace(/\.h$/, ".c"), name.replace(/\.h(pp)?$/, ".cpp")]) {
        if (seen.size >= MOST_FILES) return [...seen.values()].slice(1);
        const found = around.find(candidate, from);
        if (found) seen.set(found.path, found);
      }
    }
  }
  return [...seen.values()].slice(1);
}
