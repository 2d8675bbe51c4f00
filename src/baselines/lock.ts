// A lock file, so that two runs that write to one directory do it one after the other.
// It is held for the moment of writing only; a lock that a killed run left behind is taken over.

import { link, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

import { ToolError } from "../errors.ts";
import { removeAbandoned, suffix, toToolError } from "../sources/files.ts";

const RETRY_MS = 50;
const GIVE_UP_MS = 60_000;
/** Writing takes a second or two; a lock this old belongs to nobody, or to a process of another machine that died. */
const ABANDONED_MS = 30_000;

/** Runs `work` while no other process holds the lock. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<void> {
  // Written beside it first: a lock never stands there without the process that it belongs to.
  await removeAbandoned(path);
  const own = `${path}.${suffix()}.tmp`;
  try {
    await writeFile(own, String(process.pid)).catch((error: unknown) => {
      throw toToolError(error, "write", path);
    });
    for (let waited = 0; !(await take(own, path)); waited += RETRY_MS) {
      if (await isAbandoned(path)) await rm(path, { force: true });
      else if (waited > GIVE_UP_MS) throw new ToolError("io", `another tpabi has been writing for a minute: '${path}'`);
      else await setTimeout(RETRY_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes the lock, unless somebody holds it; its age counts from now. */
async function take(own: string, path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(own, now, now);
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw toToolError(error, "write", path);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const [pid, { mtimeMs }] = [Number(await readFile(path, "utf8")), await stat(path)];
    return Date.now() - mtimeMs > ABANDONED_MS || (pid > 0 && !isAlive(pid));
  } catch {
    // It was released meanwhile.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
