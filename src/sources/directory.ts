// A directory written as a whole: into a new one beside it, which then takes its place.
// Invariant: what is not ours is never replaced, and a failure leaves what was there.

import { lstat, mkdir, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { ToolError } from "../errors.ts";
import { removeAbandoned, suffix, toToolError } from "./files.ts";

/** Fails unless a directory is missing, empty, or has the file by which ours are known. */
export async function checkReplaceable(path: string, marker: string): Promise<void> {
  const names = await namesIn(path);
  if (names.length === 0 || names.includes(marker)) return;
  throw new ToolError("bad-usage", `'${path}' is not empty, and nothing that this command has written`, {
    hint: "name a directory that does not exist yet, or empty this one",
  });
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
  marker: string,
): Promise<void> {
  await replaceDirectory(path, marker, async (directory) => {
    for (const below of new Set(files.map(([name]) => dirname(name)))) {
      await mkdir(join(directory, below), { recursive: true });
    }
    for (const [name, text] of files) await writeFile(join(directory, name), text);
  });
}

/** Puts a new directory that `fill` has written to in place of what is there; see `checkReplaceable`. */
export async function replaceDirectory(
  path: string,
  marker: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  await checkReplaceable(path, marker);
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
