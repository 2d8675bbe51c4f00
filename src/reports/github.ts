// Annotations of GitHub Actions: workflow commands, worst first, as many as GitHub shows of one step.
// Invariant: no text of a kernel begins a line or ends a command, so none can become a command of its own.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

import type { Finding } from "../rules/finding.ts";
import { detailsOf } from "./details.ts";
import { escapeCommandData, escapeCommandProperty, relativePath } from "./escape.ts";
import type { Report } from "./report.ts";
import { SEVERITIES, type Severity, severityOf } from "./severity.ts";
import { count, cut, escapeControls } from "./text.ts";
import { describeLevels, describePolicy, placeOf } from "./words.ts";

/** Annotations of one severity that GitHub shows of one step; it drops the others without a word. */
const MAX_OF_SEVERITY = 10;

/** Columns of a title: more is not shown in one line. */
const TITLE_WIDTH = 200;

/** What fits into an annotation beside the message. */
const DETAILS: ReadonlySet<string> = new Set(["used by", "instead", "made by", "on", "finding"]);

/** Workflow commands, and a summary for the log. Accepted findings and what hurts nobody are left out. */
export function renderGithub(report: Report): string {
  const findings = report.findings.filter(({ level, accepted }) => level !== "safe" && accepted === undefined);
  const problems = annotateProblems(report);
  const shown = new Map(
    SEVERITIES.map((severity) => {
      const max = severity === "warning" ? MAX_OF_SEVERITY - problems.length : MAX_OF_SEVERITY;
      return [severity, ofSeverity(findings, severity, max)];
    }),
  );
  const isCut = countOf(shown) < findings.length;
  if (isCut) {
    // The line that tells the rest is a notice, too.
    shown.set("notice", ofSeverity(findings, "notice", MAX_OF_SEVERITY - 1));
  }
  const lines = [...shown].flatMap(([severity, some]) => some.map((finding) => annotate(severity, finding)));
  const left = SEVERITIES.map((severity) => {
    const all = findings.filter((finding) => severityOf(finding) === severity);
    return count(all.length - (shown.get(severity)?.length ?? 0), severity);
  });
  const rest = isCut ? [`::notice title=tpabi::not shown here: ${left.join(", ")}`] : [];
  return [...problems, ...lines, ...rest, ...summarize(report)].map((line) => `${line}\n`).join("");
}

/** One warning: what looks as if it were gone may only not have been understood. */
function annotateProblems({ problems }: Report): readonly string[] {
  const [first] = problems.after;
  if (first === undefined) return [];
  const { file, line, message } = first;
  const place = file === undefined ? [] : [`file=${escapeCommandProperty(relativePath(file))}`, `line=${line ?? 1}`];
  const text = `not understood (${count(problems.after.length, "place")}): ${escapeControls(message)}`;
  return [`::warning ${[...place, "title=tpabi"].join(",")}::${escapeCommandData(text)}`];
}

/** For the log. */
function summarize(report: Report): readonly string[] {
  return [describeLevels(report), describePolicy(report)].filter((line) => line !== "").map((line) => `tpabi: ${line}`);
}

function ofSeverity(findings: readonly Finding[], severity: Severity, max: number): readonly Finding[] {
  return findings.filter((finding) => severityOf(finding) === severity).slice(0, max);
}

function countOf(groups: ReadonlyMap<Severity, readonly Finding[]>): number {
  return [...groups.values()].reduce((sum, { length }) => sum + length, 0);
}

function annotate(severity: Severity, finding: Finding): string {
  const { event, rule, level, likelihood, message } = finding;
  const place = placeOf(finding);
  const title = cut(`${event}: ${rule} (${level}, ${likelihood.toFixed(2)})`, TITLE_WIDTH);
  const properties = [
    ...(place === undefined ? [] : [`file=${escapeCommandProperty(relativePath(place.file))}`, `line=${place.line}`]),
    `title=${escapeCommandProperty(title)}`,
  ];
  const details = detailsOf(finding).filter(({ name }) => DETAILS.has(name));
  const body = [message, ...details.map(({ name, text }) => `${name}: ${text}`)];
  return `::${severity} ${properties.join(",")}::${escapeCommandData(body.map(escapeControls).join("\n"))}`;
}
