// What fails, what is accepted and what is left out, by policy and configuration. Days are given, never the clock's.

import { describe, expect, test } from "@jest/globals";

import { applyPolicy, type PolicyOptions } from "../../src/policy/apply.ts";
import { readConfig } from "../../src/policy/read-config.ts";
import { createReport, type Report } from "../../src/reports/report.ts";
import type { Finding } from "../../src/rules/finding.ts";
import { REPORT } from "../samples.ts";

const [BREAKING, LIKELY, SOFT, SAFE] = REPORT.findings as readonly [Finding, Finding, Finding, Finding];
/** Hard, on an event that few know. */
const HARD: Finding = { ...LIKELY, id: "hard", event: "drm:drm_vblank_event", level: "possible", likelihood: 0.05 };

function reportOn(findings: readonly Finding[], version = "6.12.117"): Report {
  return createReport({
    ...REPORT,
    events: REPORT.summary.events,
    after: { ...REPORT.after, version },
    findings,
  });
}

const ALL = reportOn([BREAKING, LIKELY, HARD, SOFT, SAFE]);

function judge(config: string, options: PolicyOptions = {}, report = ALL): Report {
  return applyPolicy(report, { config: readConfig(config, "tpabi.yml"), ...options });
}

function failing({ findings }: Report): readonly string[] {
  return findings.flatMap(({ fails, id }) => (fails ? [id] : []));
}

const ids = (...findings: readonly Finding[]): readonly string[] => findings.map(({ id }) => id);

test.each<[string, PolicyOptions, readonly string[]]>([
  ["", {}, ids(BREAKING, LIKELY)],
  ["policy: mainline", {}, ids(BREAKING, LIKELY)],
  ["policy: stable", {}, ids(BREAKING, LIKELY, HARD)],
  ["policy: strict", {}, ids(BREAKING, LIKELY, HARD, SOFT)],
  ["fail-on: breaking", {}, ids(BREAKING)],
  ["fail-on: never", {}, []],
  ["fail-on: safe", {}, ids(BREAKING, LIKELY, HARD, SOFT, SAFE)],
  ["policy: stable\nfail-on: breaking", {}, ids(BREAKING)],
  ["fail-on: never", { policy: "stable" }, ids(BREAKING, LIKELY, HARD)],
  ["policy: strict", { failOn: "breaking" }, ids(BREAKING)],
  ["policy: stable\nmin-likelihood: 0.06", {}, ids(BREAKING, LIKELY)],
  ["policy: stable\nrules: { field-removed: safe }", {}, ids(BREAKING)],
  ["rules: { print-format-changed: breaking }", {}, ids(BREAKING, SOFT, LIKELY)],
  ["rules: { argument-inserted: off }", {}, ids(LIKELY)],
  ["events: ['sched:*']", {}, ids(BREAKING)],
  ["ignore: ['sched:*', block_rq_insert]", {}, []],
])("%j with %j fails %j", (config, options, expected) => {
  expect(failing(judge(config, options))).toEqual(expected);
});

test("what is left out is counted", () => {
  expect(judge("ignore: ['sched:*']\nrules: { enum-value-added: off }").policy).toEqual({
    name: "mainline",
    failing: 1,
    accepted: 0,
    leftOut: 3,
  });
});

test("a finding on several events is left out when all of them are ignored", () => {
  const report = reportOn([{ ...LIKELY, siblings: ["block:block_rq_issue"] }]);
  expect(judge("ignore: [block_rq_insert]", {}, report).findings).toHaveLength(1);
  expect(judge("ignore: ['block:*']", {}, report).findings).toEqual([]);
});

describe("acceptances", () => {
  const accepting = (...entries: readonly string[]): string =>
    `accept:\n${entries.map((entry) => `  - { reason: told everybody, ${entry} }\n`).join("")}`;
  const real = { ...LIKELY, id: "77aa0c1f24d3b968" };
  const report = reportOn([BREAKING, real]);

  test.each([
    ["finding: 77aa0c1f24d3b968", true],
    ["finding: 0123456789abcdef", false],
    ["event: 'block:*'", true],
    ["event: block_rq_insert", true],
    ["rule: field-removed, event: 'block:*', subject: err*", true],
    ["rule: field-removed, event: 'block:*', subject: comm", false],
    ["rule: field-inserted, event: 'block:*'", false],
  ])("%s: %s", (entry, expected) => {
    const judged = judge(accepting(entry), {}, report);
    const finding = judged.findings.find(({ id }) => id === real.id);
    expect(finding?.accepted).toEqual(expected ? { reason: "told everybody" } : undefined);
    expect(finding?.fails).toBe(expected ? undefined : true);
    expect(judged.policy?.accepted).toBe(expected ? 1 : 0);
  });

  test("an accepted finding stays in the report and out of the counts", () => {
    const { findings, summary } = judge(accepting("finding: 77aa0c1f24d3b968"), {}, report);
    expect(findings).toHaveLength(2);
    expect(summary.levels).toMatchObject({ breaking: 1, likely: 0 });
  });

  test.each([
    ["2027-01-31", "2027-01-31", "6.12.117", false],
    ["2027-01-31", "2027-02-01", "6.12.117", true],
    ["2027-01-31", undefined, "6.12.117", false],
    ["v6.12", undefined, "6.12.117", false],
    ["6.12", undefined, "6.13-rc1", true],
    ["v6.12.116", undefined, "6.12.117", true],
    ["6.13", undefined, "6.13-rc7", false],
    ["6.10", undefined, "6.2.1", false],
    ["6.10", undefined, "", false],
  ])("until %s, on %s and for kernel %j: expired %s", (until, today, version, expired) => {
    const config = accepting(`finding: 77aa0c1f24d3b968, until: ${until}`);
    const { findings } = judge(config, today === undefined ? {} : { today }, reportOn([real], version));
    expect(findings.find(({ id }) => id === real.id)?.fails).toBe(expired ? true : undefined);
    expect(findings.map(({ rule }) => rule).includes("acceptance-expired")).toBe(expired);
  });

  test("one that nothing fits is a finding at its line, which only `strict` fails", () => {
    const config = accepting("finding: 77aa0c1f24d3b968", "event: 'net:*'");
    const notice = judge(config, {}, report).findings.find(({ rule }) => rule === "acceptance-unused");
    expect(notice).toMatchObject({ level: "possible", event: "*:*", location: { file: "tpabi.yml", line: 3 } });
    expect(notice?.fails).toBeUndefined();
    expect(judge(config, { policy: "strict" }, report).policy?.failing).toBe(2);
    expect(judge(`min-likelihood: 0.9\n${config}`, { policy: "strict" }, report).policy?.failing).toBe(2);
    expect(judge(config, { isFiltered: true }, report).findings).toHaveLength(2);
    expect(judge(`${config}rules: { acceptance-unused: off }`, {}, report).findings).toHaveLength(2);
  });

  test("one that is past is no longer told as unused", () => {
    const config = accepting("event: 'net:*', until: 2026-01-01");
    const rules = judge(config, { today: "2026-11-23" }, report).findings.map(({ rule }) => rule);
    expect(rules).toEqual(["argument-inserted", "field-removed", "acceptance-expired"]);
  });

  test("its own notice keeps its id when lines move", () => {
    const noticeOf = (config: string): Finding | undefined =>
      judge(config, {}, report).findings.find(({ rule }) => rule === "acceptance-unused");
    const config = accepting("event: 'net:*'");
    expect(noticeOf(`# a comment\n${config}`)?.id).toBe(noticeOf(config)?.id);
  });
});

test("judging again gives the same", () => {
  const once = judge("policy: stable\naccept: [{ rule: field-removed, reason: x }]");
  expect(judge("policy: stable\naccept: [{ rule: field-removed, reason: x }]", {}, once)).toEqual(once);
});
