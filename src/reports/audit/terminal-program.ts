// One program of an audit in a terminal: a small table where its kernels fit side by side, else a line for each run of them.
// Invariant: whatever the width, every dependency and every kernel is in it.

import type { ChalkInstance } from "chalk";

import type { AuditReport, DependencyReport, ProgramReport } from "../../audit/audit-report.ts";
import type { Verdict } from "../../audit/verdict.ts";
import { cut, escapeControls, wrap } from "../text.ts";
import { type Column, columnsOf, describeRange, wordOf } from "./columns.ts";
import { type Detail, detailsOf } from "./details.ts";
import type { AuditRenderOptions } from "./render.ts";

/** Columns for what is used; the rest of the width is for kernels. */
const LEAST_NAME_WIDTH = 28;

export function renderProgram(
  program: ProgramReport,
  report: AuditReport,
  options: AuditRenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  const columns = columnsOf(program, report);
  const details = detailsOf(program);
  const title = `${escapeControls(program.file)}  ${escapeControls(program.program)}`;
  const names = program.dependencies.map(nameOf);
  const cellWidth = Math.max(...columns.flatMap(({ kernels }) => kernels.map(({ length }) => length + 3)), 9);
  const longest = Math.max(...names.map(({ length }) => length));
  const nameWidth = Math.min(longest, options.width - columns.length * cellWidth);
  const fits = columns.length > 1 && nameWidth >= Math.min(LEAST_NAME_WIDTH, longest);
  return [
    chalk.bold.underline(title),
    ...(fits ? renderHeadings(columns, nameWidth, cellWidth, chalk) : []),
    ...program.dependencies.flatMap((dependency, row) => {
      const name = names[row] ?? "";
      const { hows, reasons } = details[row] ?? { hows: [], reasons: [] };
      const cells = columns.map(({ verdicts }) => verdicts[row]);
      return fits
        ? [
            renderCells(name, cells, nameWidth, cellWidth, chalk),
            ...renderDetails([...hows, ...reasons], options, chalk),
          ]
        : [...renderRuns(name, dependency, options, chalk), ...renderDetails(reasons, options, chalk)];
    }),
  ];
}

/** `  42 block:block_rq_issue (raw_tp)` for the event, indented for what is used of it. */
function nameOf({ lines: [line], event, attach, subject, what }: DependencyReport): string {
  const place = line === undefined ? "     " : String(line).padStart(5);
  return escapeControls(subject === undefined ? `${place} ${event} (${attach})` : `${place}   ${what}`);
}

/** Two lines: the first and the last kernel of each column. */
function renderHeadings(
  columns: readonly Column[],
  nameWidth: number,
  cellWidth: number,
  chalk: ChalkInstance,
): readonly string[] {
  const line = (texts: readonly string[]): string =>
    `${" ".repeat(nameWidth)}${texts.map((text) => ` ${text}`.padEnd(cellWidth)).join("")}`.trimEnd();
  return [
    line(columns.map(({ kernels }) => kernels[0] ?? "")),
    line(columns.map(({ kernels }) => (kernels.length > 1 ? `-${kernels.at(-1) ?? ""}` : ""))),
  ]
    .filter((text) => text !== "")
    .map((text) => chalk.dim(escapeControls(text)));
}

function renderCells(
  name: string,
  verdicts: readonly (Verdict | undefined)[],
  nameWidth: number,
  cellWidth: number,
  chalk: ChalkInstance,
): string {
  const cells = verdicts.map((verdict) => {
    if (verdict === undefined) return " ".repeat(cellWidth);
    return paint(` ${wordOf(verdict)}`.padEnd(cellWidth), verdict, chalk);
  });
  return `${cut(name, nameWidth).padEnd(nameWidth)}${cells.join("")}`.trimEnd();
}

/** One line for each run of kernels, where the table would be too wide or has one column only. */
function renderRuns(
  name: string,
  { verdicts }: DependencyReport,
  { width }: AuditRenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  return [
    cut(name, width),
    ...verdicts.flatMap((run) => {
      const label = `          ${wordOf(run).padEnd(8)} `;
      const how = run.how === undefined ? "" : `: ${run.how}`;
      const [first = "", ...rest] = wrap(`${describeRange(run.kernels)}${how}`, width, label, 12);
      return [paint(first.slice(0, label.length), run, chalk) + first.slice(label.length), ...rest];
    }),
  ];
}

function renderDetails(
  details: readonly Detail[],
  { width }: AuditRenderOptions,
  chalk: ChalkInstance,
): readonly string[] {
  return details.flatMap(({ label, text, code }) => [
    ...wrap(text, width, `          ${escapeControls(label)}: `, 12).map((line) => chalk.dim(line)),
    ...(code ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `            ${escapeControls(line)}`),
  ]);
}

function paint(text: string, { status, outcome }: Verdict, chalk: ChalkInstance): string {
  switch (status) {
    case "breaks":
      return outcome === "silent" ? chalk.red.bold(text) : chalk.red(text);
    case "absent":
      return chalk.red(text);
    case "unknown":
      return chalk.yellow(text);
    case "guarded":
      return chalk.cyan(text);
    case "holds":
      return chalk.green(text);
  }
}
