// What is printed: tables are compared as tables, and the spelling of constants is no change.

import { expect, test } from "@jest/globals";

import { constantOf, foldConstants } from "../../src/diff/constant.ts";
import { printDifference } from "../../src/diff/print.ts";
import { tableReader } from "../../src/diff/symbol-tables.ts";

test.each([
  ["0x400u", 1024],
  ["((((1UL))) << (10))", 1024],
  ["( unsigned long)(( gfp_t)(0x400u|0x800u))", 3072],
  ["-1", -1],
  ["(1 << 3) - 1", 7],
  ["DEMO_READ", undefined],
  ["", undefined],
])("%s is %s", (expression, value) => {
  expect(constantOf(expression)).toBe(value);
});

test("what is no constant stays", () => {
  expect(foldConstants("REC->sector >> 9, f(REC->x)")).toBe("REC->sector>>9,f(REC->x)");
});

test.each([
  ["another number", "REC->delay / 1000", "REC->delay / 1000000", "print-args-changed"],
  ["another spelling of a number", "REC->flags & 0x10", "REC->flags & (1UL << 4)", undefined],
  ["needless parentheses", "(REC->addr), f((REC->x.y))", "REC->addr, f(REC->x.y)", undefined],
  ["needed parentheses", "(REC->a + 1) * 2", "REC->a + 1 * 2", "print-args-changed"],
  ["a name that one source resolves", "REC->id >= -9ULL ? 1 : 0", "REC->id >= DEMO_TREE ? 1 : 0", undefined],
  ["a counter of the preprocessor", "f(__UNIQUE_ID_x_957, 1)", "f(__UNIQUE_ID_x_12, 1)", undefined],
  [
    "another table",
    '__print_symbolic(REC->why, { 1, "A" })',
    '__print_symbolic(REC->why, { 1, "A" }, { 2, "B" })',
    undefined,
  ],
])("%s in the arguments: %s -> %s", (_, before, after, kind) => {
  expect(printDifference({ format: "%d", args: before }, { format: "%d", args: after }, new Map())?.kind).toBe(kind);
});

test("tables are found in nested calls, with labels of any text", () => {
  const args =
    'REC->f ? __print_flags(REC->f & (1 | 2), "|", {( unsigned long)(0x1u), "A,B" }, { 2, "C)" }) : "none", __print_symbolic(REC->why, { DEMO_READ, "READ" }, { -1, "\\"" })';
  expect([...tableReader()({ format: "%s %s", args })].map(([expression, table]) => [expression, ...table])).toEqual([
    ["REC->f & (1 | 2)", ["A,B", 1], ["C)", 2]],
    ["REC->why", ["READ", undefined], ['\\"', -1]],
  ]);
});

test("hostile text ends", () => {
  for (const args of [
    "__print_symbolic(",
    '__print_flags("',
    "__print_symbolic(((((",
    '__print_symbolic(REC->a, { 1, "a',
    "__print_flags()",
  ]) {
    expect(() => tableReader()({ format: "", args })).not.toThrow();
  }
});
