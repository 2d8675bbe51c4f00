// The report as one HTML file: no network, no code but its own, readable without a script and without a mouse.
// Invariant: the page's policy allows exactly the one style and the one script that are in it.

import { CONTRACTS, type Finding, LEVELS } from "../rules/finding.ts";
import { type Problem, systemOf } from "../snapshot/model.ts";
import { allowInline, inlineStyle, renderDocument } from "./html-document.ts";
import { renderEventSection } from "./html-findings.ts";
import { SCRIPT, STYLE } from "./html-page.ts";
import { Html, markup } from "./markup.ts";
import type { RenderOptions, Report } from "./report.ts";
import { describeProblem, grouped } from "./text.ts";
import { TOOL } from "./tool.ts";
import {
  CONTRACT_TEXT,
  describeEvents,
  describeKernels,
  describeLevels,
  describeNotComparable,
  describePolicy,
  type EventGroup,
  groupByEvent,
  isDangerous,
  LEVEL_TEXT,
  shownFindings,
} from "./words.ts";

/** Events that the page links to before it lists all. */
const LOOK_FIRST = 12;

/** Problems that the page lists of each kernel; the JSON report has them all. */
const MAX_PROBLEMS = 20;

const POLICY = [allowInline("style-src", STYLE), allowInline("script-src", SCRIPT)];

export function renderHtml(report: Report, options: RenderOptions): string {
  const shown = shownFindings(report, options);
  const groups = groupByEvent(shown);
  const title = describeKernels(report, options.names);
  const facts = [describePolicy(report), describeEvents(report), ...describeNotComparable(report)].filter(Boolean);
  return renderDocument({
    title: `Tracepoints: ${title}`,
    allows: POLICY,
    head: [inlineStyle(STYLE)],
    body: markup`<a class="skip" href="#findings">Skip to the findings</a>
<header>
<h1>Tracepoints: ${title}</h1>
<p class="verdict">${describeLevels(report)}</p>
${facts.map((line) => markup`<p>${line}</p>\n`)}</header>
<main>
${renderSummary(report)}
${renderFirst(groups)}
<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${renderFilters(shown)}
${groups.length === 0 ? markup`<p>Nothing that hurts anybody.</p>` : groups.map(renderEventSection)}
</section>
${renderProblems(report)}
</main>
<footer><p>Written by ${TOOL.name} ${TOOL.version}. What a rule means: <code>tpabi explain RULE</code></p></footer>
<script>${new Html(SCRIPT)}</script>`,
  });
}

function renderSummary({ summary: { levels, contracts } }: Report): Html {
  const ofLevels = LEVELS.map((level) => renderRow(level, levels[level], LEVEL_TEXT[level]));
  const ofContracts = CONTRACTS.map((contract) => renderRow(contract, contracts[contract], CONTRACT_TEXT[contract]));
  return markup`<section aria-labelledby="summary-title">
<h2 id="summary-title">Summary</h2>
<div class="tables">
<table><caption>Findings by level</caption>
${ofLevels}</table>
<table><caption>Findings that break readers of</caption>
${ofContracts}</table>
</div>
</section>`;
}

function renderRow(name: string, count: number, meaning: string): Html {
  return markup`<tr><th scope="row">${name}</th><td class="count">${grouped(count)}</td><td>${meaning}</td></tr>\n`;
}

function renderFirst(groups: readonly EventGroup[]): Html | undefined {
  const links = groups.flatMap(({ event, findings }, index) => {
    const rules = [...new Set(findings.filter(isDangerous).map(({ rule }) => rule))];
    if (rules.length === 0) return [];
    return [markup`<li><a href="#event-${index}"><code>${event}</code></a> ${rules.join(", ")}</li>\n`];
  });
  if (links.length === 0) return undefined;
  return markup`<nav aria-labelledby="first-title">
<h2 id="first-title">Look first at</h2>
<ol>
${links.slice(0, LOOK_FIRST)}</ol>
</nav>`;
}

/** Hidden until the script shows it, since it does nothing without. */
function renderFilters(findings: readonly Finding[]): Html {
  const levels = LEVELS.filter((level) => findings.some((finding) => finding.level === level));
  const systems = [...new Set(findings.map(({ event }) => systemOf(event)))].sort();
  return markup`<form id="filters" hidden>
<fieldset><legend>Level</legend>
${levels.map((level) => markup`<label><input type="checkbox" name="level" value="${level}" checked> ${level}</label>\n`)}</fieldset>
<label><span>Contract</span> <select name="contract"><option value="">all</option>${renderOptions(CONTRACTS)}</select></label>
<label><span>Subsystem</span> <select name="system"><option value="">all</option>${renderOptions(systems)}</select></label>
<label><span>Text</span> <input type="search" name="text"></label>
<button type="reset">Show all</button>
<p class="muted" id="shown" role="status"></p>
</form>`;
}

function renderOptions(names: readonly string[]): readonly Html[] {
  return names.map((name) => markup`<option>${name}</option>`);
}

function renderProblems({ problems }: Report): Html | undefined {
  const sides = (["before", "after"] as const).filter((side) => problems[side].length > 0);
  if (sides.length === 0) return undefined;
  return markup`<section aria-labelledby="problems-title">
<h2 id="problems-title">Not understood</h2>
${sides.map((side) => renderProblemsOf(side, problems[side]))}</section>`;
}

function renderProblemsOf(side: string, problems: readonly Problem[]): Html {
  const more = problems.length - MAX_PROBLEMS;
  return markup`<h3>In the kernel ${side}</h3>
<ul>
${problems.slice(0, MAX_PROBLEMS).map((problem) => markup`<li>${describeProblem(problem)}</li>\n`)}
${more > 0 ? markup`<li>and ${grouped(more)} more</li>` : undefined}
</ul>
`;
}
