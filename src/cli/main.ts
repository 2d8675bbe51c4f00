#!/usr/bin/env node
// The command line: runs one command and turns what happened into text and an exit code.
// 0: nothing at or above the threshold; 1: findings; 2: could not run. Only files in this folder print or exit.

import { CommanderError } from "commander";

import { ToolError } from "../errors.ts";
import { say } from "./print.ts";
import { createProgram } from "./program.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`tpabi diff A B | head`) is no failure.
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  process.exit(explainFailure(new ToolError("io", `cannot write to stdout: ${error.message}`, { cause: error })));
});
// Without this Node exits with 1, which would read as findings.
process.on("uncaughtException", (error) => process.exit(explainFailure(error)));

void main();

async function main(): Promise<void> {
  try {
    const program = await createProgram(process.argv.slice(2));
    await program.parseAsync(process.argv);
  } catch (error) {
    // Exit at once: a second kernel that is still being read would keep the process alive.
    process.exit(explainFailure(error));
  }
}

function explainFailure(error: unknown): number {
  // commander has already printed what it had to say: help, the version, or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isDebug = process.argv.includes("--debug");
  if (error instanceof ToolError) {
    // Names of files, revisions and events stand in messages, and they may hold anything.
    say(`error: ${error.message}`);
    if (error.hint !== undefined) say(`help: ${error.hint}`);
    if (isDebug) describeCauses(error).split("\n").forEach(say);
    return 2;
  }
  say(`error: this is a bug in tpabi: ${String((error as { message?: unknown })?.message ?? error)}`);
  say("help: please report it with the output of the same command and --debug");
  if (isDebug) describeCauses(error).split("\n").forEach(say);
  return 2;
}

/** The stack of an error and of everything that caused it. */
function describeCauses(error: unknown): string {
  const { stack, cause } = error as { stack?: unknown; cause?: unknown };
  const own = String(stack ?? error);
  return cause === undefined ? own : `${own}\ncaused by: ${describeCauses(cause)}`;
}
