// The command line as commander has it. What a command does is imported when it runs.

import { Command, Help, type Option } from "commander";

import { TOOL } from "../reports/tool.ts";
import { COMMANDS } from "./commands.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { say } from "./print.ts";

const EXAMPLES = `
Examples:
  tpabi check origin/main..HEAD              a branch before the merge, in a kernel repository
  tpabi diff v6.1.192 v6.12.117              two shipped kernels
  tpabi diff --repo ~/linux v6.12 HEAD       two revisions of a git repository
  tpabi diff v6.12.117 tracefs:              a shipped kernel and this machine (as root)
  tpabi audit src/ --kernels '>=5.4'         on which kernels a tool works
  tpabi snapshot ./linux -o linux.json       save what a source tree promises
  tpabi explain field-removed                what a rule means, with an example

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 could not run.
`;

/**
 * The program with its commands. Only those that arguments may mean are defined in full, so that help and errors come at
 * once; of the others there is what the list of commands shows. Without arguments all are.
 */
export async function createProgram(args?: readonly string[]): Promise<Command> {
  const program = new Command("tpabi")
    .description("Says what a change to Linux tracepoints breaks, for whom, and how likely.")
    .version(TOOL.version)
    .option("--no-color", "print without colours (so do NO_COLOR and a pipe; FORCE_COLOR keeps them)")
    .option("--debug", "show where in tpabi an error comes from")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .hook("preAction", async () => (await import("./tune.ts")).compileLater());
  for (const { name, description, hidden, load } of COMMANDS) {
    const command = new Command(name).description(description);
    // One after the other: mostly there is one.
    if (args === undefined || args.includes(name)) (await load()).define(command);
    program.addCommand(command, { hidden: hidden ?? false });
  }
  const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands: inner }) => inner)];
  for (const command of commands) {
    command
      .exitOverride()
      .configureHelp({ optionDescription: describeOption, subcommandTerm: nameInList })
      .configureOutput({ outputError: (text) => toHouseStyle(text, fullName(command)).forEach(say) });
  }
  return program;
}

/** As commander has it, also for a command that is not defined in full. */
function nameInList(command: Command): string {
  const entry = command.parent?.parent === null && COMMANDS.find(({ name }) => name === command.name());
  return entry ? `${entry.name} ${entry.usage}`.trimEnd() : new Help().subcommandTerm(command);
}

/** `tpabi baseline add` for the command `add` of `baseline`. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** As commander has it, without defaults that say nothing. */
export function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:\[\]|"")\)$/, "");
}

/** commander says `(Did you mean diff?)` on a line of its own; our errors have a `help:` line there. */
function toHouseStyle(text: string, command: string): readonly string[] {
  const lines = text.trim().split("\n");
  const suggestion = lines.length > 1 && lines.at(-1)?.startsWith("(") ? lines.pop() : undefined;
  const guess = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? "")?.[1];
  // What somebody wrote on the command line stands in the error, and may have several lines.
  return [lines.join("\n"), `help: ${guess === undefined ? `see \`${command} --help\`` : `did you mean ${guess}?`}`];
}
