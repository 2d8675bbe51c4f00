// Which kernel is meant: one spelling in every command. A prefix always decides; without one the readers are asked in turn.

import { ToolError } from "../errors.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { baselineReader } from "./baseline.ts";
import { gitReader } from "./git.ts";
import type { ReadOptions, Reader } from "./reader.ts";
import { savedReader } from "./saved.ts";
import { tracefsReader } from "./tracefs.ts";
import { worktreeReader } from "./worktree.ts";

/** All readers, in the order in which they may claim a text that has no prefix. */
export const READERS: readonly Reader[] = [tracefsReader, savedReader, gitReader, baselineReader, worktreeReader];

/** Sources that the spelling has a place for and that cannot be read yet. */
const PLANNED = ["running", "btf:"];

/** Which reader a spelling means, and what is left of the spelling for it. */
export interface Target {
  readonly reader: Reader;
  readonly target: string;
}

/** Reads the kernel that a spelling means. */
export async function readSnapshot(spelling: string, options: ReadOptions = {}): Promise<Snapshot> {
  const { reader, target } = findReader(spelling, options);
  const snapshot = await reader.read(target, options);
  const { arch } = snapshot.kernel;
  if (options.arch !== undefined && arch !== "" && arch !== options.arch) {
    throw new ToolError("bad-usage", `'${spelling}' is a kernel for ${arch}, not for ${options.arch}`, {
      hint: `leave out --arch ${options.arch}, or name a kernel for ${options.arch}`,
    });
  }
  return snapshot;
}

/** The reader that a spelling means. */
export function findReader(spelling: string, options: ReadOptions): Target {
  if (spelling === "") throw new ToolError("bad-kernel", "the name of a kernel is empty");
  const planned = PLANNED.find((name) => (name.endsWith(":") ? spelling.startsWith(name) : spelling === name));
  if (planned !== undefined) {
    throw new ToolError("not-supported", `'${spelling}' cannot be read yet`, {
      hint: "for this machine's kernel, use tracefs: (as root)",
    });
  }
  for (const reader of READERS) {
    if (spelling.startsWith(reader.prefix)) return { reader, target: spelling.slice(reader.prefix.length) };
  }
  const reader = READERS.find((candidate) => candidate.claims(spelling, options));
  if (!reader) {
    throw new ToolError("bad-kernel", `'${spelling}' is no version, no directory and no saved snapshot`, {
      hint: `name a revision of a git repository with --repo DIR, or write git:${spelling}`,
    });
  }
  return { reader, target: spelling };
}
