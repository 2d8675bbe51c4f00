// Notes as one HTML page: no script, no network. Invariant: all text is escaped by the template (src/reports/markup.ts).

import { allowInline, inlineStyle, renderDocument } from "../reports/html-document.ts";
import { STYLE } from "../reports/html-page.ts";
import { type Html, markup } from "../reports/markup.ts";
import { type Item, itemsOf } from "./items.ts";
import type { Notes } from "./notes.ts";
import type { Names } from "./show-markdown.ts";
import { describeLimits, describeSystem, LEVEL_WORD, nameKernel, type OriginWords, summarize } from "./words.ts";

export function notesAsHtml(notes: Notes, { before, after }: Names): string {
  const { noCommits, subsystems } = notes;
  const title = `Tracepoints: ${nameKernel(before, notes.before)} to ${nameKernel(after, notes.after)}`;
  const hasCommits = subsystems.length === 0 || noCommits === undefined;
  return renderDocument({
    title,
    allows: [allowInline("style-src", STYLE)],
    head: [inlineStyle(STYLE)],
    body: markup`<main>
<h1>${title}</h1>
<p class="verdict">${summarize(notes)}</p>
${hasCommits ? undefined : markup`<p class="muted">No commits are named: ${noCommits}.</p>`}
${describeLimits(notes).map((limit) => markup`<p class="muted">${limit}</p>\n`)}
${subsystems.map(({ system, changes }) => markup`<h2>${describeSystem(system)}</h2>\n<ul>\n${itemsOf(changes).map(renderItem)}</ul>\n`)}
</main>`,
  });
}

function renderItem({ level, title, subject, facts, events, whom, users, details, origins }: Item): Html {
  const [first = "", ...others] = events;
  const line = (name: string, values: readonly string[]): Html | undefined =>
    values.length === 0 ? undefined : markup`<li>${name}: ${codes(values, ", ")}</li>\n`;
  return markup`<li><code>${first}</code>: <strong>${title}</strong> (${LEVEL_WORD[level]}) ${codes(subject === undefined ? [] : [subject], "")} ${codes(facts, " → ")}
<ul>
${line("Likewise", others)}${whom.length === 0 || level === "safe" ? undefined : markup`<li>For whom: ${whom.join("; ")}</li>\n`}${line("Known users", users)}${line("Along with it", details)}${origins.map(renderOrigin)}</ul></li>
`;
}

function codes(values: readonly string[], separator: string): readonly Html[] {
  return values.map((value, index) => markup`${index === 0 ? "" : separator}<code>${value}</code>`);
}

function renderOrigin({ lead, commit, facts }: OriginWords): Html {
  const named =
    commit === undefined ? undefined : markup` <code>${commit.id}</code> (“${commit.subject}”, ${commit.author})`;
  return markup`<li>${lead}${named}${facts.map((fact) => markup`, ${fact}`)}</li>\n`;
}
