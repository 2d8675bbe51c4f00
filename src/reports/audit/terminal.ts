// The audit for people at a terminal: counts, then each program that does not hold everywhere as a small table, and what is
// behind its cells. Programs that hold everywhere are counted; `all` shows them, too.

import { Chalk, type ChalkInstance } from "chalk";

import type { AuditReport, ProgramReport } from "../../audit/audit-report.ts";
import { count, cut, grouped, wrap } from "../text.ts";
import { holdsEverywhere, legendFor, wordOf } from "./columns.ts";
import { renderProgram } from "./terminal-program.ts";
import { describeCounts, describeKernels } from "./words.ts";
import type { AuditRenderOptions } from "./render.ts";

/** Things not understood that are shown without `all`. */
const MAX_NOT_UNDERSTOOD = 10;

export function renderTerminal(report: AuditReport, options: AuditRenderOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const shown = options.all ? report.programs : report.programs.filter((program) => !isFine(program));
  const hidden = report.programs.length - shown.length;
  const parts = [
    renderHead(report, options, chalk),
    ...shown.map((program) => renderProgram(program, report, options, chalk)),
    hidden > 0
      ? [`${count(hidden, "program")} ${hidden === 1 ? "holds" : "hold"} on every kernel (--all shows all)`]
      : [],
    renderLegend(shown, chalk),
    renderNotUnderstood(report, options, chalk),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function isFine({ dependencies }: ProgramReport): boolean {
  return dependencies.every(holdsEverywhere);
}

function renderHead(report: AuditReport, { width }: AuditRenderOptions, chalk: ChalkInstance): readonly string[] {
  const readers = report.summary.readers.map(({ reader, uses }) => `${reader} ${grouped(uses)}`).join(", ");
  return [
    ...wrap(describeCounts(report), width).map((line) => chalk.bold(line)),
    ...wrap(describeKernels(report), width),
    ...(readers === "" ? [] : wrap(`found by reader: ${readers}`, width, "", 2)),
  ];
}

function renderLegend(programs: readonly ProgramReport[], chalk: ChalkInstance): readonly string[] {
  const words = programs.flatMap(({ dependencies }) => dependencies.flatMap(({ verdicts }) => verdicts.map(wordOf)));
  return legendFor(new Set(words)).map(([word, meaning]) => chalk.dim(`${word.padEnd(8)} ${meaning}`));
}

function renderNotUnderstood(
  { notUnderstood }: AuditReport,
  { width, all }: AuditRenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  if (notUnderstood.length === 0) return [];
  const shown = all ? notUnderstood : notUnderstood.slice(0, MAX_NOT_UNDERSTOOD);
  const more = notUnderstood.length - shown.length;
  return [
    chalk.bold(`Seen and not understood: ${grouped(notUnderstood.length)}`),
    ...shown.map(({ file, line, reason, text }) =>
      cut(`  ${file}${line > 0 ? `:${line}` : ""}: ${reason}${text === "" ? "" : `: ${text}`}`, width),
    ),
    ...(more > 0 ? [`  and ${grouped(more)} more (--all shows all)`] : []),
  ];
}
