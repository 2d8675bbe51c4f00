// What changed between two revisions: files, and stretches of lines in them. Invariant: nothing in the repository (attributes,
// configuration) hides a change or starts a program.

import { git } from "./run.ts";

/** One file that differs. */
export interface ChangedFile {
  /** Its path in the later revision, or in the earlier one if it is gone. */
  readonly path: string;
  /** Its path in the earlier revision, where it was renamed or copied. */
  readonly from?: string;
  readonly status: "added" | "deleted" | "modified" | "renamed" | "copied" | "type-changed";
  /** Object ids, all zeros where there is no such file. */
  readonly before: string;
  readonly after: string;
}

/** A stretch of lines that was replaced: lines from 1, as in `@@ -start,count +start,count @@`. */
export interface Hunk {
  readonly before: Lines;
  readonly after: Lines;
}

/** With a count of 0, the stretch lies behind the line `start`. */
export interface Lines {
  readonly start: number;
  readonly count: number;
}

const STATUS: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  C: "copied",
  D: "deleted",
  M: "modified",
  R: "renamed",
  T: "type-changed",
};

/** Attributes of the tree may declare a header to be binary, or name programs that show it. */
const AS_TEXT = ["--text", "--no-ext-diff", "--no-textconv", "--no-color", "--unified=0", "--inter-hunk-context=0"];
const LIST_HUNKS = ["diff-tree", "-r", "-z", "--patch-with-raw", "-M", "--no-commit-id", ...AS_TEXT];

/** More paths than this are not put into one command line. */
const MAX_PATHS = 1000;

/** All files that differ between two commits or trees; a partial clone that lacks the texts finds exact renames only. */
export async function changedFiles(repo: string, before: string, after: string): Promise<readonly ChangedFile[]> {
  const list = (renames: string): Promise<string> =>
    git(repo, ["diff-tree", "-r", "-z", "--raw", "--no-commit-id", renames, "--end-of-options", before, after]);
  const exact = await list("-M100%");
  const has = (status: string): boolean => exact.includes(` ${status}\0`);
  if (!has("A") || !has("D")) return parseRaw(exact);
  return parseRaw(await list("-M").catch(() => exact));
}

/** The changed lines of files, by path in the later revision. A renamed file needs both of its paths in `files`. */
export async function hunks(
  repo: string,
  before: string,
  after: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, readonly Hunk[]>> {
  const found = new Map<string, readonly Hunk[]>();
  for (let at = 0; at < files.length; at += MAX_PATHS) {
    const paths = files.slice(at, at + MAX_PATHS);
    const text = await git(repo, [...LIST_HUNKS, "--end-of-options", before, after, "--", ...paths]);
    for (const [path, own] of parsePatches(text)) found.set(path, own);
  }
  return found;
}

/** `:100644 100644 <id> <id> M NUL path NUL`, with two paths for renames. */
function parseRaw(text: string): readonly ChangedFile[] {
  const parts = text.split("\0");
  const files: ChangedFile[] = [];
  for (let at = 0; parts[at]?.startsWith(":");) {
    const [, , before = "", after = "", letter = ""] = (parts[at] ?? "").split(" ");
    const status = STATUS[letter[0] ?? ""] ?? "modified";
    const isMoved = status === "renamed" || status === "copied";
    const [from = "", path = from] = parts.slice(at + 1, isMoved ? at + 3 : at + 2);
    files.push({ path, ...(isMoved && { from }), status, before, after });
    at += isMoved ? 3 : 2;
  }
  return files;
}

/** The raw list comes first and names files without quoting; the patches follow in its order, after an empty entry. */
function parsePatches(text: string): readonly (readonly [string, readonly Hunk[]])[] {
  const end = text.indexOf("\0\0");
  if (end < 0) return [];
  const patches = text
    .slice(end + 2)
    .split(/^diff --git /m)
    .slice(1);
  // A file that became a link, or a link that became a file, is deleted and created.
  const owners = parseRaw(text.slice(0, end + 1)).flatMap((file) =>
    file.status === "type-changed" ? [file, file] : file,
  );
  return owners.map(({ path }, i) => [path, parseHunks(patches[i] ?? "")] as const);
}

function parseHunks(patch: string): readonly Hunk[] {
  return [...patch.matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map(
    ([, startBefore, countBefore = "1", startAfter, countAfter = "1"]) => ({
      before: { start: Number(startBefore), count: Number(countBefore) },
      after: { start: Number(startAfter), count: Number(countAfter) },
    }),
  );
}
