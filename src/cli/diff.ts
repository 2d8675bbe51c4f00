// `tpabi diff`: compares two kernels and says whom the changes break.

import { Command, InvalidArgumentError, Option } from "commander";

import { type Format, FORMATS } from "../reports/formats.ts";
import { FAIL_ON, type FailOn, failing } from "../rules/policy.ts";
import { wantsColor } from "./color.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";

const EXAMPLES = `
Examples:
  tpabi diff v6.1.192 v6.12.117
  tpabi diff --repo ~/linux v6.12 HEAD --event 'sched:*'
  tpabi diff v6.12.117 tracefs:dump.tar.xz --fail-on possible
  tpabi diff before.json after.json --output json=report.json
`;

interface Flags extends ReadFlags {
  readonly configBefore?: string;
  readonly configAfter?: string;
  readonly failOn: FailOn;
  readonly format: Format;
  readonly output: readonly OutputFile[];
  readonly event: readonly string[];
  readonly all?: true;
  readonly strict?: true;
  readonly color: boolean;
}

interface OutputFile {
  readonly format: Format;
  readonly path: string;
}

export function diffCommand(): Command {
  return addReadOptions(new Command("diff"))
    .description("Say what changed in the tracepoints between two kernels, and whom it breaks.")
    .argument("<before>", "the earlier kernel (see below)")
    .argument("<after>", "the later kernel")
    .option("--config-before <file>", "the .config of the earlier kernel, where it is another one")
    .option("--config-after <file>", "the .config of the later kernel")
    .addOption(
      new Option("--fail-on <level>", "exit 1 if a finding has this level or a worse one")
        .choices(FAIL_ON)
        .default("likely"),
    )
    .addOption(new Option("--format <format>", "what to print").choices(FORMATS).default("terminal"))
    .option("--output <format=file>", "also write a report to a file (repeatable)", collectOutput, [])
    .option("--event <glob>", "only events that match, such as 'sched:*' (repeatable)", collect, [])
    .option("--all", "show what hurts nobody too")
    .option("--strict", "stop if anything in a kernel was not understood")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action((before: string, after: string, _flags: unknown, command: Command) =>
      run(before, after, command.optsWithGlobals()),
    );
}

async function run(before: string, after: string, flags: Flags): Promise<void> {
  const [{ compare, requireNoProblems }, { RENDERERS }, { readText, writeAtomically }] = await Promise.all([
    import("../compare.ts"),
    import("../reports/report.ts"),
    import("../sources/files.ts"),
  ]);
  const report = await withReadOptions(flags, async (options) =>
    compare(before, after, {
      ...options,
      ...(flags.configBefore !== undefined && { configBefore: await readText(flags.configBefore) }),
      ...(flags.configAfter !== undefined && { configAfter: await readText(flags.configAfter) }),
      ...(flags.event.length > 0 && { events: flags.event }),
    }),
  );
  if (flags.strict) requireNoProblems(report);
  const width = process.stdout.columns ?? 100;
  const options = { color: wantsColor(flags.color), width, all: flags.all ?? false, names: { before, after } };
  for (const { format, path } of flags.output) {
    await writeAtomically(path, RENDERERS[format](report, { ...options, color: false }));
  }
  // Set before printing: the reader of a pipe may go away in the middle of it.
  process.exitCode = failing(report.findings, flags.failOn).length > 0 ? 1 : 0;
  process.stdout.write(RENDERERS[flags.format](report, options));
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function collectOutput(value: string, previous: readonly OutputFile[]): readonly OutputFile[] {
  const [name, path] = value.split(/=(.*)/s);
  const format = FORMATS.find((known) => known === name);
  if (!format || !path) throw new InvalidArgumentError(`Expected FORMAT=FILE; formats: ${FORMATS.join(", ")}.`);
  return [...previous, { format, path }];
}
