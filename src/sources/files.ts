// Files in and out: reading text with a limit, writing without ever leaving half a file. Failures are ToolErrors.

import { createReadStream } from "node:fs";
import { open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { type ErrorCode, ToolError } from "../errors.ts";

/** The largest text that is read: some fifty times a snapshot of today. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The text of a file; one whose name ends in `.gz` is unpacked. */
export async function readText(path: string): Promise<string> {
  const bytes = await readBytes(path);
  try {
    return (path.endsWith(".gz") ? await unpack(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw toToolError(error, "read", path);
  }
}

/** The bytes of a file, or of standard input for `-`. A device or a pipe says no size, and is read up to the limit. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    if (path === "-") return await readStream(process.stdin, "standard input");
    const there = await stat(path);
    if (there.size > MAX_BYTES) throw tooLarge(path);
    const isSized = there.isFile() || there.isDirectory();
    return isSized ? await readFile(path) : await readStream(createReadStream(path), path);
  } catch (error) {
    throw toToolError(error, "read", path);
  }
}

async function readStream(stream: NodeJS.ReadableStream, name: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    const buffer = Buffer.from(part);
    bytes += buffer.length;
    if (bytes > MAX_BYTES) throw tooLarge(name);
    parts.push(buffer);
  }
  return Buffer.concat(parts);
}

async function unpack(bytes: Buffer): Promise<Buffer> {
  const { gunzipSync } = await import("node:zlib");
  return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
}

/** Writes a file whole or not at all: into a new file beside it, then renamed over it. A device or a pipe stays what it is. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  if (await isDevice(path)) return writeThrough(path, content);
  await removeAbandoned(path);
  const temporary = `${path}.${suffix()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(content);
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

/** Says whose a name beside a file is, and is in no other name. */
export function suffix(): string {
  return `${process.pid}-${process.hrtime.bigint()}`;
}

/** After so long nobody writes any more, not even a machine that shares the directory. */
const ABANDONED_MS = 3_600_000;

/** Removes what runs that were killed left beside the path of a file or a directory. */
export async function removeAbandoned(path: string): Promise<void> {
  const [directory, name] = [dirname(path), basename(path)];
  for (const other of await readdir(directory).catch(() => [])) {
    if (!other.startsWith(`${name}.`) || !/^\d+-\d+\.(?:tmp|old)$/.test(other.slice(name.length + 1))) continue;
    const place = join(directory, other);
    const age = await stat(place).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_MS) await rm(place, { recursive: true, force: true }).catch(() => {});
  }
}

/** Whether something other than a file or a directory is there, which a rename would replace; /dev/stdout is a link to what may be a file. */
async function isDevice(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return (there !== undefined && !there.isFile() && !there.isDirectory()) || path.startsWith("/dev/");
}

async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
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

/** What went wrong with a file, as an expected failure. */
export function toToolError(error: unknown, verb: "read" | "write", path: string): ToolError {
  if (error instanceof ToolError) return error;
  const { code, message } = error as { code?: string; message?: string };
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(path);
  const [toolCode, known] = CODES[code ?? ""] ?? ["io", message ?? String(error)];
  // A file that is written need not be there.
  const reason = verb === "write" && code === "ENOENT" ? "its directory does not exist" : known;
  return new ToolError(toolCode, `cannot ${verb} '${path}': ${reason}`, {
    cause: error,
    ...(toolCode === "permission-denied" && { hint: "check who may read and write there" }),
  });
}

function tooLarge(path: string): ToolError {
  return new ToolError("limit-exceeded", `'${path}' is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
}
