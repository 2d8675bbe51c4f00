// The files of a tool, read as they lie. Nothing of them is ever run.
// Invariant: no symbolic link is followed, and what is left out is either never of interest or counted.

import { groupBy } from "../snapshot/group.ts";
import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

import { ToolError } from "../errors.ts";
import type { ToolFile } from "./reader.ts";

/** Larger files are no source; executables with BPF objects inside are smaller, too. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 500_000;
const MAX_DEPTH = 64;

/** Directories of version control and of packages, which are not the tool's own. */
const SKIPPED: ReadonlySet<string> = new Set([".git", ".hg", ".svn", "node_modules"]);

/** A file that was found and not read yet. */
export interface Entry {
  /** As uses name it. */
  readonly path: string;
  readonly place: string;
}

/** A file that could not be read, and why. */
export interface Unread {
  readonly path: string;
  readonly reason: string;
}

export interface Listing {
  /** Sorted by path. */
  readonly entries: readonly Entry[];
  /** Those that the user named themselves, and no directory of them. */
  readonly alone: readonly string[];
  readonly unread: readonly Unread[];
}

/**
 * All regular files at and under the paths. Of a directory, uses name files relative to it; with several directories,
 * as the user gave them. A path that does not exist or cannot be read, and directories without any file, are errors, so
 * that a slip does not read as a tool without uses.
 */
export function listFiles(paths: readonly string[], most = MAX_FILES): Listing {
  const entries: Entry[] = [];
  const alone: string[] = [];
  const unread: Unread[] = [];
  for (const path of paths) {
    const isDirectory = statOf(path).isDirectory();
    if (!isDirectory) {
      alone.push(normalize(path));
      entries.push({ path: normalize(path), place: path });
    } else walk(path, paths.length === 1 ? "" : normalize(path), 0, { entries, unread, most });
  }
  if (entries.length === 0 && unread.length === 0) {
    throw new ToolError("not-found", `there is no file in ${paths.map((path) => `'${path}'`).join(", ")}`, {
      hint: "name the files and directories of the tool's own source",
    });
  }
  return { entries: entries.sort((one, other) => (one.path < other.path ? -1 : 1)), alone, unread };
}

function statOf(path: string): { readonly isDirectory: () => boolean } {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path);
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === "EACCES") {
      const hint = "check who may read there";
      throw new ToolError("permission-denied", `cannot read '${path}': permission denied`, { cause, hint });
    }
    throw new ToolError("not-found", `'${path}' does not exist`, { cause });
  }
}

/** What a walk has found, and how many files it may find. */
interface Walk {
  readonly entries: Entry[];
  readonly unread: Unread[];
  readonly most: number;
}

function walk(place: string, path: string, depth: number, found: Walk): void {
  const { entries, unread, most } = found;
  if (depth > MAX_DEPTH) {
    unread.push({ path, reason: `directories are nested deeper than ${MAX_DEPTH}` });
    return;
  }
  for (const entry of listDirectory(place, path, unread)) {
    const inner = { place: join(place, entry.name), path: join(path, entry.name) };
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) walk(inner.place, inner.path, depth + 1, found);
    } else if (entry.isFile()) {
      entries.push(inner);
      if (entries.length > most) {
        throw new ToolError("limit-exceeded", `more than ${most} files`, {
          hint: "name the directories of the tool's own source",
        });
      }
    }
  }
}

/** Far more than a tool has: a file that lies in a home directory is no reason to read all of that. */
const MAX_NEIGHBOURS = 20_000;

/** The files in the directories of files and below, nearest first, until so many names were seen. */
export function neighboursOf(files: readonly string[], most = MAX_NEIGHBOURS): readonly Entry[] {
  const entries: Entry[] = [];
  const directories = new Set(files.map((file) => dirname(file)));
  let seen = 0;
  // Directories that are found on the way are added to the end.
  for (const directory of directories) {
    for (const entry of listDirectory(directory, directory, [])) {
      if (++seen > most) return entries;
      const place = join(directory, entry.name);
      if (entry.isFile()) entries.push({ path: place, place });
      else if (entry.isDirectory() && !SKIPPED.has(entry.name)) directories.add(place);
    }
  }
  return entries;
}

function listDirectory(place: string, path: string, unread: Unread[]): readonly Dirent[] {
  try {
    return readdirSync(place, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    unread.push({ path, reason: String((error as { code?: unknown }).code) });
    return [];
  }
}

/** Bytes of files that are kept for whoever asks for them again: headers are asked for by every file that includes them. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** Reads files, and gives the same object for the same file for a while, so that readers may keep what they made of it. */
export function fileStore(): (entry: Entry) => ToolFile | Unread {
  const kept = new Map<string, ToolFile>();
  let bytes = 0;
  return (entry) => {
    const known = kept.get(entry.path);
    if (known !== undefined) return known;
    const file = readToolFile(entry);
    if ("reason" in file) return file;
    kept.set(entry.path, file);
    bytes += file.bytes.length;
    for (const [path, old] of kept) {
      if (bytes <= MAX_KEPT_BYTES || kept.size === 1) break;
      kept.delete(path);
      bytes -= old.bytes.length;
    }
    return file;
  };
}

/** Reads a file; text is made of the bytes when a reader asks for it, which most files never come to. */
export function readToolFile({ path, place }: Entry): ToolFile | Unread {
  try {
    const bytes = readUpTo(place, MAX_FILE_BYTES);
    return bytes ? toolFile(path, bytes) : { path, reason: `it is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB` };
  } catch (error) {
    return { path, reason: String((error as { code?: unknown }).code) };
  }
}

/** The bytes of a file, or nothing if there are more; a device or a pipe that the user named says no size. */
function readUpTo(place: string, most: number): Buffer | undefined {
  const file = openSync(place, "r");
  try {
    const there = fstatSync(file);
    if (there.isFile()) return there.size > most ? undefined : readFileSync(file);
    const parts: Buffer[] = [];
    for (let left = most; ;) {
      const part = Buffer.alloc(64 * 1024);
      const count = readSync(file, part);
      if (count === 0) return Buffer.concat(parts);
      if ((left -= count) < 0) return undefined;
      parts.push(part.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

const DECODER = new TextDecoder();

/** A file that is already there. */
export function toolFile(path: string, bytes: Uint8Array): ToolFile {
  let text: string | undefined;
  return {
    path,
    bytes,
    get text() {
      text ??= bytes.includes(0) ? "" : DECODER.decode(bytes);
      return text;
    },
  };
}

/**
 * Which file an `#include "name"` in another means: beside it first, then the one whose path ends in the name and that
 * shares the longest way with it, since where compilers search is not known.
 */
export function includeFinder(entries: readonly Entry[]): (name: string, from: string) => Entry | undefined {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const byName = groupBy(entries, ({ path }) => basename(path));
  return (name, from) => {
    const beside = byPath.get(join(dirname(from), name));
    if (beside !== undefined) return beside;
    const tail = `/${normalize(name)}`;
    const candidates = (byName.get(basename(name)) ?? []).filter(({ path }) => `/${path}`.endsWith(tail));
    return candidates.reduce<Entry | undefined>(
      (best, one) => (best === undefined || shared(one.path, from) > shared(best.path, from) ? one : best),
      undefined,
    );
  };
}

/** How many folders two paths have in common from the top. */
function shared(one: string, other: string): number {
  const [left, right] = [one.split("/"), other.split("/")];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}
