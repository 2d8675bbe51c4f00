// Which commit of a series makes each change. Invariant: what one commit makes and a later one takes back is still named.

import { createReport, type Report } from "../reports/report.ts";
import { escapeControls } from "../reports/text.ts";
import { type Finding, type IntroducedBy, LEVELS } from "../rules/finding.ts";
import type { CheckedStep } from "./check.ts";
import type { Step } from "./change-set.ts";

/** A finding of one step. */
interface Made {
  readonly finding: Finding;
  readonly step: Step;
  readonly index: number;
}

/** The report of a whole series with the commit of each finding, and with what was made and taken back within the series. */
export function nameCommits(report: Report, steps: readonly CheckedStep[]): Report {
  const made = steps.flatMap(({ step, report: { findings } }, index) =>
    findings.map((finding) => ({ finding, step, index })),
  );
  const findings = report.findings.map((finding) => {
    const maker = findMaker(finding, made);
    return maker === undefined ? finding : { ...finding, commit: nameOf(maker.step) };
  });
  const undone = made.flatMap((one) => {
    if (report.findings.some((finding) => isAbout(finding, one.finding))) return [];
    const touching = made.filter(({ finding }) => isAbout(finding, one.finding)).map(({ index }) => index);
    const last = steps[Math.max(...touching)]?.step;
    return last === undefined || last === one.step || one.index > Math.min(...touching) ? [] : [takenBack(one, last)];
  });
  return createReport({ ...report, events: report.summary.events, findings: [...findings, ...undone] });
}

/** The last step that has the same finding; else the first that changes the same thing in another way. */
function findMaker(finding: Finding, made: readonly Made[]): Made | undefined {
  const same = (keys: readonly (keyof Finding)[]): ((one: Made) => boolean) => {
    return (one) => keys.every((key) => one.finding[key] === finding[key]);
  };
  return (
    made.findLast(same(["id"])) ??
    made.find(same(["event", "subject", "rule"])) ??
    made.find(same(["event", "subject"])) ??
    made.find(same(["event"]))
  );
}

function isAbout(one: Finding, other: Finding): boolean {
  return one.event === other.event && one.subject === other.subject;
}

/** It hurts whoever runs a kernel between the two commits, as when bisecting: seen, but at most `possible`. */
function takenBack({ finding, step }: Made, undoer: Step): Finding {
  const level = finding.level === "safe" ? "safe" : "possible";
  const message = `until ${undoer.id?.slice(0, 12) ?? `'${undoer.subject}'`} takes it back: ${finding.message}`;
  return { ...finding, level, message, commit: { ...nameOf(step), undoneBy: nameOf(undoer) } };
}

function nameOf({ id, subject }: Step): Omit<IntroducedBy, "undoneBy"> {
  return { ...(id !== undefined && { id }), subject };
}

/** A checked commit in one line: `0123456789ab  1 breaking, 2 likely  subject: the worst of it`. */
export function describeStep({ step, report: { findings, summary } }: CheckedStep): string {
  const counts = LEVELS.filter((level) => level !== "safe" && summary.levels[level] > 0);
  const verdict = counts.map((level) => `${summary.levels[level]} ${level}`).join(", ") || "ok";
  const [worst] = findings;
  const why = worst === undefined || counts.length === 0 ? "" : ` (${worst.event}: ${worst.message})`;
  return escapeControls(`${(step.id ?? "").slice(0, 12).padEnd(12)}  ${verdict.padEnd(12)}  ${step.subject}${why}`);
}
