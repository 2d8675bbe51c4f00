// What every reader of kernels is: one way to spell a kernel, and how to read it. Readers hold no state.

import type { Native, OnProgress } from "../native.ts";
import type { Snapshot } from "../snapshot/model.ts";

/** How to read a kernel; what a source cannot use, it ignores. */
export interface ReadOptions {
  /** Which architecture's layout to compute; `x86_64` unless given. */
  readonly arch?: string;
  /** Text of a kernel's .config; only source code has conditions to evaluate with it. */
  readonly config?: string;
  /** The git repository that revisions are looked up in. */
  readonly repo?: string;
  /** Where the source readers keep parsed files between runs; nothing is kept unless given. */
  readonly cacheDir?: string | null;
  /** Enum constants that BTF is to look up; it has too many to give them all. */
  readonly symbols?: readonly string[];
  /** Go on without events whose format files are damaged; else they are a failure. */
  readonly partial?: boolean;
  readonly onProgress?: OnProgress;
  /** A stand-in for the native addon. */
  readonly native?: Native;
  /** Directories of baselines in the order in which they are searched; only the shipped ones unless given. */
  readonly baselines?: readonly string[];
}

/** One way to spell a kernel. */
export interface Reader {
  /** How it is spelled, for help texts: `git:REV`. */
  readonly spelling: string;
  readonly meaning: string;
  /** The text that always means this reader, such as `git:`. */
  readonly prefix: string;
  /** Whether a text without any prefix means this reader; the readers are asked in the order of their list. */
  readonly claims: (text: string, options: ReadOptions) => boolean;
  /** Reads the kernel; `target` is the spelling without the prefix. */
  readonly read: (target: string, options: ReadOptions) => Promise<Snapshot>;
  /** The same as the text that `encode` gives, where that is at hand and large: it need not become objects to be saved. */
  readonly readText?: (target: string, options: ReadOptions) => Promise<string>;
}

/** Whether a text is a path and cannot be a version or a revision. */
export function isPath(text: string): boolean {
  return text === "." || text === ".." || /^\.{0,2}\//.test(text);
}
