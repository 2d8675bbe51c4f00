// `tpabi snapshot`: writes what one kernel promises to a file or to stdout.

import type { Command } from "commander";

import type { Problem } from "../snapshot/model.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { say } from "./print.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";

const EXAMPLES = `
Examples:
  tpabi snapshot ./linux -o linux.json
  tpabi snapshot git:v6.12 --repo ~/linux --arch arm64 --config arm64.config -o v6.12-arm64.json
  sudo tpabi snapshot tracefs: -o this-machine.json
`;

interface Flags extends ReadFlags {
  readonly output?: string;
}

export function define(command: Command): void {
  addReadOptions(command)
    .argument("<kernel>", "which kernel (see below)")
    .option("-o, --output <file>", "write to a file, whole or not at all (default: stdout)")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action(run);
}

async function run(kernel: string, flags: Flags): Promise<void> {
  const [{ readSnapshotText }, { splitText }, { writeAtomically }, { count, describeProblem }] = await Promise.all([
    import("../sources/source.ts"),
    import("../snapshot/codec.ts"),
    import("../sources/files.ts"),
    import("../reports/text.ts"),
  ]);
  const text = await withReadOptions(flags, (options) => readSnapshotText(kernel, options));
  if (flags.output === undefined) process.stdout.write(text);
  else await writeAtomically(flags.output, text);
  const { sections } = splitText(text);
  const [events = [], tracepoints = [], problems = []] = ["events", "tracepoints", "problems"].map((key) =>
    sections.get(key),
  );
  say(
    `${count(events.length, "event")}, ${count(tracepoints.length, "tracepoint")}, ${count(problems.length, "problem")}`,
  );
  for (const problem of problems.slice(0, 3)) say(`problem: ${describeProblem(JSON.parse(problem) as Problem)}`);
}
