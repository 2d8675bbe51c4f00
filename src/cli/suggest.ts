// `tpabi suggest`: which tracepoints are near to an event that is gone, or to a kernel function that somebody probes.

import { existsSync } from "node:fs";

import type { Command } from "commander";

import { ToolError } from "../errors.ts";
import type { Tree } from "../git/grep.ts";
import { toJson } from "./json.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { print } from "./print.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";

const EXAMPLES = `
Examples:
  tpabi suggest ext4:ext4_writepage                   an event that is gone
  tpabi suggest blk_mq_start_request --source ~/linux  a function: which tracepoints are hit in it
  tpabi suggest vfs_read --kernel v6.12 --repo ~/linux

Exit status: 0 something was found, 1 nothing was, 2 could not run.
`;

interface Flags extends ReadFlags {
  readonly kernel: string;
  readonly source?: string;
  readonly json?: true;
}

export function define(command: Command): void {
  addReadOptions(command)
    .argument("<name>", "an event (system:name), or a kernel function")
    .option("--kernel <kernel>", "the kernel whose events are meant (see below)", "latest")
    .option("--source <directory>", "a tree of kernel source to look the function up in; without it, that of --repo")
    .option("--json", "print everything as JSON")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action(run);
}

async function run(name: string, flags: Flags): Promise<void> {
  const [{ suggest }, { renderSuggestions }] = await Promise.all([
    import("../audit/suggestion.ts"),
    import("../reports/audit/suggestions.ts"),
  ]);
  if (!/^[\w-]+(?::\w+)?$/.test(name)) {
    throw new ToolError("bad-usage", `'${name}' is neither an event nor a function`, {
      hint: "write system:name or name",
    });
  }
  const tree = await treeOf(flags);
  // The shipped kernels do for their events; a repository is for looking functions up, and slow to read all events of.
  const kernel = flags.repo === undefined || flags.kernel !== "latest" ? flags.kernel : "baseline:latest";
  const result = await withReadOptions(flags, (options) => suggest(name, kernel, tree, options));
  process.exitCode = result.suggestions.length > 0 ? 0 : 1;
  const width = process.stdout.columns ?? 100;
  print(flags.json ? toJson(result) : renderSuggestions(result, width));
}

/** Where functions are looked up: the tree that is named, else the kernel itself if it is a revision, else its HEAD. */
async function treeOf({ source, repo, kernel }: Flags): Promise<Tree | undefined> {
  if (source !== undefined) {
    if (!existsSync(source)) throw new ToolError("not-found", `'${source}' does not exist`);
    return { directory: source };
  }
  if (repo === undefined) return undefined;
  const { resolve } = await import("../git/history.ts");
  return { repo, commit: await resolve(repo, kernel === "latest" ? "HEAD" : kernel.replace(/^git:/, "")) };
}
