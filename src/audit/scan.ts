// Asks all readers about all files of a tool. Invariant: what a reader saw and did not understand comes along, and a reader
// that fails on a file is such a thing, too.

import type { Found, Surroundings, ToolFile, UseReader } from "./reader.ts";
import { readers as allReaders } from "./readers/index.ts";
import { includerFinder } from "./text/includers.ts";
import { type Entry, fileStore, includeFinder, listFiles, neighboursOf, type Unread } from "./tool-files.ts";
import type { NotUnderstood, Use } from "./use.ts";

/** What a tool relies on, as far as it was understood. */
export interface Scan {
  /** Files looked at. */
  readonly files: number;
  /** By file, line and what is used. */
  readonly uses: readonly Use[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Finds the uses in files and directories. */
export function scan(paths: readonly string[], readers: readonly UseReader[] = allReaders): Scan {
  const { entries, alone, unread } = listFiles(paths);
  const open = fileStore();
  const read = (entry: Entry | undefined): ToolFile | undefined => {
    const file = entry === undefined ? undefined : open(entry);
    return file === undefined || isUnread(file) ? undefined : file;
  };
  let find: ReturnType<typeof includeFinder> | undefined;
  const findFile: Surroundings["find"] = (name, from) => {
    // Only a file that includes something is worth a look at what lies around it.
    find ??= includeFinder([...entries, ...neighboursOf(alone)]);
    return read(find(name, from.path));
  };
  let includerOf: ReturnType<typeof includerFinder> | undefined;
  const around: Surroundings = {
    find: findFile,
    includerOf: (file) => {
      if (includerOf === undefined) {
        const byPath = new Map(entries.map((entry) => [entry.path, entry]));
        includerOf = includerFinder([...byPath.keys()], { open: (path) => read(byPath.get(path)), find: findFile });
      }
      return includerOf(file);
    },
  };
  const found = [
    { uses: [], notUnderstood: unread.map(toNotUnderstood) },
    ...entries.map((one) => askAll(open(one), readers, around)),
  ];
  const uses = found.flatMap((one) => one.uses);
  return {
    files: entries.length,
    uses: uses.sort((one, other) => compare(one.file, other.file) || one.line - other.line),
    notUnderstood: found.flatMap((one) => one.notUnderstood),
  };
}

function askAll(file: ToolFile | Unread, readers: readonly UseReader[], around: Surroundings): Found {
  if (isUnread(file)) return { uses: [], notUnderstood: [toNotUnderstood(file)] };
  const found = readers.filter((reader) => reader.claims(file)).map((reader) => attempt(reader, file, around));
  return {
    uses: found.flatMap(({ uses }) => uses),
    notUnderstood: found.flatMap(({ notUnderstood }) => notUnderstood),
  };
}

/** Any file may come along; one that trips a reader must not hide the uses in all others. */
function attempt(reader: UseReader, file: ToolFile, around: Surroundings): Found {
  try {
    return reader.read(file, around);
  } catch (error) {
    const reason = `the reader failed: ${String((error as { message?: unknown })?.message ?? error)}`;
    return { uses: [], notUnderstood: [{ reader: reader.id, file: file.path, line: 0, text: "", reason }] };
  }
}

function isUnread(file: ToolFile | Unread): file is Unread {
  return "reason" in file;
}

function toNotUnderstood({ path, reason }: Unread): NotUnderstood {
  return { reader: "files", file: path, line: 0, text: "", reason: `cannot be read: ${reason}` };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
