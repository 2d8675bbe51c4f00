// What is printed. Invariant: no line is a command to the runner of GitHub's actions, unless it is meant as one.

import { disarmCommands } from "../reports/escape.ts";
import { escapeControls } from "../reports/text.ts";

/** Prints a text whose pieces from elsewhere were escaped already. */
export function print(text: string): void {
  process.stdout.write(disarmCommands(text));
}

/** Says a line to whoever watches, whatever is in it. */
export function say(line: string): void {
  console.error(disarmCommands(escapeControls(line)));
}
