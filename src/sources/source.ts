// Which kernel is meant: one spelling in every command. A prefix always decides; without one the readers are asked in turn.

import { ToolError } from "../errors.ts";
import { encode } from "../snapshot/codec.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { baselineReader } from "./baseline.ts";
import { btfReader } from "./btf.ts";
import { gitReader } from "./git.ts";
import { merge, symbolsToLookUp } from "./merge.ts";
import type { ReadOptions, Reader } from "./reader.ts";
import { runningReader } from "./running.ts";
import { savedReader } from "./saved.ts";
import { tracefsReader } from "./tracefs.ts";
import { worktreeReader } from "./worktree.ts";

/** All readers, in the order in which they may claim a text that has no prefix. */
export const READERS: readonly Reader[] = [
  runningReader,
  tracefsReader,
  btfReader,
  savedReader,
  gitReader,
  baselineReader,
  worktreeReader,
];

/** Which reader a spelling means, and what is left of the spelling for it. */
export interface Target {
  readonly reader: Reader;
  readonly target: string;
}

/** Reads the kernel that a spelling means; `A+B` is one kernel read from two sources. */
export async function readSnapshot(spelling: string, options: ReadOptions = {}): Promise<Snapshot> {
  const parts = splitSources(spelling);
  // BTF comes last: which of its enum constants are of use, the others tell.
  const isBtf = (part: string): boolean => part.startsWith(btfReader.prefix);
  const read = await Promise.all(parts.filter((part) => !isBtf(part)).map((part) => readOne(part, options)));
  const symbols = symbolsToLookUp(read);
  const btf = await Promise.all(parts.filter(isBtf).map((part) => readOne(part, { ...options, symbols })));
  return merge([...read, ...btf]);
}

/**
 * The sources that a spelling joins with `+`. A `+` joins only if a prefix follows, such as in `v6.12+btf:vmlinux`, because
 * paths and versions may contain one (`6.12.117+deb12`): every source but the first needs its prefix.
 */
export function splitSources(spelling: string): readonly string[] {
  const prefixes = READERS.map(({ prefix }) => prefix).join("|");
  return spelling.split(new RegExp(`\\+(?=${prefixes})`));
}

/** The text of the same as `encode` gives it, without taking it apart where the kernel comes as text. */
export async function readSnapshotText(spelling: string, options: ReadOptions = {}): Promise<string> {
  const [only, ...others] = splitSources(spelling);
  if (only !== undefined && others.length === 0) {
    const { reader, target } = findReader(only, options);
    // A text is for the architecture that was asked for: only source code comes as one.
    if (reader.readText !== undefined) return reader.readText(target, options);
  }
  return encode(await readSnapshot(spelling, options));
}

async function readOne(spelling: string, options: ReadOptions): Promise<Snapshot> {
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
