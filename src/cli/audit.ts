// `tpabi audit`: what a tool relies on, on which kernels that holds, and what to write where it does not.

import { existsSync } from "node:fs";

import { type Command, Option } from "commander";

import { AUDIT_FAIL_ON, type AuditFailOn } from "../audit/fail-on.ts";
import { LOCK_FILE } from "../audit/lock-file.ts";
import type { NotUnderstood } from "../audit/use.ts";
import { ToolError } from "../errors.ts";
import { AUDIT_FORMATS, type AuditFormat } from "../reports/audit/formats.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { print, say } from "./print.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";
import { collect, emitReport, type OutputFile, outputsIn } from "./report-options.ts";

const EXAMPLES = `
Examples:
  tpabi audit src/ --kernels '>=5.4'                on all shipped kernels from 5.4 on
  sudo tpabi audit opensnoop.bt --kernel running    on this machine
  tpabi audit src/ --kernels '5.10 || 6.1' --format json
  tpabi audit src/ --lock                           write tpabi.deps.json, and in CI:
  tpabi audit src/ --check-lock                     exit 1 if the tool now depends on something else
  tpabi audit src/ --repo ~/linux --kernel v6.12 --kernel git:for-next

Exit status: 0 nothing at or above --fail-on, 1 something is, 2 could not run.
`;

interface Flags extends ReadFlags {
  readonly kernels?: string;
  readonly kernel: readonly string[];
  readonly failOn: AuditFailOn;
  readonly format: AuditFormat;
  readonly output: readonly OutputFile<AuditFormat>[];
  readonly lock?: true;
  readonly checkLock?: true;
  readonly lockFile: string;
  readonly index?: string;
  readonly tool?: string;
  readonly toolVersion: string;
  readonly source: string;
  readonly all?: true;
  readonly strict?: true;
  readonly color: boolean;
}

export function define(command: Command): void {
  addReadOptions(command)
    .argument("<path...>", "files and directories of the tool: sources, scripts, compiled objects")
    .option("--kernels <range>", "shipped kernels by version, such as '>=5.4' or '5.10 || 6.1' (default: all)")
    .option("--kernel <kernel>", "one more kernel, or alone without --kernels (repeatable; see below)", collect, [])
    .addOption(
      new Option("--fail-on <what>", "exit 1 if a dependency meets this or worse on any kernel")
        .choices(AUDIT_FAIL_ON)
        .default("absent"),
    )
    .addOption(new Option("--format <format>", "what to print").choices(AUDIT_FORMATS).default("terminal"))
    .option("--output <format=file>", "also write a report to a file (repeatable)", outputsIn(AUDIT_FORMATS), [])
    .option("--all", "show what holds everywhere, too")
    .option("--strict", "stop if anything in the tool was not understood")
    .addOption(
      new Option("--lock", "write what the tool depends on to a file; no kernel is looked at").conflicts("checkLock"),
    )
    .option("--check-lock", "compare what the tool depends on with that file; no kernel is looked at")
    .option("--lock-file <file>", "the file of --lock and --check-lock", LOCK_FILE)
    .option("--index <file>", "put the uses into an index of known consumers; no kernel is looked at")
    .option("--tool <name>", "the tool's name in the index")
    .option("--tool-version <version>", "its version", "")
    .option("--source <package>", "where it was taken from", "")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action((paths: readonly string[], _flags: unknown, own: Command) => run(paths, own.optsWithGlobals()));
}

async function run(paths: readonly string[], flags: Flags): Promise<void> {
  if (flags.tool !== undefined && flags.index === undefined) {
    throw new ToolError("bad-usage", "--tool goes with --index", { hint: "add --index FILE" });
  }
  if (flags.lock || flags.checkLock || flags.index !== undefined) await keep(paths, flags);
  else await judge(paths, flags);
}

/** Everything that is about the tool alone. */
async function keep(paths: readonly string[], flags: Flags): Promise<void> {
  const [{ scan }, { compareLock, encodeLock }, { addToIndex }, { renderLockComparison }, files] = await Promise.all([
    import("../audit/scan.ts"),
    import("../audit/lock.ts"),
    import("../audit/consumer-index.ts"),
    import("../reports/audit/lock.ts"),
    import("../sources/files.ts"),
  ]);
  const found = scan(paths);
  if (flags.strict) requireUnderstood(found);
  const { index, tool, toolVersion: version, source, lockFile } = flags;
  if (index !== undefined) {
    if (tool === undefined)
      throw new ToolError("bad-usage", "--index needs the tool's name", { hint: "add --tool NAME" });
    const text = existsSync(index) ? await files.readText(index) : undefined;
    await files.writeAtomically(index, addToIndex(text, { tool, version, source }, found.uses, index));
  }
  if (flags.checkLock) {
    const comparison = compareLock(await files.readText(lockFile), found.uses, lockFile);
    process.exitCode = comparison.added.length + comparison.removed.length > 0 ? 1 : 0;
    print(renderLockComparison(comparison, lockFile));
  }
  if (flags.lock) await files.writeAtomically(lockFile, encodeLock(found.uses));
  const what = `${found.uses.length} uses in ${found.files} files, ${found.notUnderstood.length} not understood`;
  say(`${what}${flags.lock ? `; wrote ${lockFile}` : ""}${index === undefined ? "" : `; wrote ${index}`}`);
}

async function judge(paths: readonly string[], flags: Flags): Promise<void> {
  const [{ audit }, { AUDIT_RENDERERS }, { failsAudit }] = await Promise.all([
    import("../audit/audit.ts"),
    import("../reports/audit/render.ts"),
    import("../audit/fail-on.ts"),
  ]);
  const choice = { kernels: flags.kernel, ...(flags.kernels !== undefined && { range: flags.kernels }) };
  const report = await withReadOptions(flags, (options) => audit(paths, choice, options));
  if (flags.strict) requireUnderstood(report);
  await emitReport(flags, failsAudit(report, flags.failOn), (format, options) =>
    AUDIT_RENDERERS[format](report, options),
  );
}

/** Fails if something in a file was not understood. */
function requireUnderstood({ notUnderstood }: { readonly notUnderstood: readonly NotUnderstood[] }): void {
  const [first, ...rest] = notUnderstood;
  if (!first) return;
  const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
  throw new ToolError("found-problems", `not understood: ${first.file}:${first.line}: ${first.reason}${more}`, {
    hint: "leave --strict out to go on with what was understood",
  });
}
