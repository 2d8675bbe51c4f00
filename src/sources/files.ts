// Files in and out: reading text with a limit, writing without ever leaving half a file. Failures are ToolErrors.

import { open, readFile, rename, rm, stat } from "node:fs/promises";

import { type ErrorCode, ToolError } from "../errors.ts";

/** The largest text that is read: some fifty times a snapshot of today. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The text of a file; one whose name ends in `.gz` is unpacked. */
export async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw tooLarge(path);
    const bytes = await readFile(path);
    return (path.endsWith(".gz") ? await unpack(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw toToolError(error, "read", path);
  }
}

async function unpack(bytes: Buffer): Promise<Buffer> {
  const { gunzipSync } = await import("node:zlib");
  return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
}

/** Writes a file whole or not at all: into a new file beside it, then renamed over it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${process.hrtime.bigint()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw toToolError(error, "write", path);
  }
}

const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ["not-found", "it does not exist"],
  ENOTDIR: ["not-found", "a part of its path is no directory"],
  EACCES: ["permission-denied", "permission denied"],
  EPERM: ["permission-denied", "permission denied"],
  EROFS: ["permission-denied", "the file system is read-only"],
  EISDIR: ["io", "it is a directory"],
  ENOSPC: ["io", "no space is left"],
  Z_DATA_ERROR: ["bad-archive", "it is no gzip file"],
  Z_BUF_ERROR: ["bad-archive", "the gzip data ends too early"],
};

function toToolError(error: unknown, verb: "read" | "write", path: string): ToolError {
  if (error instanceof ToolError) return error;
  const { code, message } = error as { code?: string; message?: string };
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(path);
  const [toolCode, reason] = CODES[code ?? ""] ?? ["io", message ?? String(error)];
  return new ToolError(toolCode, `cannot ${verb} '${path}': ${reason}`, {
    cause: error,
    ...(toolCode === "permission-denied" && { hint: "check who may read and write there" }),
  });
}

function tooLarge(path: string): ToolError {
  return new ToolError("limit-exceeded", `'${path}' is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
}
