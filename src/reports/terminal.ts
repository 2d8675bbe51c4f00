// The report for people: most dangerous first, grouped by event, with a summary to act on at both ends.

import { Chalk, type ChalkInstance } from "chalk";

import { CONTRACTS, type Finding, type Level, LEVELS, OUTCOMES, type Outcome } from "../rules/finding.ts";
import type { Kernel } from "../snapshot/model.ts";
import type { RenderOptions, Report } from "./report.ts";
import { count, describeProblem, escapeControls, grouped, wrap } from "./text.ts";

/** Names shown of a long list; the JSON report has them all. */
const MAX_NAMES = 6;

const EXPLAIN_HINT = "What a rule in brackets means: tpabi explain RULE";

export function renderTerminal(report: Report, options: RenderOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const shown = options.all ? report.findings : report.findings.filter((finding) => finding.level !== "safe");
  const groups = groupByEvent(shown);
  const parts = [
    renderHead(report, options, chalk),
    renderSummary(report, options, chalk),
    ...groups.map(([event, findings]) => renderGroup(event, findings, options, chalk)),
    ...(groups.length > 0 ? [renderSummary(report, options, chalk), [EXPLAIN_HINT]] : []),
  ];
  return `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Findings by event, the event with the worst finding first. */
function groupByEvent(findings: readonly Finding[]): readonly (readonly [string, readonly Finding[]])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.event);
    if (group) group.push(finding);
    else groups.set(finding.event, [finding]);
  }
  return [...groups];
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

function renderProblems(side: "before" | "after", report: Report, width: number): readonly string[] {
  const [first, ...rest] = report.problems[side];
  if (!first) return [];
  const more = rest.length === 0 ? "" : ` (and ${grouped(rest.length)} more)`;
  return wrap(`not understood in the kernel ${side}: ${describeProblem(first)}${more}`, width, "", 2);
}

/** What is there, and what to look at first. */
function renderSummary(report: Report, { width, all }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const { levels, contracts } = report.summary;
  const dangerous = report.findings.filter(isDangerous);
  const counts = LEVELS.map((level) => `${grouped(levels[level])} ${level}`).join(", ");
  const hidden = levels.possible + levels.safe > 0 && !all ? " (--all shows all in full)" : "";
  const hurt = CONTRACTS.filter((contract) => contracts[contract] > 0);
  return [
    ...wrap(counts + hidden, width).map((line) => chalk.bold(line)),
    ...(hurt.length === 0
      ? []
      : wrap(
          `broken by contract: ${hurt.map((name) => `${name} ${grouped(contracts[name])}`).join(", ")}`,
          width,
          "",
          2,
        )),
    ...wrap(advise(dangerous), width),
  ];
}

function isDangerous({ level }: Finding): boolean {
  return level === "breaking" || level === "likely";
}

function advise(dangerous: readonly Finding[]): string {
  if (dangerous.length === 0) return "Nothing here is known or likely to break a program.";
  const events = [...new Set(dangerous.map(({ event }) => event))];
  const silent = dangerous.filter(({ contracts }) => Object.values(contracts).includes("silent")).length;
  const warning =
    silent === 0
      ? ""
      : ` ${grouped(silent)} of ${count(dangerous.length, "finding")} at breaking or likely: wrong data without an error.`;
  return `Look first at ${listNames(events)}.${warning}`;
}

function renderGroup(
  event: string,
  findings: readonly Finding[],
  options: RenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  const location = findings.find((finding) => finding.location)?.location;
  const place = location ? chalk.dim(`  ${escapeControls(location.file)}:${location.line}`) : "";
  return [
    `${chalk.bold.underline(escapeControls(event))}${place}`,
    ...findings.flatMap((finding, index) => {
      const isFirstOfRule = findings.findIndex(({ rule }) => rule === finding.rule) === index;
      const details = options.all || isDangerous(finding) ? renderDetails(finding, isFirstOfRule, options) : [];
      return [...renderMessage(finding, options, chalk), ...details.map((line) => chalk.dim(line))];
    }),
  ];
}

function renderMessage(finding: Finding, { width }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const label = `  ${finding.level} ${finding.likelihood.toFixed(2)}  `;
  const [first = "", ...rest] = wrap(`${finding.message} [${finding.rule}]`, width, label, 6);
  return [colorOf(finding.level, chalk)(label) + first.slice(label.length), ...rest];
}

/** What stands under a message; findings of one rule share their fix, which the first of them tells. */
function renderDetails(finding: Finding, withFix: boolean, { width }: RenderOptions): readonly string[] {
  const { before, after, consumers, fix, folded = [] } = finding;
  return [
    renderDetail("was", before, width),
    renderDetail("now", after, width),
    renderDetail("readers", describeOutcomes(finding), width),
    renderDetail("used by", consumers.map(({ tool, where }) => `${tool} (${where})`).join(", "), width),
    renderDetail("fix", withFix ? fix : undefined, width),
    renderDetail(`stands for ${grouped(folded.length)} more`, listNames(folded), width),
  ].flat();
}

function renderDetail(name: string, text: string | undefined, width: number): readonly string[] {
  return text === undefined || text === "" ? [] : wrap(text, width, `      ${name}: `, 10);
}

/** Which readers meet what, worst first: `layout, args: wrong data without an error; fields: not found`. */
function describeOutcomes({ contracts, readers = {} }: Finding): string {
  const met = [...Object.entries(contracts), ...Object.entries(readers)];
  return OUTCOMES.filter((outcome) => outcome !== "none")
    .flatMap((outcome) => {
      const names = met.filter(([, theirs]) => theirs === outcome).map(([name]) => name);
      return names.length === 0 ? [] : [`${names.join(", ")}: ${OUTCOME_TEXT[outcome]}`];
    })
    .join("; ");
}

const OUTCOME_TEXT: Readonly<Record<Outcome, string>> = {
  silent: "wrong data without an error",
  attach: "attaching fails",
  load: "loading fails",
  missing: "not found",
  build: "building fails",
  cosmetic: "looks different",
  none: "no effect",
};

function colorOf(level: Level, chalk: ChalkInstance): ChalkInstance {
  switch (level) {
    case "breaking":
      return chalk.red.bold;
    case "likely":
      return chalk.red;
    case "possible":
      return chalk.yellow;
    case "safe":
      return chalk.green;
  }
}

function listNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${grouped(more)} more` : "");
}
