// `tpabi verify`: is what the source says of a kernel what that kernel says of itself?

import { type Command, InvalidArgumentError } from "commander";

import { ToolError } from "../errors.ts";
import { toJson } from "./json.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { print } from "./print.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";

const EXAMPLES = `
Examples:
  sudo tpabi verify ./linux tracefs: --config /boot/config-$(uname -r)
  tpabi verify git:v6.12.117 tracefs:dump.tar.xz --repo ~/linux --config dump.config
  tpabi verify v6.12.117 tracefs:dump.tar.xz --list 50 --min 99.9

Exit status: 0 everything agrees to at least --min percent, 1 it does not, 2 could not run.
`;

interface Flags extends ReadFlags {
  readonly min: number;
  readonly list: number;
  readonly json?: true;
}

export function define(command: Command): void {
  addReadOptions(command)
    .argument("<source>", "the kernel as described by its source (see below)")
    .argument("<running>", "the same kernel as described by itself, such as tracefs:")
    .option("--min <percent>", "exit 1 if any line of the table is below this share of exact ones", parsePercent, 100)
    .option("--list <n>", "how many disagreements of each kind to show", parseCount, 10)
    .option("--json", "print everything as JSON")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action(run);
}

async function run(source: string, running: string, flags: Flags): Promise<void> {
  const [{ readSnapshot }, { verify }, { renderVerification }] = await Promise.all([
    import("../sources/source.ts"),
    import("../verify/verify.ts"),
    import("../reports/verification.ts"),
  ]);
  const verification = await withReadOptions(flags, async (options) =>
    verify(await readSnapshot(source, options), await readSnapshot(running, options)),
  );
  if (verification.agreements.every(({ total }) => total === 0)) {
    throw new ToolError(
      "nothing-to-compare",
      `nothing can be compared: '${source}' and '${running}' know no fact in common`,
    );
  }
  const isEnough = verification.agreements.every(({ exact, total }) => exact * 100 >= flags.min * total);
  process.exitCode = isEnough ? 0 : 1;
  print(flags.json ? toJson(verification) : renderVerification(verification, flags.list));
}

function parsePercent(text: string): number {
  const percent = Number(text);
  if (text.trim() === "" || !(percent >= 0 && percent <= 100)) throw new InvalidArgumentError("Expected 0 to 100.");
  return percent;
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Expected a number.");
  return Number(text);
}
