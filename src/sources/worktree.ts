// A directory that holds a kernel source tree. It is read as it lies there; nothing of it is run.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { ToolError } from "../errors.ts";
import { native } from "../native.ts";
import { decodeOwn } from "../snapshot/codec.ts";
import { isPath, type ReadOptions, type Reader } from "./reader.ts";

export const worktreeReader: Reader = {
  spelling: "DIR",
  meaning: "a kernel source tree; begin it with ./ or / where it could be read as a version or a revision",
  prefix: "tree:",
  claims: (text) => isPath(text) || text.includes("/") || existsSync(text),
  read: async (target, options) => decodeOwn(await readTree(target, options)),
  readText: readTree,
};

async function readTree(path: string, options: ReadOptions): Promise<string> {
  if (!existsSync(path)) throw new ToolError("not-found", `'${path}' does not exist`);
  if (isTracefs(path)) {
    throw new ToolError("not-a-kernel", `'${path}' is no kernel source tree`, {
      hint: `it looks like tracefs: write tracefs:${path}`,
    });
  }
  if (!statSync(path).isDirectory()) {
    throw new ToolError("not-a-kernel", `'${path}' is a file, and kernel source is a directory`, {
      hint: `write file:${path} if it is a saved snapshot, btf:${path} if it holds BTF`,
    });
  }
  return (options.native ?? native).readSource(
    {
      kind: "tree",
      path,
      arch: options.arch ?? "x86_64",
      ...(options.config !== undefined && { config: options.config }),
      cacheDir: options.cacheDir ?? null,
    },
    options.onProgress,
  );
}

/** Guesses, for the sake of the message, whether the user left the prefix out. */
function isTracefs(path: string): boolean {
  return /\.tar(\.\w+)?$/.test(path) || (existsSync(join(path, "events")) && !existsSync(join(path, "include")));
}
