// Which C file includes another C file: some tools cut one program into several, and compile only the file that includes them.
// Invariant: only the directory of a file and the two above it are looked at, and each directory once.

import type { ToolFile } from "../reader.ts";
import { groupBy } from "../../snapshot/group.ts";
import { includesOf } from "./includes.ts";

const MOST_LEVELS = 3;

/** Reads a file by its path, and finds what an `#include` in a file means. */
export interface Files {
  readonly open: (path: string) => ToolFile | undefined;
  readonly find: (name: string, from: ToolFile) => ToolFile | undefined;
}

/** A function from a C file to the first that includes it. */
export function includerFinder(paths: readonly string[], files: Files): (file: ToolFile) => ToolFile | undefined {
  const isC = (path: string): boolean => path.endsWith(".c");
  const byDirectory = groupBy(paths.filter(isC), directoryOf);
  const known = new Map<string, ReadonlyMap<string, string>>();
  /** Of each C file that those of a directory include, the one that does. */
  const includersIn = (directory: string): ReadonlyMap<string, string> => {
    const found = known.get(directory) ?? new Map(includedFrom(byDirectory.get(directory) ?? [], files));
    known.set(directory, found);
    return found;
  };
  return (file) => {
    if (!isC(file.path)) return undefined;
    let directory = directoryOf(file.path);
    for (let level = 0; level < MOST_LEVELS; level++) {
      const includer = includersIn(directory).get(file.path);
      if (includer !== undefined && includer !== file.path) return files.open(includer);
      if (directory === "") return undefined;
      directory = directoryOf(directory);
    }
    return undefined;
  };
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function includedFrom(paths: readonly string[], { open, find }: Files): readonly (readonly [string, string])[] {
  return paths.flatMap((path) => {
    const file = open(path);
    if (file === undefined || !file.text.includes('.c"')) return [];
    const names = includesOf(file).filter(({ name, isQuoted }) => isQuoted && name.endsWith(".c"));
    return names.flatMap(({ name }) => {
      const included = find(name, file);
      return included === undefined ? [] : [[included.path, path] as const];
    });
  });
}
