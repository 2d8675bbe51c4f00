// `tpabi diff`: compares two kernels and says whom the changes break.

import type { Command } from "commander";

import { KERNEL_HELP } from "./kernel-help.ts";
import { readPolicy } from "./policy-options.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";
import { addReportOptions, type ReportFlags, showReport } from "./report-options.ts";

const EXAMPLES = `
Examples:
  tpabi diff v6.1.192 v6.12.117
  tpabi diff --repo ~/linux v6.12 HEAD --event 'sched:*'
  tpabi diff v6.12.117 tracefs:dump.tar.xz --fail-on possible
  tpabi diff before.json after.json --output json=report.json
`;

interface Flags extends ReadFlags, ReportFlags {
  readonly configBefore?: string;
  readonly configAfter?: string;
}

export function define(command: Command): void {
  addReportOptions(addReadOptions(command))
    .argument("<before>", "the earlier kernel (see below)")
    .argument("<after>", "the later kernel")
    .option("--config-before <file>", "the .config of the earlier kernel, where it is another one")
    .option("--config-after <file>", "the .config of the later kernel")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action((before: string, after: string, _flags: unknown, own: Command) =>
      run(before, after, own.optsWithGlobals()),
    );
}

async function run(before: string, after: string, flags: Flags): Promise<void> {
  const policy = await readPolicy(flags);
  const [{ compare }, { readText }] = await Promise.all([import("../compare.ts"), import("../sources/files.ts")]);
  const report = await withReadOptions(flags, async (options) =>
    compare(before, after, {
      ...options,
      ...(flags.configBefore !== undefined && { configBefore: await readText(flags.configBefore) }),
      ...(flags.configAfter !== undefined && { configAfter: await readText(flags.configAfter) }),
      ...(flags.event.length > 0 && { events: flags.event }),
    }),
  );
  await showReport(report, flags, policy, { before, after });
}
