// A revision of a kernel git repository, read from its objects: nothing is checked out and nothing of it is run.

import { ToolError } from "../errors.ts";
import { native } from "../native.ts";
import { decodeOwn } from "../snapshot/codec.ts";
import { isPath, type ReadOptions, type Reader } from "./reader.ts";

export const gitReader: Reader = {
  spelling: "git:REV",
  meaning: "a tag, branch or commit of the git repository --repo DIR (default: the current directory)",
  prefix: "git:",
  // With --repo the user has said where names come from, so a plain name is a revision there.
  claims: (text, options) => options.repo !== undefined && !isPath(text),
  read: async (target, options) => decodeOwn(await readRevision(target, options)),
  readText: readRevision,
};

async function readRevision(rev: string, options: ReadOptions): Promise<string> {
  if (rev === "") throw new ToolError("bad-kernel", "'git:' names no revision", { hint: "write git:TAG or git:HEAD" });
  return (options.native ?? native).readSource(
    {
      kind: "git",
      path: options.repo ?? ".",
      rev,
      arch: options.arch ?? "x86_64",
      ...(options.config !== undefined && { config: options.config }),
      cacheDir: options.cacheDir ?? null,
    },
    options.onProgress,
  );
}
