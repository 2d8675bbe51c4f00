// The man page, made from the commands themselves: `npm run docs` writes man/tpabi.1.
// Invariant: what a command's help says stands here too; only what no help says is written here.

import type { Argument, Command, Option } from "commander";

import { wrap } from "../reports/text.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { describeOption } from "./program.ts";

/** When the words of this file changed last; a page that showed the day it was made would never stay the same. */
const DATE = "2026-11-25";

const DESCRIPTION = `Programs rely on tracepoints in different ways: on fixed offsets, on names of fields, on arguments by \
position. tpabi compares the tracepoints of two kernels and says which changes break which kinds of programs, whether they \
fail loudly or read wrong data, and how likely that is. It reads kernels from source trees, git revisions, tracefs, BTF and \
saved snapshots. Nothing of a kernel is built or run.`;

const EXIT_STATUS: Readonly<Record<string, string>> = {
  "0": "Nothing fails.",
  "1": "Something fails: a finding at or above the level that the policy or --fail-on names. What that means for other commands stands with them.",
  "2": "The command could not run. A line on stderr says why, and mostly one more what to do.",
};

const ENVIRONMENT: Readonly<Record<string, string>> = {
  TPABI_BASELINES: "The directory of your own baselines.",
  XDG_DATA_HOME: "Without TPABI_BASELINES, they are in tpabi below it (default: ~/.local/share).",
  XDG_CACHE_HOME: "What was parsed is kept in tpabi below it (default: ~/.cache).",
  HOME: "Where both are if the former are not set.",
  NO_COLOR: "If it is set and not empty, nothing is coloured.",
  FORCE_COLOR: "Colours even where stdout is no terminal; 0 and false mean none.",
  TERM: "With dumb, nothing is coloured.",
};

const FILES: Readonly<Record<string, string>> = {
  "tpabi.yml": "Policy, levels and acceptances of a project: in the current directory or at the top of the repository.",
  "tpabi.deps.json": "What a tool depends on, as audit --lock writes it.",
  "~/.local/share/tpabi/": "Your own baselines.",
  "~/.cache/tpabi/": "What was found out about source files. It can be deleted at any time.",
};

const SEE_ALSO = `bpftrace(8), perf\\-trace(1), trace\\-cmd(1), bpftool(8)`;

/** The page of a program in the macros of man(7). */
export function renderManual(program: Command): string {
  const { name, version } = { name: program.name(), version: program.version() ?? "" };
  const examples = blocksAfter(program).find(([first]) => first === "Examples:") ?? [];
  const sections: readonly (readonly [title: string, body: readonly string[]])[] = [
    ["NAME", [`${name} \\- ${escape(program.description()).replace(/\.$/, "").replace(/^Says/, "say")}`]],
    ["SYNOPSIS", [`.B ${name}`, "[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]"]],
    ["DESCRIPTION", paragraph(DESCRIPTION)],
    ["OPTIONS", program.options.flatMap(renderOption)],
    [
      "COMMANDS",
      program
        .createHelp()
        .visibleCommands(program)
        .filter(({ parent }) => parent !== null)
        .flatMap((command) => renderCommand(command, name)),
    ],
    ["KERNELS", renderBlocks(blocksOf(KERNEL_HELP))],
    ["EXIT STATUS", renderTerms(EXIT_STATUS)],
    ["ENVIRONMENT", renderTerms(ENVIRONMENT)],
    ["FILES", renderTerms(FILES)],
    ["EXAMPLES", preformatted(examples.slice(1))],
    ["SEE ALSO", [SEE_ALSO]],
  ];
  const lines = [
    '.\\" Made by npm run docs from the commands; do not edit.',
    `.TH ${name.toUpperCase()} 1 ${DATE} "${name} ${version}" "User Commands"`,
    // A section begins a paragraph by itself.
    ...sections.flatMap(([title, body]) => [`.SH ${title}`, ...body.slice(body[0] === ".PP" ? 1 : 0)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** A command and those below it. */
function renderCommand(command: Command, parent: string): readonly string[] {
  const name = `${parent} ${command.name()}`;
  if (command.commands.length > 0) {
    return [
      `.SS ${name}`,
      ...paragraph(command.description()),
      ...renderBlocks(blocksAfter(command)),
      ...command.commands.flatMap((own) => renderCommand(own, name)),
    ];
  }
  return [
    `.SS ${name} ${escape(command.usage())}`,
    ...paragraph(command.description()),
    ...command.registeredArguments.filter(({ description }) => description !== "").flatMap(renderArgument),
    ...command.options.flatMap(renderOption),
    ...renderBlocks(blocksAfter(command)),
  ];
}

function renderArgument(argument: Argument): readonly string[] {
  const choices = argument.argChoices === undefined ? "" : ` (${argument.argChoices.join(", ")})`;
  return [".TP", `.I ${escape(argument.name())}`, ...paragraph(`${argument.description}${choices}`)];
}

function renderOption(option: Option): readonly string[] {
  return [".TP", `.B ${escape(option.flags)}`, ...paragraph(describeOption(option))];
}

function renderTerms(terms: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(terms).flatMap(([term, text]) => [".TP", `.B ${escape(term)}`, ...paragraph(text)]);
}

/** Paragraphs of what a help says after its options, without what all commands say alike. */
function blocksAfter(command: Command): readonly (readonly string[])[] {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return blocksOf(text.slice(command.helpInformation().length).replace(KERNEL_HELP, ""));
}

function blocksOf(text: string): readonly (readonly string[])[] {
  const blocks = text.split(/\n{2,}/).map((block) => block.split("\n").filter((line) => line !== ""));
  return blocks.filter((block) => block.length > 0);
}

/** Indented lines stay as they are; all others are running text. */
function renderBlocks(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.flatMap((block) => {
    const start = block.findIndex((line) => line.startsWith("  "));
    const text = start < 0 ? block : block.slice(0, start);
    const end = start < 0 ? block.length : block.findLastIndex((line) => line.startsWith("  ")) + 1;
    const rest = block.slice(end);
    return [
      ...(text.length === 0 ? [] : [".PP", ...paragraph(text.join(" "))]),
      ...(start < 0 ? [] : preformatted(block.slice(start, end))),
      ...(rest.length === 0 ? [] : [".PP", ...paragraph(rest.join(" "))]),
    ];
  });
}

function preformatted(lines: readonly string[]): readonly string[] {
  return [".PP", ".RS 2", ".nf", ...lines.map((line) => escape(line.replace(/^ {2}/, ""))), ".fi", ".RE"];
}

/** Running text, in lines as short as formatters like them. */
function paragraph(text: string): readonly string[] {
  return wrap(text, 72).map(escape);
}

/** Text in which nothing is an instruction to the formatter. */
function escape(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replace(/^\./gm, "\\&.");
}
