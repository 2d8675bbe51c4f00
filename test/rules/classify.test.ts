// Levels, likelihood and consumers: what is known about users moves a finding, and nothing else does.

import { expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { classify, type ConsumerUse } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Finding } from "../../src/rules/finding.ts";

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
  expect(finding).toMatchObject({
    level: "breaking",
    consumers: [{ tool: "biotop", where: "tools/biotop.py:7", outcome: "missing" }],
  });
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

test("a user of a field by name is not hit where it only moved", () => {
  const [finding] = judge(BEFORE, REMOVED, [use({ contract: "core", subject: "comm" })]);
  expect(finding).toMatchObject({ level: "likely", consumers: [] });
});

test("every user of an event that is gone is hit, whatever it used", () => {
  const [finding] = judge(BEFORE, "", [use({ contract: "layout", subject: "sector" })]);
  expect(finding).toMatchObject({ rule: "event-removed", level: "breaking" });
});

test("a kind of reader is hit where the rest of its contract is not", () => {
  const appended = `${BEFORE}  field u64 cookie\n`;
  expect(judge(BEFORE, appended, [use({})])[0]?.level).toBe("possible");
  expect(judge(BEFORE, appended, [use({ reader: "perf-python" })])[0]?.level).toBe("breaking");
  expect(judge(BEFORE, appended, [use({ reader: "perf-python", subject: "sector" })])[0]?.level).toBe("breaking");
});

const MOVED = BEFORE.replace("  field sector_t sector\n", "  field u64 cookie\n  field sector_t sector\n");

test.each([
  ["of a field in a public header", REMOVED, "file include/trace/events/demo.h:10", "likely"],
  ["of a field in an architecture's header", REMOVED, "file arch/x86/include/asm/trace/demo.h:10", "likely"],
  ["of a field in a driver's header", REMOVED, "file drivers/demo/trace.h:10", "likely"],
  ["of offsets in a public header", MOVED, "file include/trace/events/demo.h:10", "likely"],
  ["of offsets in a driver's header", MOVED, "file drivers/demo/trace.h:10", "possible"],
  ["of a field under a debugging option", REMOVED, "when defined(CONFIG_DEBUG_DEMO)", "possible"],
])("the loss %s is %s", (_, after, place, level) => {
  const at = (text: string): string => text.replace("file include/trace/events/demo.h:10", place);
  expect(judge(at(BEFORE), at(after))[0]?.level).toBe(level);
});

test("each further user raises the likelihood, and it stays below 1", () => {
  const users = Array.from({ length: 5 }, (_, index) => use({ subject: "errors", tool: `tool-${index}` }));
  const likelihoods = users.map((_, index) => judge(BEFORE, REMOVED, users.slice(0, index))[0]?.likelihood ?? 0);
  expect(likelihoods).toEqual(likelihoods.toSorted((one, other) => one - other));
  expect(new Set(likelihoods.slice(0, 3)).size).toBe(3);
  expect(Math.max(...likelihoods)).toBeLessThan(1);
});

test("two uses by one tool count once", () => {
  const [once] = judge(BEFORE, REMOVED, [use({ subject: "errors" })]);
  const [twice] = judge(BEFORE, REMOVED, [use({ subject: "errors" }), use({ subject: "errors", where: "lib.py:3" })]);
  expect(twice?.consumers).toHaveLength(2);
  expect(twice?.likelihood).toBe(once?.likelihood);
});

test("a program on another event of the system makes it more likely, and no more", () => {
  const [alone] = judge(BEFORE, REMOVED);
  const [near] = judge(BEFORE, REMOVED, [use({ event: "demo:other" })]);
  expect(near).toMatchObject({ level: "likely", consumers: [] });
  expect(near?.likelihood).toBeGreaterThan(alone?.likelihood ?? 1);
});

test("what known programs meet counts more than what others might", () => {
  const before = `${BEFORE}event demo:demo_issue\n  proto int a, int b\n  field int err\n`;
  const after = `${REMOVED}event demo:demo_issue\n  proto int b\n  field int err\n`;
  const module = use({ event: "-:demo_issue", contract: "args", reader: "module", tool: "probes" });
  const findings = judge(before, after, [module, use({ subject: "errors" })]);
  expect(findings.map(({ consumers }) => consumers.map(({ tool, outcome }) => `${tool} ${outcome}`))).toEqual([
    ["biotop missing"],
    ["probes build"],
  ]);
});

test("a known module that does not build makes it likely, whatever readers at run time meet", () => {
  const before = "event demo:demo_issue\n  file drivers/demo/trace.h:1\n  proto int a\n  field int err\n";
  const after = before.replace("proto int a", "proto int a, int b");
  const module = use({ event: "-:demo_issue", contract: "args", reader: "module", subject: "a" });
  expect(judge(before, after)[0]?.level).toBe("possible");
  expect(judge(before, after, [module])[0]).toMatchObject({ level: "likely", consumers: [{ outcome: "build" }] });
  const gone = judge(before, "", [module, use({ event: "demo:demo_issue", contract: "existence" })]);
  expect(gone[0]).toMatchObject({ level: "likely", consumers: [{ outcome: "build" }] });
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

test("what happened inside a renamed event is told with the rename", () => {
  const before = "event demo:demo_readpage\n  field struct page * page\n  field int ino\n  field u64 pos\n";
  const after = "event demo:demo_read_folio\n  field struct folio * folio\n  field int ino\n  field u64 pos\n";
  const findings = judge(before, after);
  expect(findings.map((finding) => finding.rule)).toEqual(["event-renamed"]);
  expect(findings[0]?.folded).toEqual([expect.stringContaining("'page' is gone")]);
});
