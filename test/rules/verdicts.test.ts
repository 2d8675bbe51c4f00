// Verdicts that hang on what a change is in detail: what each contract and kind of reader meets.

import { expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { classify } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";

const event = (proto: string): ReturnType<typeof parseExample> =>
  parseExample(`event demo:demo_io\n  proto ${proto}\n  field int a\n`);

test.each([
  ["another struct", "struct page *page", "struct folio *page", "silent", { module: "build" }],
  ["a number of another width", "int a", "u64 a", "build", { module: "build" }],
  ["a pointer that gets a type", "void *req", "struct io_kiocb *req", "build", { module: "build" }],
  [
    "a pointer that loses its type",
    "struct io_kiocb *req",
    "const void *req",
    "load",
    { raw_tp: "none", module: "build" },
  ],
])("an argument that becomes %s", (_, before, after, args, readers) => {
  const findings = classify(diff(event(before), event(after)).changes);
  expect(findings.map((finding) => [finding.contracts.args, finding.readers])).toEqual([[args, readers]]);
});
