// A directory written as a whole: into a new one beside it, which then takes its place.
// Invariant: what is not ours is never replaced, and a failure leaves what was there.

import { lstat, mkdir, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { ToolError } from "../errors.ts";
import { removeAbandoned, suffix, toToolError } from "./files.ts";

/** By what a directory is known that a command has written. */
export interface Ours {
  /** A file that is in each of them. */
  readonly marker: string;
  /** Names of all files and directories that lie in one. */
  readonly names: readonly string[];
}

/** Fails unless a directory is missing, empty, or ours with nothing of the user's in it. */
export async function checkReplaceable(path: string, { marker, names: own }: Ours): Promise<void> {
  const names = await namesIn(path);
  if (names.length === 0) return;
  if (!names.includes(marker)) {
    throw new ToolError("bad-usage", `'${path}' is not empty, and nothing that this command has written`, {
      hint: "name a directory that does not exist yet, or empty this one",
    });
  }
  const foreign = names.find((name) => name !== marker && !own.includes(name));
  if (foreign !== undefined) {
    throw new ToolError(
      "bad-usage",
      `'${path}' would be replaced, and this command has not written '${foreign}' in it`,
      {
        hint: "name another directory, or move that file out of this one",
      },
    );
  }
}

/** Names in a directory; none where there is no such directory yet. */
async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw toToolError(error, "read", path);
  }
}

/** Writes files, named by paths below the directory, in place of what is there; see `checkReplaceable`. */
export async function writeDirectory(
  path: string,
  files: readonly (readonly [path: string, text: string])[],
  ours: Ours,
): Promise<void> {
  await replaceDirectory(path, ours, async (directory) => {
    for (const below of new Set(files.map(([name]) => dirname(name)))) {
      await mkdir(join(directory, below), { recursive: true });
    }
    for (const [name, text] of files) await writeFile(join(directory, name), text);
  });
}

/** Puts a new directory that `fill` has written to in place of what is there; see `checkReplaceable`. */
export async function replaceDirectory(
  path: string,
  ours: Ours,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  await checkReplaceable(path, ours);
  // The directory that a link names is replaced, not the link.
  const target = await realpath(path).catch(() => resolve(path));
  await removeAbandoned(target);
  const own = suffix();
  const temporary = `${target}.${own}.tmp`;
  const old = `${target}.${own}.old`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(temporary);
    await fill(temporary);
    const isThere = await lstat(target).then(
      () => true,
      () => false,
    );
    if (isThere) await rename(target, old);
    await rename(temporary, target);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    await rename(old, target).catch(() => {});
    await rm(temporary, { recursive: true, force: true });
    // What went wrong while the files were made is no failure of writing.
    throw error instanceof Error && "syscall" in error ? toToolError(error, "write", path) : error;
  }
}
