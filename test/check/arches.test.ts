import { expect, test } from "@jest/globals";

import { joinArches } from "../../src/check/arches.ts";
import { createReport, type Report } from "../../src/reports/report.ts";
import type { Finding } from "../../src/rules/finding.ts";
import { FINDINGS, REPORT } from "../samples.ts";

function reportOn(arch: string, findings: readonly Finding[]): Report {
  return createReport({ ...REPORT, after: { ...REPORT.after, arch }, events: REPORT.summary.events, findings });
}

const FINDING = FINDINGS[0] as Finding;

test("a finding that is judged otherwise on each architecture stands there once, with the worst judgement", () => {
  const mild: Finding = { ...FINDING, level: "possible", likelihood: 0.1 };
  const bad: Finding = { ...FINDING, level: "likely", likelihood: 0.2 };
  const { findings, summary } = joinArches([reportOn("x86_64", [mild]), reportOn("arm", [bad])], ["x86_64", "arm"]);
  expect(findings).toEqual([{ ...bad, arches: ["x86_64", "arm"] }]);
  expect(summary.levels).toMatchObject({ likely: 1, possible: 0 });
});
