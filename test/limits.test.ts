// The limits that docs/limits.md tells are those of the code.

import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  bytes: 1,
  characters: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

const ROWS = [
  ...readFileSync("docs/limits.md", "utf8").matchAll(/^\| (.*) \| ([\d,]+) ?(\w*) \| .* \| `(\w+)` in `(.*)` \|$/gm),
].map(([, what = "", number = "", unit = "", name = "", file = ""]) => ({
  what,
  limit: Number(number.replaceAll(",", "")) * (UNITS[unit] ?? Number.NaN),
  name,
  file,
}));

test("there are rows", () => {
  expect(ROWS.length).toBeGreaterThan(30);
});

test.each(ROWS)("$what: $name in $file", ({ limit, name, file }) => {
  expect(valueOf(name, readFileSync(file, "utf8"))).toBe(limit);
});

/** The value of a constant of Rust or TypeScript, made of numbers; tests of Rust have smaller ones. */
function valueOf(name: string, source: string): number {
  const text = new RegExp(`const ${name}(?:: \\w+)? = ([^;]*);`).exec(source)?.[1] ?? "";
  const value = /^if cfg!\(test\) \{[^}]*\} else \{(.*)\}$/s.exec(text)?.[1] ?? text;
  if (!/^[\d\s_*<]+$/.test(value)) throw new Error(`${name} is '${text}'`);
  const [left = "", shift = "0"] = value.replaceAll("_", "").split("<<");
  const product = left.split("*").reduce((sum, factor) => sum * Number(factor), 1);
  return product * 2 ** Number(shift);
}
