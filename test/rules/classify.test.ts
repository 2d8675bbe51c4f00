// Levels, likelihood and consumers: what is known about users moves a finding, and nothing else does.

import { expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { classify, type ConsumerUse } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Finding } from "../../src/rules/finding.ts";
import { failing } from "../../src/rules/policy.ts";

const BEFORE = `
event demo:demo_io
  file include/trace/events/demo.h:10
  field sector_t sector
  field int errors
  field char comm[16]
`;
const REMOVED = `
event demo:demo_io
  file include/trace/events/demo.h:10
  field sector_t sector
  field char comm[16]
`;

function judge(before: string, after: string, consumers: readonly ConsumerUse[] = []): readonly Finding[] {
  return classify(diff(parseExample(before), parseExample(after)).changes, { consumers });
}

function use(facts: Partial<ConsumerUse>): ConsumerUse {
  return { tool: "biotop", where: "tools/biotop.py:7", event: "demo:demo_io", contract: "fields", ...facts };
}

test("a known user of exactly the removed field makes it breaking", () => {
  const [finding] = judge(BEFORE, REMOVED, [use({ subject: "errors" })]);
  expect(finding).toMatchObject({ level: "breaking", consumers: [{ tool: "biotop", where: "tools/biotop.py:7" }] });
});

test.each([
  ["of another field by name", use({ subject: "sector" })],
  ["through a contract that holds", use({ contract: "args", subject: "errors" })],
  ["of another event", use({ event: "demo:other", subject: "errors" })],
])("a user %s does not", (_, consumer) => {
  const [finding] = judge(BEFORE, REMOVED, [consumer]);
  expect(finding).toMatchObject({ level: "likely", consumers: [] });
});

test("a user of a field that was pushed elsewhere is hit through the layout", () => {
  const [finding] = judge(BEFORE, REMOVED, [use({ contract: "layout", subject: "comm" })]);
  expect(finding?.level).toBe("breaking");
});

test("every user of an event that is gone is hit, whatever it used", () => {
  const [finding] = judge(BEFORE, "", [use({ contract: "layout", subject: "sector" })]);
  expect(finding).toMatchObject({ rule: "event-removed", level: "breaking" });
});

test("a kind of reader is hit where the rest of its contract is not", () => {
  const appended = `${BEFORE}  field u64 cookie\n`;
  expect(judge(BEFORE, appended, [use({})])[0]?.level).toBe("possible");
  expect(judge(BEFORE, appended, [use({ reader: "perf-python" })])[0]?.level).toBe("breaking");
});

test.each([
  ["a public header", "include/trace/events/demo.h:10", "likely"],
  ["a driver's header", "drivers/demo/trace.h:10", "possible"],
])("a hard outcome on an event of %s is %s", (_, file, level) => {
  const at = (text: string): string => text.replace("include/trace/events/demo.h:10", file);
  expect(judge(at(BEFORE), at(REMOVED))[0]?.level).toBe(level);
});

test("each further user raises the likelihood, and it stays below 1", () => {
  const users = Array.from({ length: 5 }, (_, index) => use({ subject: "errors", where: `tool.c:${index}` }));
  const likelihoods = users.map((_, index) => judge(BEFORE, REMOVED, users.slice(0, index))[0]?.likelihood ?? 0);
  expect(likelihoods).toEqual(likelihoods.toSorted((one, other) => one - other));
  expect(new Set(likelihoods).size).toBe(likelihoods.length);
  expect(Math.max(...likelihoods)).toBeLessThan(1);
});

test("fingerprints do not depend on lines", () => {
  const moved = (text: string): string => text.replace("demo.h:10", "demo.h:99");
  expect(judge(moved(BEFORE), moved(REMOVED))[0]?.id).toBe(judge(BEFORE, REMOVED)[0]?.id);
});

test("most dangerous first: level, then silent before loud, then likelihood", () => {
  const before = `${BEFORE}
event demo:demo_gone
  file include/trace/events/demo.h:20
  field int err
event demo:demo_lines
  field int err
  print "err=%d", REC->err
`;
  const after = `${REMOVED}
event demo:demo_lines
  field int err
  print "error %d", REC->err
event demo:demo_new
  field u64 cookie
`;
  expect(judge(before, after).map((finding) => [finding.level, finding.rule])).toEqual([
    ["likely", "field-removed"],
    ["likely", "event-removed"],
    ["possible", "print-format-changed"],
    ["safe", "event-added"],
  ]);
});

test("the threshold decides what fails", () => {
  const findings = judge(BEFORE, REMOVED);
  expect(failing(findings, "likely")).toHaveLength(1);
  expect(failing(findings, "breaking")).toHaveLength(0);
  expect(failing(findings, "never")).toHaveLength(0);
});

test("what happened inside a renamed event is told with the rename", () => {
  const before = "event demo:demo_readpage\n  field struct page * page\n  field int ino\n  field u64 pos\n";
  const after = "event demo:demo_read_folio\n  field struct folio * folio\n  field int ino\n  field u64 pos\n";
  const findings = judge(before, after);
  expect(findings.map((finding) => finding.rule)).toEqual(["event-renamed"]);
  expect(findings[0]?.folded).toEqual([expect.stringContaining("'page' is gone")]);
});
