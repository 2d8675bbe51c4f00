// What a reader of tools is: one kind of file, and the uses in it. Readers hold no state and never run or compile anything.

import type { NotUnderstood, Use } from "./use.ts";

/** A file of the tool that is audited. */
export interface ToolFile {
  /** As uses are to name it: relative to the audited directory, or as the user gave it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8; empty for a file with NUL bytes. */
  readonly text: string;
}

/** What is around a file: some uses are understood only with others of its tool, such as headers. */
export interface Surroundings {
  /**
   * The file that an `#include "name"` or an import in `from` means, if it belongs to what is audited or lies
   * in the directory of a file that was given alone, or below.
   */
  readonly find: (name: string, from: ToolFile) => ToolFile | undefined;
  /** The C file that includes this one, where it is a part of that and not compiled alone. */
  readonly includerOf?: (file: ToolFile) => ToolFile | undefined;
}

export interface Found {
  readonly uses: readonly Use[];
  readonly notUnderstood: readonly NotUnderstood[];
}

/** Reads one kind of file. */
export interface UseReader {
  /** Kebab-case: `bpf-c`, `bpftrace`, `perf-python`. */
  readonly id: string;
  /** What it reads, for help texts and reports. */
  readonly title: string;
  /** Whether the file may hold uses of its kind: a cheap look at name and text, since every file is asked. */
  readonly claims: (file: ToolFile) => boolean;
  readonly read: (file: ToolFile, around: Surroundings) => Found;
}
