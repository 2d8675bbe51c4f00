// How findings look in a terminal: in full under their event, or in one line.
// Invariant: what is left out is counted, and `all` leaves out nothing.

import type { ChalkInstance } from "chalk";

import { CONTRACTS, type Finding, type Level, OUTCOMES, type Outcome } from "../rules/finding.ts";
import type { RenderOptions } from "./report.ts";
import { count, cut, escapeControls, grouped, listNames, wrap } from "./text.ts";

/** Findings that are merely possible, of one event. */
const MAX_POSSIBLE = 3;

export interface EventGroup {
  readonly event: string;
  /** At least one; worst first. */
  readonly findings: readonly Finding[];
}

/** Findings by event, the event with the worst finding first. */
export function groupByEvent(findings: readonly Finding[]): readonly EventGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.event);
    if (group) group.push(finding);
    else groups.set(finding.event, [finding]);
  }
  return [...groups].map(([event, ofEvent]) => ({ event, findings: ofEvent }));
}

export function isDangerous({ level }: Finding): boolean {
  return level === "breaking" || level === "likely";
}

/** An event with its findings: the dangerous ones in full, the others in one line. */
export function renderGroup(
  { event, findings }: EventGroup,
  options: RenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  const [first] = findings;
  const location = findings.find(({ declaration }) => declaration)?.declaration ?? first?.location;
  const place = location ? chalk.dim(`  ${escapeControls(location.file)}:${location.line}`) : "";
  const inFull = options.all ? findings : findings.filter(isDangerous);
  const inShort = options.all ? [] : findings.filter((finding) => !isDangerous(finding));
  const more = inShort.length - MAX_POSSIBLE;
  return [
    `${chalk.bold.underline(escapeControls(event))}${place}`,
    ...(options.all
      ? inFull.flatMap((finding) => renderInFull(finding, options, chalk))
      : groupAlike(inFull).flatMap((alike) => renderAlike(alike, options, chalk))),
    ...inShort.slice(0, MAX_POSSIBLE).map((finding) => {
      const line = cut(`  ${label(finding)}${finding.message}`, options.width);
      return paint(line, finding, chalk);
    }),
    ...(more > 0 ? [`      ... and ${grouped(more)} more possible`] : []),
  ];
}

/** Events with nothing dangerous: one line for each finding, its rule before what may be cut off. */
export function renderPossible(
  groups: readonly EventGroup[],
  options: RenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  if (groups.length === 0) return [];
  return [
    chalk.bold("Merely possible"),
    ...groups.flatMap(({ event, findings }) => renderCapped(event, findings, options, chalk)),
  ];
}

function renderCapped(
  event: string,
  findings: readonly Finding[],
  { width }: RenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  const more = findings.length - MAX_POSSIBLE;
  return [
    ...findings.slice(0, MAX_POSSIBLE).map(({ level, likelihood, rule, message }) => {
      const number = `  ${likelihood.toFixed(2)}  `;
      const line = cut(`${number}${event} [${rule}] ${message}`, width);
      return colorOf(level, chalk)(number) + line.slice(number.length);
    }),
    ...(more > 0 ? [`        ... and ${grouped(more)} more of ${escapeControls(event)}`] : []),
  ];
}

/** Findings of one rule that do the same to all readers, as they stand side by side in one event. */
function groupAlike(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { rule, level, contracts, siblings = [], consumers } = finding;
    const outcomes = CONTRACTS.filter((contract) => contract !== "text").map((contract) => contracts[contract]);
    const key = JSON.stringify([rule, level, outcomes, siblings, consumers]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()];
}

/** The first finding in words, those alike by what changed. */
function renderAlike(alike: readonly Finding[], options: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const [first, ...others] = alike;
  if (first === undefined) return [];
  const { consumers, siblings = [] } = first;
  return [
    ...renderMessage(first, options, chalk),
    ...[
      ...others.flatMap((finding) => renderDetail("likewise", describeChange(finding), options)),
      ...renderDetail("also in", listNames(siblings), options),
      ...renderDetail("used by", listConsumers(consumers), options),
    ].map((line) => chalk.dim(line)),
  ];
}

function renderInFull(finding: Finding, options: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const { before, after, consumers, fix, siblings = [], folded = [] } = finding;
  const details = [
    renderDetail("was", before, options),
    renderDetail("now", after, options),
    renderDetail("readers", describeOutcomes(finding), options),
    renderDetail("used by", listConsumers(consumers), options),
    renderDetail("also in", siblings.join(", "), options),
    renderDetail(`stands for ${count(folded.length, "effect")}`, folded.join(", "), options),
    renderDetail("instead", fix, options),
  ];
  return [...renderMessage(finding, options, chalk), ...details.flat().map((line) => chalk.dim(line))];
}

function renderMessage(finding: Finding, { width }: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const [first = "", ...rest] = wrap(`${finding.message} [${finding.rule}]`, width, `  ${label(finding)}`, 6);
  return [paint(first, finding, chalk), ...rest];
}

function renderDetail(name: string, text: string | undefined, { width }: RenderOptions): readonly string[] {
  return text === undefined || text === "" ? [] : wrap(text, width, `      ${name}: `, 10);
}

function label({ level, likelihood }: Finding): string {
  return `${level} ${likelihood.toFixed(2)}  `;
}

/** Colours the label, with which the line begins. */
function paint(line: string, finding: Finding, chalk: ChalkInstance): string {
  const { length } = `  ${label(finding)}`;
  return colorOf(finding.level, chalk)(line.slice(0, length)) + line.slice(length);
}

/** `char comm[16] at 8, 16 bytes -> char comm[32] at 8, 32 bytes`, as far as there is a before and an after. */
function describeChange({ before, after, message }: Finding): string {
  if (before !== undefined && after !== undefined) return `${before} -> ${after}`;
  return before ?? after ?? message;
}

function listConsumers(consumers: Finding["consumers"]): string {
  return consumers.map(({ tool, where }) => `${tool} (${where})`).join(", ");
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
