// Writing into tpabi.yml: what the user wrote stays, and what was written is read back.

import { expect, test } from "@jest/globals";

import { readConfig } from "../../src/policy/read-config.ts";
import { writeAcceptances } from "../../src/policy/write-acceptances.ts";

const ONE = { finding: "77aa0c1f24d3b968", reason: 'known: "x" # y', until: "6.10" };

test.each([
  ["", "# What tpabi checks here, and what was accepted: docs/config.md of tpabi says how.\n\n"],
  ["# only words\n", "# only words\n\n"],
  [
    "policy: stable # why\n\n# rules\nrules:\n  field-removed: off\n",
    "policy: stable # why\n\n# rules\nrules:\n  field-removed: off\n",
  ],
])("into %j", (before, kept) => {
  const text = writeAcceptances(before, "tpabi.yml", [{ ...ONE, about: "field-removed in a:b" }]);
  expect(text).toBe(
    `${kept}accept:\n  # field-removed in a:b\n  - finding: 77aa0c1f24d3b968\n    reason: 'known: "x" # y'\n    until: "6.10"\n`,
  );
});

test("behind others, as they are indented, with their comments", () => {
  const before = `accept:\n# old\n- event: "sched:*" # all\n  reason: 'x'\n`;
  expect(writeAcceptances(before, "tpabi.yml", [{ finding: ONE.finding, reason: "y" }])).toBe(
    `${before}- finding: 77aa0c1f24d3b968\n  reason: y\n`,
  );
});

test("into an empty list on one line", () => {
  expect(writeAcceptances("accept: []\n", "tpabi.yml", [{ finding: ONE.finding, reason: "y" }])).toBe(
    "accept:\n  - finding: 77aa0c1f24d3b968\n    reason: y\n",
  );
});

test("accepting again replaces what was accepted before", () => {
  const finding = "1234567812345678";
  const once = writeAcceptances("", "tpabi.yml", [{ finding, reason: "first", owner: "net", about: "this" }]);
  const twice = writeAcceptances(once, "tpabi.yml", [{ finding, reason: "second", about: "this" }]);
  expect(readConfig(twice, "tpabi.yml").accept).toEqual([expect.objectContaining({ finding, reason: "second" })]);
  expect(twice.match(/# this/g)).toHaveLength(1);
});

test.each([
  ["until", { ...ONE, until: "soon" }],
  ["finding", { ...ONE, finding: "xyz" }],
  ["reason", { ...ONE, reason: " " }],
])("a wrong %s is refused", (_, acceptance) => {
  expect(() => writeAcceptances("", "tpabi.yml", [acceptance])).toThrow(
    expect.objectContaining({ code: "bad-config" }),
  );
});

test("a file that is wrong already is refused", () => {
  expect(() => writeAcceptances("polcy: x\n", "tpabi.yml", [ONE])).toThrow("tpabi.yml:1: unknown key 'polcy'");
});

test("comments hold no line of their own", () => {
  const text = writeAcceptances("", "tpabi.yml", [{ ...ONE, about: "a\npolicy: strict" }]);
  expect(readConfig(text, "tpabi.yml").policy).toBeUndefined();
});
