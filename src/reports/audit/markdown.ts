// The audit as Markdown, for wikis, job summaries and release notes: one table for each program.
// Invariant: text of a tool or of a kernel stays text.

import type { AuditReport, DependencyReport, ProgramReport } from "../../audit/audit-report.ts";
import { escapeMarkdown, markdownCode } from "../escape.ts";
import { count, grouped } from "../text.ts";
import { columnsOf, describeRange, holdsEverywhere, legendFor, wordOf } from "./columns.ts";
import { type Details, detailsOf } from "./details.ts";
import type { AuditRenderOptions } from "./render.ts";
import { describeCounts, describeKernels } from "./words.ts";

/** Things not understood that are listed; the JSON report has them all. */
const MAX_NOT_UNDERSTOOD = 50;

export function renderMarkdown(report: AuditReport, { all }: AuditRenderOptions): string {
  const shown = report.programs.filter(({ dependencies }) => all || !dependencies.every(holdsEverywhere));
  const hidden = report.programs.length - shown.length;
  const words = new Set(
    shown.flatMap(({ dependencies }) => dependencies.flatMap(({ verdicts }) => verdicts.map(wordOf))),
  );
  const parts = [
    "## Tracepoints that the tool relies on",
    `${escapeMarkdown(describeCounts(report))}.`,
    `${escapeMarkdown(describeKernels(report))}.`,
    ...shown.flatMap((program) => renderProgram(program, report)),
    hidden === 0 ? "" : `${count(hidden, "program")} ${hidden === 1 ? "holds" : "hold"} on every kernel.`,
    legendFor(words)
      .map(([word, meaning]) => `- **${word}**: ${meaning}`)
      .join("\n"),
    renderNotUnderstood(report),
  ];
  return parts
    .filter((part) => part !== "")
    .map((part) => `${part}\n`)
    .join("\n");
}

function renderProgram(program: ProgramReport, report: AuditReport): readonly string[] {
  const columns = columnsOf(program, report);
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const table = [
    row(["uses", ...columns.map(({ kernels }) => escapeMarkdown(describeRange(kernels)))]),
    row(["---", ...columns.map(() => "---")]),
    ...program.dependencies.map((dependency, index) =>
      row([describeUse(dependency), ...columns.map(({ verdicts }) => cell(verdicts[index]))]),
    ),
  ];
  const all = detailsOf(program);
  const details = program.dependencies.flatMap((dependency, index) => renderDetails(dependency, all[index]));
  return [`### ${markdownCode(program.file)} ${markdownCode(program.program)}`, table.join("\n"), details.join("\n")];
}

function cell(verdict: Parameters<typeof wordOf>[0] | undefined): string {
  if (verdict === undefined) return "";
  return verdict.status === "holds" ? "holds" : `**${wordOf(verdict)}**`;
}

function describeUse({ lines: [line], event, attach, subject, what }: DependencyReport): string {
  const place = line === undefined ? "" : `${line}: `;
  // A bar would end the cell, even in a code span.
  return subject === undefined
    ? `${place}${markdownCode(event).replaceAll("|", "\\|")} ${escapeMarkdown(attach)}`
    : `${place}${escapeMarkdown(what)}`;
}

function renderDetails(dependency: DependencyReport, details: Details | undefined): readonly string[] {
  const name = dependency.subject === undefined ? dependency.event : dependency.what;
  return [...(details?.hows ?? []), ...(details?.reasons ?? [])].map(({ label, text, code }) => {
    const line = `- ${escapeMarkdown(name)}, ${escapeMarkdown(label)}: ${escapeMarkdown(text)}`;
    const codeLines = (code ?? "").split("\n").filter((one) => one !== "");
    return [line, ...codeLines.map((one) => `  ${markdownCode(one)}`)].join("\n");
  });
}

function renderNotUnderstood({ notUnderstood }: AuditReport): string {
  if (notUnderstood.length === 0) return "";
  const more = notUnderstood.length - MAX_NOT_UNDERSTOOD;
  return [
    `### Seen and not understood: ${grouped(notUnderstood.length)}`,
    "",
    ...notUnderstood
      .slice(0, MAX_NOT_UNDERSTOOD)
      .map(({ file, line, reason, text }) =>
        [`- ${markdownCode(line > 0 ? `${file}:${line}` : file)}: ${escapeMarkdown(reason)}`, markdownCode(text)]
          .join(" ")
          .trimEnd(),
      ),
    ...(more > 0 ? [`- and ${grouped(more)} more`] : []),
  ].join("\n");
}
