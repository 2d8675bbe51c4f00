// JUnit XML, as CI systems read it: one test case for each finding, which fails if the finding does.
// Invariant: well-formed XML with at least one test case, since some systems take an empty file for a crash.

import type { Finding } from "../rules/finding.ts";
import { detailsOf } from "./details.ts";
import { escapeXml, relativePath } from "./escape.ts";
import type { RenderOptions, Report } from "./report.ts";
import { describeAccepted, describeKernels, describeLevels, describePolicy, placeOf, shownFindings } from "./words.ts";

/** Test cases are named by event, rule and subject; the id keeps them apart and stays the same in the next run. */
export function renderJunit(report: Report, options: RenderOptions): string {
  const findings = shownFindings(report, options);
  const cases = findings.length === 0 ? [element("testcase", { classname: "tpabi", name: "no findings" })] : [];
  const counts = {
    tests: findings.length + cases.length,
    failures: findings.filter(({ fails }) => fails).length,
    skipped: findings.filter(({ accepted }) => accepted).length,
    errors: 0,
  };
  const suite = element(
    "testsuite",
    { name: describeKernels(report, options.names), ...counts },
    ...cases,
    ...findings.map(renderCase),
    element("system-out", {}, escapeXml(`${describeLevels(report)}; ${describePolicy(report)}`)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", { name: "tpabi", ...counts }, suite)}\n`;
}

function renderCase(finding: Finding): string {
  const { event, rule, subject, id, accepted, fails, message } = finding;
  const place = placeOf(finding);
  const attributes = {
    classname: event,
    name: `${rule}${subject === undefined ? "" : ` '${subject}'`} (${id})`,
    ...(place !== undefined && { file: relativePath(place.file), line: place.line }),
  };
  if (accepted) {
    return element("testcase", attributes, element("skipped", { message: `accepted: ${describeAccepted(accepted)}` }));
  }
  const details = describe(finding);
  return element(
    "testcase",
    attributes,
    fails ? element("failure", { type: rule, message }, details) : element("system-out", {}, details),
  );
}

function describe(finding: Finding): string {
  const { level, likelihood, message } = finding;
  const details = detailsOf(finding).map(({ name, text }) => `${name}: ${text}`);
  return [message, `${level} ${likelihood.toFixed(2)}`, ...details].map(escapeXml).join("\n");
}

/** An element; its attributes are escaped here, its content must be already. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly string[]
): string {
  const texts = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const start = `<${name}${texts.join("")}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join("\n")}</${name}>`;
}
