// `tpabi baseline`: the saved kernels that other commands name by version. list and show only read.

import { Command } from "commander";

import { addCommand, mergeCommand, updateCommand } from "./baseline-keep.ts";
import { baselineDirectories, DIR, type DirFlags } from "./baseline-options.ts";
import { verifyCommand } from "./baseline-verify.ts";
import { toJson } from "./json.ts";
import { print } from "./print.ts";
import { parseArch } from "./read-options.ts";

const EXAMPLES = `
Examples:
  tpabi baseline list                                        all that there are, with their origin
  tpabi baseline show 6.12.117 -o v6.12.117.json             as text, one event per line
  tpabi baseline add git:my-branch --repo ~/linux            keep one kernel
  tpabi baseline update --repo ~/linux --tags 'v6.12.*'      keep all tags that are missing
  tpabi baseline merge parts/* --dir merged                  bring together what several jobs have made
  tpabi baseline verify                                      are they what they were?

Your own baselines are kept in --dir, or TPABI_BASELINES, or the folder tpabi of your data directory
(~/.local/share/tpabi). They are found before the shipped ones.
`;

export function define(command: Command): void {
  command
    .addHelpText("after", EXAMPLES)
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(addCommand())
    .addCommand(updateCommand())
    .addCommand(mergeCommand())
    .addCommand(verifyCommand());
}

function listCommand(): Command {
  return new Command("list")
    .description("List all baselines, oldest first.")
    .argument("[range]", "only these versions, such as '>=5.4 <6.2' or '6.1.x'", "*")
    .option(...DIR)
    .option("--json", "print everything that is known of them as JSON")
    .addHelpText("after", "\nExample:\n  tpabi baseline list '>=6.1'\n")
    .action(async (range: string, flags: DirFlags & { readonly json?: true }) => {
      const [{ listBaselines }, { inRange, parseRange }, { renderBaselines }] = await Promise.all([
        import("../baselines/store.ts"),
        import("../snapshot/version.ts"),
        import("./baseline-text.ts"),
      ]);
      const versions = parseRange(range);
      const all = await listBaselines(baselineDirectories(flags.dir));
      const listed = all.filter(({ version }) => range === "*" || inRange(version, versions));
      print(flags.json ? toJson({ baselines: listed }) : renderBaselines(listed));
    });
}

function showCommand(): Command {
  return new Command("show")
    .description("Say what a baseline holds and where it comes from, or write it as a snapshot.")
    .argument("<version>", "v6.12.117, 6.12.x (the newest of a series), latest, lts or running-lts")
    .option("--arch <arch>", "its architecture (default: x86_64)", parseArch)
    .option(...DIR)
    .option("-o, --output <file>", "write the snapshot to a file; - is stdout")
    .addHelpText("after", "\nExample:\n  tpabi baseline show latest --arch arm64 -o latest.json\n")
    .action(show);
}

async function show(
  name: string,
  flags: DirFlags & { readonly arch?: string; readonly output?: string },
): Promise<void> {
  const [{ listBaselines, readBaseline }, { findBaseline }, { renderBaseline }, { encode }, { writeAtomically }, os] =
    await Promise.all([
      import("../baselines/store.ts"),
      import("../baselines/select.ts"),
      import("./baseline-text.ts"),
      import("../snapshot/codec.ts"),
      import("../sources/files.ts"),
      import("node:os"),
    ]);
  const all = await listBaselines(baselineDirectories(flags.dir));
  const baseline = findBaseline(all, name, flags.arch ?? "x86_64", os.release());
  const snapshot = await readBaseline(baseline);
  if (flags.output === "-") process.stdout.write(encode(snapshot));
  else if (flags.output !== undefined) await writeAtomically(flags.output, encode(snapshot));
  else print(renderBaseline(baseline, snapshot));
}
