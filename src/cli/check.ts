// `tpabi check`: says whom a change to a kernel breaks before it is merged, at the lines that do it.

import { type Command, Option } from "commander";

import type { CheckedStep, CheckOptions } from "../check/check.ts";
import type { Target } from "../check/change-set.ts";
import { ToolError } from "../errors.ts";
import type { PolicyOptions } from "../policy/apply.ts";
import { readPolicy } from "./policy-options.ts";
import { print } from "./print.ts";
import { showProgress } from "./progress.ts";
import { cacheDirectory, collectArches, parseArch } from "./read-options.ts";
import { addReportOptions, collect, type ReportFlags, showReport } from "./report-options.ts";

const DEFAULT_ARCHES = ["x86_64", "arm64"];

const EXAMPLES = `
What is checked:
  BASE..HEAD     what HEAD changes since it left BASE, as a pull request shows it (BASE...HEAD is the same)
  --staged       what is staged, against HEAD
  --patch FILE   a patch, or a mailbox of many, on top of --base; '-' reads standard input
Nothing is checked out, built or run; index and worktree stay as they are.

Examples:
  tpabi check origin/main..HEAD
  tpabi check origin/main..HEAD --per-commit --output sarif=tpabi.sarif
  tpabi check v6.12.116..v6.12.117 --range      one line for each commit
  git format-patch --stdout -3 | tpabi check --patch - --base v6.12
  tpabi check --staged --fail-on breaking       as a pre-commit hook
`;

interface Flags extends ReportFlags {
  readonly staged?: true;
  readonly patch?: string;
  readonly base?: string;
  readonly repo: string;
  readonly arch: readonly string[];
  readonly config: readonly string[];
  readonly perCommit?: true;
  readonly range?: true;
  readonly fetch?: true;
  readonly partial?: true;
  readonly cache: boolean;
}

export function define(command: Command): void {
  command
    .argument("[range]", "BASE..HEAD, in a repository of a kernel")
    .option("--staged", "check what is staged, against HEAD")
    .option("--patch <file>", "check a patch or a mailbox")
    .option("--base <rev>", "what --patch applies to (default: HEAD)")
    .option("--per-commit", "name the commit that makes each change, also if a later one takes it back")
    .option("--range", "check each commit by itself and print one line for it")
    .option("--repo <dir>", "the git repository of the kernel", ".")
    .addOption(
      new Option("--arch <arch>", "architectures, repeatable")
        .argParser(collectArches)
        .default([], DEFAULT_ARCHES.join(", ")),
    )
    .option("--config <arch=file>", "evaluate the conditions in the source with this .config (repeatable)", collect, [])
    .option("--fetch", "fetch what a shallow or partial clone lacks")
    .option("--partial", "go on without files that the clone lacks")
    .option("--no-cache", "parse everything again and keep nothing");
  addReportOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((range: string | undefined, _flags: unknown, own: Command) => run(range, own.optsWithGlobals()));
}

async function run(range: string | undefined, flags: Flags): Promise<void> {
  const target = await targetOf(range, flags);
  const progress = showProgress(process.stderr);
  try {
    const policy = await readPolicy(flags, flags.repo);
    const options = await optionsOf(flags, progress.update, policy.config?.arches);
    const { check, checkSteps } = await import("../check/check.ts");
    if (flags.range) {
      const { resolveTarget } = await import("../check/change-set.ts");
      const change = await resolveTarget(flags.repo, target, flags.fetch);
      await printSteps(checkSteps(change, options), policy);
      return;
    }
    const { report, change } = await check(target, options);
    progress.clear();
    await showReport(report, flags, policy, change.names);
  } finally {
    progress.clear();
  }
}

async function targetOf(range: string | undefined, flags: Flags): Promise<Target> {
  const given = [range, flags.staged, flags.patch].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new ToolError("bad-usage", given.length === 0 ? "nothing to check" : "more than one thing to check", {
      hint: "give one of BASE..HEAD, --staged and --patch FILE",
    });
  }
  if (flags.base !== undefined && flags.patch === undefined) {
    throw new ToolError("bad-usage", "--base goes with --patch", { hint: "write BASE..HEAD for commits" });
  }
  if (flags.staged) return { kind: "staged" };
  if (flags.patch !== undefined) {
    const { readBytes } = await import("../sources/files.ts");
    return { kind: "patch", base: flags.base ?? "HEAD", file: await readBytes(flags.patch) };
  }
  const { parseRange } = await import("../check/change-set.ts");
  return parseRange(range ?? "");
}

async function optionsOf(
  flags: Flags,
  onProgress: NonNullable<CheckOptions["onProgress"]>,
  usual: readonly string[] = DEFAULT_ARCHES,
): Promise<CheckOptions> {
  const arches = flags.arch.length > 0 ? flags.arch : usual;
  const { readText } = await import("../sources/files.ts");
  const configs: Record<string, string> = {};
  for (const text of flags.config) {
    const [, name = arches[0] ?? "", path = ""] = /^(?:([a-z0-9_]+)=)?(.*)$/s.exec(text) ?? [];
    configs[parseArch(name)] = await readText(path);
  }
  return {
    repo: flags.repo,
    arches,
    configs,
    cacheDir: flags.cache ? cacheDirectory() : null,
    onProgress,
    ...(flags.event.length > 0 && { events: flags.event }),
    ...(flags.perCommit && { perCommit: true }),
    ...(flags.fetch && { fetch: true }),
    ...(flags.partial && { partial: true }),
  };
}

/** One line for each commit: `0123456789ab  breaking 1, likely 2  subject`, or `ok`; fails if one of them fails. */
async function printSteps(steps: AsyncIterable<CheckedStep>, policy: PolicyOptions): Promise<void> {
  const [{ describeStep }, { applyPolicy }] = await Promise.all([
    import("../check/series.ts"),
    import("../policy/apply.ts"),
  ]);
  process.exitCode = 0;
  for await (const step of steps) {
    // What fits an acceptance may be in another commit.
    const report = applyPolicy(step.report, { ...policy, isFiltered: true });
    if (report.findings.some(({ fails }) => fails)) process.exitCode = 1;
    print(`${describeStep({ ...step, report })}\n`);
  }
}
