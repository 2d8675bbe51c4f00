// Variables of shell scripts, as far as their values are written down. Invariant: nothing is executed; a variable has all the
// values that the script gives it anywhere.

import type { Command } from "./shell.ts";

export type Variables = ReadonlyMap<string, readonly string[]>;

/** More values of one variable than this are of no help. */
const MOST_VALUES = 32;

/** Values from `name=value`, and from `for name in value value`. */
export function variablesOf(commands: readonly Command[]): Variables {
  const variables = new Map<string, string[]>();
  const note = (name: string, value: string): void => {
    const values = variables.get(name) ?? [];
    if (values.length < MOST_VALUES && value.length < 2000) variables.set(name, [...values, value]);
  };
  for (const { words } of commands) {
    const loop = words.findIndex(({ text }, index) => text === "for" && words[index + 2]?.text === "in");
    if (loop >= 0)
      for (const { text } of words.slice(loop + 3, loop + 3 + MOST_VALUES)) note(words[loop + 1]!.text, text);
    for (const { text } of words.slice(0, 8)) {
      const assignment = /^([A-Za-z_]\w*)\+?=(.*)$/s.exec(text);
      if (assignment) note(assignment[1]!, assignment[2]!);
    }
  }
  return variables;
}

/** A text with its variables replaced by each of their literal values; those without stay as they are. */
export function expand(text: string, variables: Variables): readonly string[] {
  let texts = [text];
  for (const [whole, braced, plain] of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    const values = (variables.get(braced ?? plain ?? "") ?? []).filter((value) => !value.includes("$"));
    if (values.length > 0 && texts.length * values.length <= MOST_VALUES) {
      texts = texts.flatMap((known) => values.map((value) => known.replace(whole, () => value)));
    }
  }
  return texts;
}

/** The text and the values of all variables in it, and of those in these. */
export function withVariables(text: string, variables: Variables): readonly string[] {
  const texts = new Set([text]);
  for (const known of texts) {
    if (texts.size > MOST_VALUES) break;
    for (const [, braced, plain] of known.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
      for (const value of variables.get(braced ?? plain ?? "") ?? []) texts.add(value);
    }
  }
  return [...texts];
}
