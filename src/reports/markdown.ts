// Markdown for job summaries and for comments on a change: what fails first, cut to what such a place holds.
// Invariant: never longer than the limit, cut only between findings, and what was cut is counted.

import type { Finding } from "../rules/finding.ts";
import { type Detail, detailsOf } from "./details.ts";
import { escapeMarkdown, markdownCode } from "./escape.ts";
import type { RenderOptions, Report } from "./report.ts";
import { count, cut, describeProblem } from "./text.ts";
import {
  describeAccepted,
  describeContracts,
  describeEvents,
  describeKernels,
  describeLevels,
  describeNotComparable,
  describePolicy,
  groupByEvent,
  isDangerous,
  placeOf,
  shownFindings,
} from "./words.ts";

/** Bytes of a job summary that GitHub takes. */
const SUMMARY_LIMIT = 1024 * 1024;

/** Bytes of a comment that GitHub takes, less some for a line by which whoever posts it finds it again. */
const COMMENT_LIMIT = 64 * 1024 - 512;

/** Columns of a text that may be of any length, such as a declaration. */
const MAX_TEXT = 1000;

const ENCODER = new TextEncoder();

/** A piece of Markdown that is shown whole or not at all, and how many findings it stands for. */
export interface Block {
  readonly text: string;
  readonly findings: number;
}

/** The report for a job summary. */
export function renderMarkdown(report: Report, options: RenderOptions): string {
  return fit(renderBlocks(report, options), SUMMARY_LIMIT);
}

/** The same for a comment, which holds less. */
export function renderComment(report: Report, options: RenderOptions): string {
  return fit(renderBlocks(report, options), COMMENT_LIMIT);
}

function renderBlocks(report: Report, options: RenderOptions): readonly Block[] {
  const shown = shownFindings(report, options);
  const inFull = shown.filter((finding) => options.all || isDangerous(finding));
  const others = options.all ? [] : shown.filter((finding) => !isDangerous(finding));
  const possible = others.filter(({ accepted }) => accepted === undefined);
  const accepted = others.filter((finding) => finding.accepted);
  return [
    { text: renderHead(report, options), findings: 0 },
    ...groupByEvent(inFull).flatMap(({ event, findings }) =>
      findings.map((finding, index) => ({
        text: (index === 0 ? renderEvent(event, finding) : "") + renderInFull(finding),
        findings: 1,
      })),
    ),
    ...renderList("Merely possible", possible),
    ...renderList("Accepted", accepted),
  ];
}

/** One line for each finding, under a heading. */
function renderList(heading: string, findings: readonly Finding[]): readonly Block[] {
  return findings.map((finding, index) => ({
    text: (index === 0 ? `\n### ${heading}\n\n` : "") + renderInShort(finding),
    findings: 1,
  }));
}

/** As many blocks as fit into so many bytes, and how many findings did not. */
export function fit(blocks: readonly Block[], limit: number): string {
  const total = blocks.reduce((sum, { findings }) => sum + findings, 0);
  const sizes = blocks.map(({ text }) => ENCODER.encode(text).length);
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size <= limit) return blocks.map(({ text }) => text).join("");
  let left = limit - ENCODER.encode(describeRest(total)).length;
  let fitting = 0;
  while (fitting < blocks.length && (sizes[fitting] ?? 0) <= left) left -= sizes[fitting++] ?? 0;
  const shown = blocks.slice(0, fitting);
  const more = total - shown.reduce((sum, { findings }) => sum + findings, 0);
  return shown.map(({ text }) => text).join("") + describeRest(more);
}

function describeRest(more: number): string {
  return `\n... and ${count(more, "more finding")}.\n`;
}

function renderHead(report: Report, { names }: RenderOptions): string {
  const problems = (["before", "after"] as const).flatMap((side) => {
    const [first] = report.problems[side];
    const places = count(report.problems[side].length, "place");
    return first ? [`not understood in the kernel ${side} (${places}): ${cut(describeProblem(first), MAX_TEXT)}`] : [];
  });
  const lines = [
    describePolicy(report),
    describeEvents(report),
    ...describeNotComparable(report),
    ...problems,
    describeContracts(report),
  ];
  const parts = [
    `## Tracepoints: ${describeLevels(report)}`,
    markdownCode(cut(describeKernels(report, names), MAX_TEXT)),
    lines.flatMap((line) => (line === "" ? [] : [`- ${escapeMarkdown(line)}`])).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function renderEvent(event: string, finding: Finding): string {
  const place = finding.declaration ?? placeOf(finding);
  const at = place === undefined ? "" : `Declared in ${code(`${place.file}:${place.line}`)}\n\n`;
  return `\n### ${code(event)}\n\n${at}`;
}

function renderInFull(finding: Finding): string {
  const { level, likelihood, message, rule } = finding;
  const title = `- **${level}** ${likelihood.toFixed(2)} ${code(rule)}: ${prose(message)}\n`;
  return title + detailsOf(finding).map(renderDetail).join("");
}

function renderInShort({ likelihood, event, rule, message, accepted }: Finding): string {
  const line = `- ${likelihood.toFixed(2)} ${code(event)} ${code(rule)}: ${prose(message)}\n`;
  return line + (accepted === undefined ? "" : `  - because: ${prose(describeAccepted(accepted))}\n`);
}

function renderDetail({ name, text, isCode }: Detail): string {
  return `  - ${name}: ${isCode ? code(text) : prose(text)}\n`;
}

function prose(text: string): string {
  return escapeMarkdown(cut(text, MAX_TEXT));
}

function code(text: string): string {
  return markdownCode(cut(text, MAX_TEXT));
}
