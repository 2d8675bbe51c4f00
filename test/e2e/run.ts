// Runs the built command line, as a user's shell would.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Paths in the arguments are relative to the repository. */
export function tpabi(...args: readonly string[]): Result {
  return run(process.execPath, ["dist/cli/main.js", ...args]);
}

/** As a user who may read next to nothing; `undefined` where tests do not run as root and are such a user themselves. */
export const NOBODY = process.getuid?.() === 0 ? 65534 : undefined;

export function run(
  program: string,
  args: readonly string[],
  cwd = ROOT,
  uid?: number,
  variables: NodeJS.ProcessEnv = {},
): Result {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...variables };
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}
