// The report for people: first what a maintainer has to know, then the dangerous findings by event, worst first, then
// what is merely possible in one line each. Safe findings are counted; `all` shows everything in full.

import { Chalk, type ChalkInstance } from "chalk";

import { CONTRACTS, type Finding, LEVELS } from "../rules/finding.ts";
import type { Kernel } from "../snapshot/model.ts";
import type { RenderOptions, Report } from "./report.ts";
import { type EventGroup, groupByEvent, isDangerous, renderGroup, renderPossible } from "./terminal-findings.ts";
import { count, cut, describeProblem, grouped, wrap } from "./text.ts";

/** Events that the summary names: what fits on a first screen. */
const LOOK_FIRST = 12;

const EXPLAIN_HINT = "What a rule in brackets means: tpabi explain RULE";

export function renderTerminal(report: Report, options: RenderOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const shown = options.all ? report.findings : report.findings.filter(({ level }) => level !== "safe");
  const groups = groupByEvent(shown);
  const inFull = options.all ? groups : groups.filter(({ findings }) => findings.some(isDangerous));
  const inShort = options.all ? [] : groups.filter(({ findings }) => !findings.some(isDangerous));
  const parts = [
    renderHead(report, options, chalk),
    [...renderSummary(report, options, chalk), ...renderFirst(inFull, options)],
    ...inFull.map((group) => renderGroup(group, options, chalk)),
    options.all ? [] : renderFixes(report.findings.filter(isDangerous), options, chalk),
    renderPossible(inShort, options, chalk),
    shown.length === 0 ? [] : [...renderSummary(report, options, chalk), EXPLAIN_HINT],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function renderHead(report: Report, { width, names }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const { events } = report.summary;
  const title = `${describeKernel(report.before, names?.before)} → ${describeKernel(report.after, names?.after)}`;
  const counts =
    `${count(events.before, "event")} before, ${grouped(events.after)} after: ` +
    `${grouped(events.removed)} removed, ${grouped(events.added)} added, ${grouped(events.both)} in both`;
  return [
    ...wrap(title, width).map((line) => chalk.bold(line)),
    ...wrap(counts, width),
    ...renderNotComparable(report, width),
    ...renderProblems("before", report, width),
    ...renderProblems("after", report, width),
  ];
}

/** `v6.12.117 (x86_64, source)`; the version stands among the facts where the name does not say it. */
function describeKernel({ version, arch, origin, ref }: Kernel, called: string | undefined): string {
  const name = called ?? ref ?? (version || "a kernel of unknown version");
  const facts = [name.includes(version) ? "" : version, arch, origin.join(" + ")].filter((fact) => fact !== "");
  return `${name} (${facts.join(", ")})`;
}

/** One line for each side that knows less: `not compared, because unknown before: args, values`. */
function renderNotComparable({ notComparable }: Report, width: number): readonly string[] {
  const sides = { before: "before", after: "after", both: "on both sides" } as const;
  return (["both", "before", "after"] as const).flatMap((side) => {
    const facts = notComparable.filter(({ missing }) => missing === side).map(({ fact }) => fact);
    if (facts.length === 0) return [];
    return wrap(`not compared, because unknown ${sides[side]}: ${facts.join(", ")}`, width, "", 2);
  });
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
  const { levels, contracts } = report.summary;
  const dangerous = report.findings.filter(isDangerous);
  const silent = dangerous.filter((finding) => Object.values(finding.contracts).includes("silent"));
  const counts = LEVELS.map((level) => `${grouped(levels[level])} ${level}`).join(", ");
  const hidden = levels.possible + levels.safe > 0 && !all ? " (--all shows all in full)" : "";
  const hurt = CONTRACTS.filter((contract) => contracts[contract] > 0);
  const byContract = hurt.map((name) => `${name} ${grouped(contracts[name])}`).join(", ");
  const verdict =
    dangerous.length === 0
      ? ["Nothing here is known or likely to break a program."]
      : silent.length === 0
        ? []
        : [
            `${grouped(silent.length)} of ${count(dangerous.length, "finding")} at breaking or likely: wrong data without an error.`,
          ];
  return [
    ...wrap(counts + hidden, width).map((line) => chalk.bold(line)),
    ...(hurt.length === 0 ? [] : wrap(`broken by contract: ${byContract}`, width, "", 2)),
    ...verdict.flatMap((line) => wrap(line, width)),
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
