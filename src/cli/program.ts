// All commands with their options. What a command does is imported when it runs, so that help and errors come at once.

import { createRequire } from "node:module";

import { Command } from "commander";

import { diffCommand } from "./diff.ts";
import { explainCommand } from "./explain.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { rulesCommand } from "./rules.ts";
import { snapshotCommand } from "./snapshot.ts";
import { verifyCommand } from "./verify.ts";

const EXAMPLES = `
Examples:
  tpabi diff v6.1.192 v6.12.117              two shipped kernels
  tpabi diff --repo ~/linux v6.12 HEAD       two revisions of a git repository
  tpabi diff v6.12.117 tracefs:              a shipped kernel and this machine (as root)
  tpabi snapshot ./linux -o linux.json       save what a source tree promises
  tpabi explain field-removed                what a rule means, with an example

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 could not run.
`;

export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
  const program = new Command("tpabi")
    .description("Says what a change to Linux tracepoints breaks, for whom, and how likely.")
    .version(version)
    .option("--no-color", "print without colours (so do NO_COLOR and a pipe; FORCE_COLOR keeps them)")
    .option("--debug", "show where in tpabi an error comes from")
    .addHelpText("after", EXAMPLES + KERNEL_HELP);
  for (const command of [diffCommand(), snapshotCommand(), verifyCommand(), rulesCommand(), explainCommand()]) {
    program.addCommand(command);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: (text, write) => write(toHouseStyle(text)) });
  }
  return program;
}

/** commander says `(Did you mean diff?)` on a line of its own; our errors have a `help:` line there. */
function toHouseStyle(text: string): string {
  const [error = "", suggestion] = text.trim().split("\n");
  const guess = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? "")?.[1];
  return `${error}\nhelp: ${guess === undefined ? "see `tpabi --help`" : `did you mean ${guess}?`}\n`;
}
