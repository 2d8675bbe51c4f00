// How findings look in a terminal: in full under their event, or in one line.
// Invariant: what is left out is counted, and `all` leaves out nothing.

import { groupBy } from "../snapshot/group.ts";
import type { ChalkInstance } from "chalk";

import { CONTRACTS, type Finding, type Level } from "../rules/finding.ts";
import { detailsOf } from "./details.ts";
import type { RenderOptions } from "./report.ts";
import { cut, escapeControls, grouped, listNames, wrap } from "./text.ts";
import { describeAccepted, type EventGroup, isDangerous, listConsumers } from "./words.ts";

/** Findings that are merely possible, of one event. */
const MAX_POSSIBLE = 3;

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

/** What somebody accepted: one line for each, and the reason under it. */
export function renderAccepted(
  findings: readonly Finding[],
  { width }: RenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  const lines = findings.flatMap(({ accepted, event, rule, message }) =>
    accepted === undefined
      ? []
      : [
          cut(`  ${event} [${rule}] ${message}`, width),
          ...wrap(describeAccepted(accepted), width, "      because: ", 10).map((line) => chalk.dim(line)),
        ],
  );
  return lines.length === 0 ? [] : [chalk.bold("Accepted"), ...lines];
}

/** Findings of one rule that do the same to all readers, as they stand side by side in one event. */
function groupAlike(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = groupBy(findings, ({ rule, level, contracts, siblings = [], consumers }) => {
    const outcomes = CONTRACTS.filter((contract) => contract !== "text").map((contract) => contracts[contract]);
    return JSON.stringify([rule, level, outcomes, siblings, consumers]);
  });
  return [...groups.values()];
}

/** The first finding in words, those alike by what changed. */
function renderAlike(alike: readonly Finding[], options: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const [first, ...others] = alike;
  if (first === undefined) return [];
  const { consumers, declaration, siblings = [], arches = [] } = first;
  const details = detailsOf(first).filter(
    ({ name }) =>
      name === "made by" ||
      // The heading names the declaration already.
      (name === "place" && declaration !== undefined) ||
      (name === "on" && arches.length === 1),
  );
  return [
    ...renderMessage(first, options, chalk),
    ...[
      ...others.flatMap((finding) => renderDetail("likewise", describeChange(finding), options)),
      ...renderDetail("also in", listNames(siblings), options),
      ...renderDetail("used by", listConsumers(consumers), options),
      ...details.flatMap(({ name, text }) => renderDetail(name, text, options)),
    ].map((line) => chalk.dim(line)),
  ];
}

function renderInFull(finding: Finding, options: RenderOptions, chalk: ChalkInstance): readonly string[] {
  const details = detailsOf(finding).flatMap(({ name, text }) => renderDetail(name, text, options));
  return [...renderMessage(finding, options, chalk), ...details.map((line) => chalk.dim(line))];
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
