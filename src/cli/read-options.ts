// The options that say how kernels are read, shared by all commands that read one.

import { join } from "node:path";

import { type Command, InvalidArgumentError, Option } from "commander";

import { readText } from "../sources/files.ts";
import type { ReadOptions } from "../sources/reader.ts";
import { type Progress, showProgress } from "./progress.ts";

/** Architectures whose layout tpabi can compute, and other names that people have for them. */
const ARCHES = ["x86_64", "i386", "arm64", "arm", "riscv64", "s390x", "ppc64le"];
const ARCH_ALIASES: Readonly<Record<string, string>> = { amd64: "x86_64", x86: "i386", i686: "i386", aarch64: "arm64" };

export interface ReadFlags {
  readonly arch?: string;
  readonly config?: string;
  readonly repo?: string;
  readonly cache: boolean;
  readonly partial?: true;
}

export function addReadOptions(command: Command): Command {
  return command
    .addOption(new Option("--arch <arch>", `architecture: ${ARCHES.join(", ")} (default: x86_64)`).argParser(parseArch))
    .option("--config <file>", "evaluate the conditions in kernel source with this .config")
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
      cacheDir: flags.cache ? cacheDirectory() : null,
      onProgress: progress.update,
    });
  } finally {
    progress.clear();
  }
}

/** Where parsed files may be kept: safe to delete at any time. A relative XDG_CACHE_HOME is invalid by its standard. */
function cacheDirectory(): string | null {
  const { XDG_CACHE_HOME: cache, HOME: home } = process.env;
  if (cache?.startsWith("/")) return join(cache, "tpabi");
  return home ? join(home, ".cache", "tpabi") : null;
}

function parseArch(text: string): string {
  const arch = ARCH_ALIASES[text] ?? text;
  if (!ARCHES.includes(arch)) throw new InvalidArgumentError(`Known: ${ARCHES.join(", ")}.`);
  return arch;
}
