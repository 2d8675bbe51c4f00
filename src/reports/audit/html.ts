// The audit as one HTML file: no network, no script, readable in print and without a mouse.
// Invariant: the page's policy allows exactly the styles that are in it.

import type { AuditReport, DependencyReport, ProgramReport } from "../../audit/audit-report.ts";
import { allowInline, inlineStyle, renderDocument } from "../html-document.ts";
import { STYLE } from "../html-page.ts";
import { type Html, markup } from "../markup.ts";
import { count, grouped } from "../text.ts";
import { TOOL } from "../tool.ts";
import { columnsOf, describeRange, holdsEverywhere, legendFor, wordOf } from "./columns.ts";
import { type Details, detailsOf } from "./details.ts";
import type { AuditRenderOptions } from "./render.ts";
import { describeCounts, describeKernels } from "./words.ts";

/** What the matrix needs beside the style of all reports: a colour for each word of a cell, and rows that scroll. */
const MATRIX_STYLE = `
.program { margin: 1rem 0; overflow-x: auto; }
.program pre { margin: 0.2rem 0 0.4rem; }
.program thead th { font-weight: 400; color: var(--muted); white-space: nowrap; }
.silent, .attach, .load, .missing, .build, .breaks, .absent { color: var(--breaking); font-weight: 600; }
.unknown { color: var(--likely); } .guarded { color: var(--link); } .holds { color: var(--safe); }
.of-event { padding-left: 1.5rem; }
`;

const POLICY = [allowInline("style-src", STYLE, MATRIX_STYLE)];

export function renderHtml(report: AuditReport, { all }: AuditRenderOptions): string {
  const shown = report.programs.filter(({ dependencies }) => all || !dependencies.every(holdsEverywhere));
  const hidden = report.programs.length - shown.length;
  const words = new Set(
    shown.flatMap(({ dependencies }) => dependencies.flatMap(({ verdicts }) => verdicts.map(wordOf))),
  );
  return renderDocument({
    title: "Tracepoints that a tool relies on",
    allows: POLICY,
    head: [STYLE, MATRIX_STYLE].map(inlineStyle),
    body: markup`<header>
<h1>Tracepoints that the tool relies on</h1>
<p class="verdict">${describeCounts(report)}</p>
<p>${describeKernels(report)}</p>
<p class="muted">${legendFor(words).map(([word, meaning]) => markup`<b class="${word}">${word}</b>: ${meaning}. `)}</p>
</header>
<main>
${shown.map((program) => renderProgram(program, report))}
${hidden === 0 ? undefined : markup`<p>${count(hidden, "program")} ${hidden === 1 ? "holds" : "hold"} on every kernel.</p>`}
${renderNotUnderstood(report)}
</main>
<footer><p>Written by ${TOOL.name} ${TOOL.version}. What a rule means: <code>tpabi explain RULE</code></p></footer>`,
  });
}

function renderProgram(program: ProgramReport, report: AuditReport): Html {
  const columns = columnsOf(program, report);
  const details = detailsOf(program);
  return markup`<section class="program">
<h2><code>${program.file}</code> <code>${program.program}</code></h2>
<table>
<thead><tr><th scope="col">line</th><th scope="col">uses</th>${columns.map(
    ({ kernels }) => markup`<th scope="col">${describeRange(kernels)}</th>`,
  )}</tr></thead>
<tbody>
${program.dependencies.map((dependency, row) => {
  const cells = columns.map(({ verdicts }) => wordOf(verdicts[row] ?? { status: "unknown" }));
  return markup`<tr><td class="count">${dependency.lines.join(", ")}</td><td>${describeUse(dependency)}${renderDetails(details[row])}</td>${cells.map(
    (word) => markup`<td class="${word}">${word}</td>`,
  )}</tr>\n`;
})}</tbody>
</table>
</section>
`;
}

function describeUse({ subject, event, attach, what }: DependencyReport): Html {
  return subject === undefined
    ? markup`<code>${event}</code> ${attach}`
    : markup`<span class="of-event">${what}</span>`;
}

function renderDetails(of: Details | undefined): Html | undefined {
  const details = [...(of?.hows ?? []), ...(of?.reasons ?? [])];
  if (details.length === 0) return undefined;
  return markup`<details><summary>why, and what to write</summary><dl>${details.map(
    ({ label, text, code }) =>
      markup`<dt>${label}</dt><dd>${text}${code === undefined ? undefined : markup`<pre><code>${keepLines(code)}</code></pre>`}</dd>`,
  )}</dl></details>`;
}

/** Our own line ends, which escaping would make visible. */
function keepLines(code: string): readonly Html[] {
  return code.split("\n").map((line) => markup`${line}<br>`);
}

function renderNotUnderstood({ notUnderstood }: AuditReport): Html | undefined {
  if (notUnderstood.length === 0) return undefined;
  return markup`<section><h2>Seen and not understood: ${grouped(notUnderstood.length)}</h2>
<ul>
${notUnderstood.map(
  ({ file, line, reason, text }) =>
    markup`<li><code>${line > 0 ? `${file}:${line}` : file}</code> ${reason} <code>${text}</code></li>\n`,
)}</ul></section>
`;
}
