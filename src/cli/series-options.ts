// The options of commands that look at many kernels one after another.

import { type Command, Option } from "commander";

import type { Baseline } from "../baselines/store.ts";
import { ToolError } from "../errors.ts";
import type { WalkOptions } from "../history/walk.ts";
import type { ReadOptions } from "../sources/reader.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";

const SERIES_FORMATS = ["terminal", "json", "csv"] as const;

/** Which kernels, and how to read them. */
export interface KernelFlags extends ReadFlags {
  readonly kernels?: string;
  readonly dir?: string;
}

export interface SeriesFlags extends KernelFlags {
  readonly format: (typeof SERIES_FORMATS)[number];
  readonly all?: true;
}

/** The kernels that were selected, oldest first, and how to read them. */
export interface Kernels extends WalkOptions {
  readonly versions: readonly string[];
  /** To be called when all are read. */
  readonly close?: () => void;
}

export const SERIES_HELP = `
Kernels are the shipped ones and your own for --arch, or with --repo the release tags of that repository. A point release is compared
with the one before it in its series, the first of a series with the first of the series before. Kernels that were read
with a configuration are compared among themselves.
A range: '>=5.4', '6.1.x', '5.10 || 6.12', '>=2.6.31 <3.0'.
`;

export function addKernelOptions(command: Command): Command {
  return addRangeOptions(addReadOptions(command));
}

/** Which kernels alone, for commands that take several architectures. */
export function addRangeOptions(command: Command): Command {
  return command
    .option("--kernels <range>", "which kernels to look at (default: all shipped ones, and your own)")
    .option("--dir <dir>", "look at the baselines in this directory, and at no others");
}

export function addSeriesOptions(command: Command): Command {
  return addKernelOptions(command)
    .addOption(new Option("--format <format>", "what to print").choices(SERIES_FORMATS).default("terminal"))
    .option("--all", "show what hurts nobody too");
}

/** Selects the kernels that the flags name, and shows progress while `run` works on them. */
export async function withKernels<T>(flags: KernelFlags, run: (kernels: Kernels) => Promise<T>): Promise<T> {
  const { kernels: range, dir } = flags;
  if (dir !== undefined && flags.repo !== undefined) {
    throw new ToolError("bad-usage", "--dir and --repo exclude each other: kernels are baselines, or tags");
  }
  return withReadOptions(flags, async ({ onProgress, ...options }) => {
    const kernels = await (options.repo === undefined
      ? selectBaselines(range, options, dir)
      : selectTags(range, options));
    return run({ ...kernels, ...(onProgress && { onProgress }) }).finally(() => kernels.close?.());
  });
}

async function selectBaselines(
  range: string | undefined,
  options: ReadOptions,
  dir: string | undefined,
): Promise<Kernels> {
  const [{ requireRegistry }, { selectKernels }, { readBaseline }] = await Promise.all([
    import("../baselines/registry.ts"),
    import("../baselines/select.ts"),
    import("../baselines/store.ts"),
  ]);
  const { arch = "x86_64" } = options;
  if (dir !== undefined) await requireRegistry(dir);
  const baselines = dir === undefined ? options.baselines : [dir];
  const selected = await selectKernels(range ?? "*", arch, baselines && { baselines });
  const byVersion = new Map(selected.map((baseline) => [baseline.version, baseline]));
  return {
    versions: [...byVersion.keys()],
    read: (version) => readBaseline(byVersion.get(version) as Baseline),
    groupOf: (version) => (byVersion.get(version)?.config === undefined ? "" : "configured"),
  };
}

async function selectTags(range: string | undefined, options: ReadOptions): Promise<Kernels> {
  if (range === undefined) {
    throw new ToolError("bad-usage", "--repo needs --kernels, because a repository can have a thousand releases");
  }
  const [{ openSession }, { readSnapshot }, { releaseTags }] = await Promise.all([
    import("../native.ts"),
    import("../sources/source.ts"),
    import("../history/tags.ts"),
  ]);
  const { repo = "." } = options;
  const versions = await releaseTags(repo, range);
  if (versions.length === 0) throw new ToolError("unknown-kernel", `no release tag of '${repo}' is in '${range}'`);
  const native = openSession();
  return { versions, read: (tag) => readSnapshot(`git:${tag}`, { ...options, native }), close: () => native.close() };
}

/** What a terminal can show; plots are for those who look at one. */
export function showOptions(all: boolean): { width: number; plots: boolean; all: boolean } {
  return { width: process.stdout.columns ?? 100, plots: process.stdout.isTTY, all };
}
