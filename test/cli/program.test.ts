// The list of commands is shown without loading them: it has to say what they say themselves.

import { Help } from "commander";

import { expect, test } from "@jest/globals";

import { COMMANDS } from "../../src/cli/commands.ts";
import { CONFIG_NAME } from "../../src/cli/policy-options.ts";
import { createProgram } from "../../src/cli/program.ts";

const whole = await createProgram();

test("help is the same with no command loaded, with one and with all", async () => {
  const help = whole.helpInformation();
  for (const args of [["--help"], ["diff", "--help"], ["no-such-command"]]) {
    expect((await createProgram(args)).helpInformation()).toBe(help);
  }
});

test.each(COMMANDS)("the usage of $name is what its definition says", ({ name, usage }) => {
  const command = whole.commands.find((one) => one.name() === name);
  if (command === undefined) throw new Error(`no ${name}`);
  expect(`${name} ${usage}`.trimEnd()).toBe(new Help().subcommandTerm(command));
});

test("only the command that arguments name is loaded", async () => {
  const program = await createProgram(["--no-color", "diff", "a", "b"]);
  const loaded = program.commands.filter(({ registeredArguments }) => registeredArguments.length > 0);
  expect(loaded.map((command) => command.name())).toEqual(["diff"]);
});

test("accept names the file that it writes", () => {
  expect(COMMANDS.find(({ name }) => name === "accept")?.description).toContain(CONFIG_NAME);
});
