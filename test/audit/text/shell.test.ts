// Shell text and the commands in it.

import { describe, expect, test } from "@jest/globals";

import { type Command, shellCommands } from "../../../src/audit/text/shell.ts";

function written({ words, outputs, documents, isFallback }: Command): string {
  const parts = [words.map(({ text }) => text).join("|")];
  if (outputs.length > 0) parts.push(`> ${outputs.map(({ text }) => text).join(",")}`);
  if (documents.length > 0) parts.push(`<< ${JSON.stringify(documents.map(({ text }) => text).join(","))}`);
  return (isFallback ? "|| " : "") + parts.join(" ");
}

const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  ["a b  c", ["a|b|c"]],
  ["a; b && c || d\n# e\nf", ["a", "b", "c", "|| d", "f"]],
  ["a 'b c' \"d e\" f\\ g", ["a|b c|d e|f g"]],
  ['a "x\\"y" "\\$z" \'\\n\'', ['a|x"y|$z|\\n']],
  ["a \\\n  b", ["a|b"]],
  ["a > b >> c 2> d 2>&1", ["a > b,c,d,1"]],
  ["x=$(a b)", ["x=$", "a|b"]],
  ['echo "$(a "b c")"', ['echo|$(a "b c")', "a|b c"]],
  ["a <<END | b\n  x\nEND\nc", ['a << "  x\\n"', "b", "c"]],
  ["a <<-'END'\n\tx\n\tEND\nb", ['a << "\\tx\\n"', "b"]],
  ["echo $((1 << 2))\nb", ["echo|$", "1|2", "b"]],
  ["a <<END\nb", ["a", "b"]],
  ["a 'b", ["a|b"]],
  ['a "b', ["a|b"]],
  ["a#b #c", ["a#b"]],
];

describe("shellCommands", () => {
  test.each(TEXTS)("%j", (text, expected) => {
    expect(shellCommands(text).map(written)).toEqual(expected);
  });

  test("words know where they begin", () => {
    const [command] = shellCommands("ab 'cd' \"ef\"", 10);
    expect(command!.words.map(({ start }) => start)).toEqual([10, 14, 19]);
  });
});
