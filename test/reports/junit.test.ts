// What CI systems read out of the XML: test cases, failures, skipped ones.

import { expect, test } from "@jest/globals";
import { XMLParser, XMLValidator } from "fast-xml-parser";

import { renderJunit } from "../../src/reports/junit.ts";
import { escapeControls } from "../../src/reports/text.ts";
import { HOSTILE_REPORT, REPORT, reportWith } from "../samples.ts";

const OPTIONS = { color: false, width: 100, all: false };
const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => name === "testcase" });

interface Suite {
  readonly [attribute: string]: unknown;
  readonly testcase: readonly Record<string, unknown>[];
}

function suiteOf(text: string): Suite {
  expect(XMLValidator.validate(text)).toBe(true);
  return (parser.parse(text) as { testsuites: { testsuite: Suite } }).testsuites.testsuite;
}

test("each finding is a test case, named so that the next run gives it the same name", () => {
  const suite = suiteOf(renderJunit(REPORT, OPTIONS));
  expect(suite).toMatchObject({ "@_tests": "3", "@_failures": "0", "@_skipped": "0" });
  expect(suite.testcase.map((one) => [one["@_classname"], one["@_name"], one["@_file"]])).toEqual([
    ["sched:sched_switch", "argument-inserted 'prev_state' (01b2)", undefined],
    ["block:block_rq_insert", "field-removed 'errors' (77aa)", "include/trace/events/block.h"],
    ["sched:sched_switch", "print-format-changed (9c9c)", undefined],
  ]);
});

test("findings that fail are failures, accepted ones are skipped", () => {
  const report = reportWith({ breaking: 2, likely: 1 });
  const [first, ...others] = report.findings;
  if (first === undefined) throw new Error("the sample has findings");
  const { fails, ...open } = first;
  const findings = [{ ...open, accepted: { reason: "told everybody" } }, ...others];
  const suite = suiteOf(renderJunit({ ...report, findings }, OPTIONS));
  expect(suite).toMatchObject({ "@_tests": "3", "@_failures": "1", "@_skipped": "1" });
  expect(suite.testcase.map((one) => ["skipped", "failure", "system-out"].find((name) => name in one))).toEqual([
    "skipped",
    "failure",
    "system-out",
  ]);
  expect(suite.testcase[0]).toMatchObject({ skipped: { "@_message": "accepted: told everybody" } });
});

test("nothing found is one test case that passes", () => {
  const suite = suiteOf(renderJunit(reportWith({}), OPTIONS));
  expect(suite.testcase).toEqual([{ "@_classname": "tpabi", "@_name": "no findings" }]);
});

test("hostile text stays text, and no character is one that XML forbids", () => {
  const text = renderJunit(HOSTILE_REPORT, OPTIONS);
  const suite = suiteOf(text);
  expect(suite.testcase).toHaveLength(HOSTILE_REPORT.findings.length);
  expect(new Set(suite.testcase.flatMap((one) => Object.keys(one)))).toEqual(
    new Set(["@_classname", "@_name", "@_file", "@_line", "skipped", "failure", "system-out"]),
  );
  // https://www.w3.org/TR/xml/#charsets
  expect(text).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  expect(text).toContain(escapeControls("\u001b[2J"));
});
