// The options that say what of a report is shown, where, and what fails; shared by the commands that report findings.

import { type Command, InvalidArgumentError, Option } from "commander";

import { type Format, FORMATS } from "../reports/formats.ts";
import type { RenderOptions, Report } from "../reports/report.ts";
import { wantsColor } from "./color.ts";
import { print } from "./print.ts";
import { addPolicyOptions, type PolicyFlags, type readPolicy } from "./policy-options.ts";

export interface ReportFlags extends PolicyFlags {
  readonly format: Format;
  readonly output: readonly OutputFile<Format>[];
  readonly event: readonly string[];
  readonly all?: true;
  readonly strict?: true;
  readonly color: boolean;
}

/** A report that is also to be written to a file. */
export interface OutputFile<F extends string> {
  readonly format: F;
  readonly path: string;
}

export function addReportOptions(command: Command): Command {
  return addPolicyOptions(command)
    .addOption(new Option("--format <format>", "what to print").choices(FORMATS).default("terminal"))
    .option("--output <format=file>", "also write a report to a file (repeatable)", outputsIn(FORMATS), [])
    .option("--event <glob>", "only events that match, such as 'sched:*' (repeatable)", collect, [])
    .option("--all", "show what hurts nobody too")
    .option("--strict", "stop if anything in a kernel was not understood");
}

/** Applies a policy to what was found, writes and prints the report as the flags say, and sets the exit status. */
export async function showReport(
  found: Report,
  flags: ReportFlags,
  policy: Awaited<ReturnType<typeof readPolicy>>,
  names: RenderOptions["names"],
): Promise<void> {
  const [{ applyPolicy }, { RENDERERS }, { requireNoProblems }] = await Promise.all([
    import("../policy/apply.ts"),
    import("../reports/report.ts"),
    import("../compare.ts"),
  ]);
  if (flags.strict) requireNoProblems(found);
  const report = applyPolicy(found, { ...policy, isFiltered: flags.event.length > 0 });
  const fails = report.findings.some((finding) => finding.fails);
  await emitReport(flags, fails, (format, options) =>
    RENDERERS[format](report, { ...options, ...(names && { names }) }),
  );
}

/** What every renderer is told of where its text goes. */
interface Surface {
  readonly color: boolean;
  readonly width: number;
  readonly all: boolean;
}

/** Writes a report to the files that were asked for, prints it, and sets the exit status. */
export async function emitReport<F extends string>(
  flags: Pick<ReportFlags, "all" | "color"> & { readonly format: F; readonly output: readonly OutputFile<F>[] },
  fails: boolean,
  render: (format: F, surface: Surface) => string,
): Promise<void> {
  const { writeAtomically } = await import("../sources/files.ts");
  const surface = { color: wantsColor(flags.color), width: process.stdout.columns ?? 100, all: flags.all ?? false };
  for (const { format, path } of flags.output)
    await writeAtomically(path, render(format, { ...surface, color: false }));
  // Set before printing: the reader of a pipe may go away in the middle of it.
  process.exitCode = fails ? 1 : 0;
  const text = render(flags.format, surface);
  // What it prints are commands to the runner.
  if (flags.format === "github") process.stdout.write(text);
  else print(text);
}

/** For options that may be given several times. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** For an option `FORMAT=FILE` that may be given several times. */
export function outputsIn<F extends string>(formats: readonly F[]) {
  return (value: string, previous: readonly OutputFile<F>[]): readonly OutputFile<F>[] => {
    const [name, path] = value.split(/=(.*)/s);
    const format = formats.find((known) => known === name);
    if (!format || !path) throw new InvalidArgumentError(`Expected FORMAT=FILE; formats: ${formats.join(", ")}.`);
    return [...previous, { format, path }];
  };
}
