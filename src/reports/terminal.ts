// The report for people: first what a maintainer has to know, then the dangerous findings by event, worst first, then
// what is merely possible in one line each. Safe findings are counted; `all` shows everything in full.

import { Chalk, type ChalkInstance } from "chalk";

import type { Finding } from "../rules/finding.ts";
import { disarmCommands } from "./escape.ts";
import type { RenderOptions, Report } from "./report.ts";
import { renderAccepted, renderGroup, renderPossible } from "./terminal-findings.ts";
import { count, cut, describeProblem, grouped, wrap } from "./text.ts";
import {
  describeContracts,
  describeEvents,
  describeKernels,
  describeLevels,
  describeNotComparable,
  describePolicy,
  type EventGroup,
  groupByEvent,
  isDangerous,
  shownFindings,
} from "./words.ts";

/** Events that the summary names: what fits on a first screen. */
const LOOK_FIRST = 12;

/** Lines that a screen shows; below more of them, the summary is repeated. */
const SCREEN = 40;

const EXPLAIN_HINT = "What a rule in brackets means: tpabi explain RULE";

export function renderTerminal(report: Report, options: RenderOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const shown = shownFindings(report, options);
  const groups = groupByEvent(options.all ? shown : shown.filter(({ accepted }) => accepted === undefined));
  const inFull = options.all ? groups : groups.filter(({ findings }) => findings.some(isDangerous));
  const inShort = options.all ? [] : groups.filter(({ findings }) => !findings.some(isDangerous));
  const summary = renderSummary(report, options, chalk);
  const body = [
    ...inFull.map((group) => renderGroup(group, options, chalk)),
    options.all ? [] : renderFixes(report.findings.filter(isDangerous), options, chalk),
    renderPossible(inShort, options, chalk),
    options.all ? [] : renderAccepted(shown, options, chalk),
  ];
  const isLong = body.flat().length > SCREEN;
  const parts = [
    renderHead(report, options, chalk),
    [...summary, ...renderFirst(inFull, options)],
    ...body,
    shown.length === 0 ? [] : [...(isLong ? summary : []), EXPLAIN_HINT],
  ];
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
  return disarmCommands(text);
}

function renderHead(report: Report, { width, names }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  return [
    ...wrap(describeKernels(report, names), width).map((line) => chalk.bold(line)),
    ...wrap(describeEvents(report), width),
    ...describeNotComparable(report).flatMap((line) => wrap(line, width, "", 2)),
    ...renderProblems("before", report, width),
    ...renderProblems("after", report, width),
  ];
}

/** One line: who wants to know more looks into the snapshot or the JSON report. */
function renderProblems(side: "before" | "after", report: Report, width: number): readonly string[] {
  const [first, ...rest] = report.problems[side];
  if (!first) return [];
  const places = rest.length === 0 ? "" : ` (${grouped(rest.length + 1)} places)`;
  return [cut(`not understood in the kernel ${side}${places}: ${describeProblem(first)}`, width)];
}

/** Counts of findings, whom they hurt, and how many of them nobody would notice. */
function renderSummary(report: Report, { width, all }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const { levels } = report.summary;
  const dangerous = report.findings.filter(isDangerous);
  const silent = dangerous.filter((finding) => Object.values(finding.contracts).includes("silent"));
  const hidden = levels.possible + levels.safe > 0 && !all ? " (--all shows all in full)" : "";
  const byContract = describeContracts(report);
  const verdict =
    dangerous.length === 0
      ? ["Nothing here is known or likely to break a program."]
      : silent.length === 0
        ? []
        : [
            `${grouped(silent.length)} of ${count(dangerous.length, "dangerous finding")}: wrong data without an error.`,
          ];
  return [
    ...wrap(describeLevels(report) + hidden, width).map((line) => chalk.bold(line)),
    ...(byContract === "" ? [] : wrap(byContract, width, "", 2)),
    ...verdict.flatMap((line) => wrap(line, width)),
    ...(report.policy === undefined ? [] : wrap(describePolicy(report), width)),
  ];
}

/** The worst events, one line each; only where there are more than a screen shows anyway. */
function renderFirst(groups: readonly EventGroup[], { width }: RenderOptions): readonly string[] {
  const dangerous = groups.filter(({ findings }) => findings.some(isDangerous));
  if (dangerous.length < 4) return [];
  const first = dangerous.slice(0, LOOK_FIRST);
  const column = Math.max(...first.map(({ event }) => event.length));
  const more = dangerous.length - first.length;
  return [
    "",
    "Look first at",
    ...first.map(({ event, findings }) => {
      const rules = findings.filter(isDangerous).map(({ rule }) => rule);
      const times = (rule: string): number => rules.filter((other) => other === rule).length;
      const names = [...new Set(rules)].map((rule) => (times(rule) === 1 ? rule : `${times(rule)} × ${rule}`));
      return cut(`  ${findings[0]?.likelihood.toFixed(2)}  ${event.padEnd(column)}  ${names.join(", ")}`, width);
    }),
    ...(more > 0 ? [`  and ${count(more, "more event", "more events")}`] : []),
  ];
}

/** What to do instead, once for each rule. */
function renderFixes(findings: readonly Finding[], { width }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const fixes = new Map(findings.map(({ rule, fix }) => [rule, fix]));
  if (fixes.size === 0) return [];
  return [
    chalk.bold("What the author of the kernel change can do instead"),
    ...[...fixes.keys()].sort().flatMap((rule) => wrap(fixes.get(rule) ?? "", width, `  ${rule}: `, 6)),
  ];
}
