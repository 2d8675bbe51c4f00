// The options that say how kernels are read, shared by all commands that read one.

import { join } from "node:path";

import { type Command, InvalidArgumentError, Option } from "commander";

import { ARCHES, findArch } from "../snapshot/arch.ts";
import { readText } from "../sources/files.ts";
import type { ReadOptions } from "../sources/reader.ts";
import { baselineDirectories } from "./baseline-options.ts";
import { type Progress, showProgress } from "./progress.ts";

export interface ReadFlags {
  readonly arch?: string;
  readonly config?: string;
  readonly repo?: string;
  readonly cache: boolean;
  readonly partial?: true;
}

export function addReadOptions(command: Command): Command {
  return addSourceOptions(
    command.addOption(
      new Option("--arch <arch>", `architecture: ${ARCHES.join(", ")} (default: x86_64)`).argParser(parseArch),
    ),
  );
}

/** The same without the architecture, for commands that take several. */
export function addSourceOptions(command: Command): Command {
  return command
    .option("--config <file>", "evaluate the conditions in source trees and revisions with this .config")
    .option("--repo <dir>", "the git repository that revisions are looked up in")
    .option("--partial", "go on without events whose format files are damaged")
    .option("--no-cache", "parse everything again and keep nothing");
}

/** Reads what the flags name, and shows progress while `run` works. */
export async function withReadOptions<T>(flags: ReadFlags, run: (options: ReadOptions) => Promise<T>): Promise<T> {
  const progress: Progress = showProgress(process.stderr);
  try {
    return await run({
      ...(flags.arch !== undefined && { arch: flags.arch }),
      ...(flags.config !== undefined && { config: await readText(flags.config) }),
      ...(flags.repo !== undefined && { repo: flags.repo }),
      ...(flags.partial && { partial: true }),
      baselines: baselineDirectories(),
      cacheDir: flags.cache ? cacheDirectory() : null,
      onProgress: progress.update,
    });
  } finally {
    progress.clear();
  }
}

/** Where parsed files may be kept: safe to delete at any time. A relative XDG_CACHE_HOME is invalid by its standard. */
export function cacheDirectory(): string | null {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  if (cache?.startsWith("/")) return join(cache, "tpabi");
  return home ? join(home, ".cache", "tpabi") : null;
}

/** One of the names of an architecture, or an error that lists them. */
export function parseArch(text: string): string {
  const arch = findArch(text);
  if (arch === undefined) throw new InvalidArgumentError(`Known: ${ARCHES.join(", ")}.`);
  return arch;
}

/** For an option that may be repeated, and may name several architectures with commas between them. */
export function collectArches(text: string, previous: readonly string[] = []): readonly string[] {
  return [...new Set([...previous, ...text.split(",").map(parseArch)])];
}
