// Notes as Markdown, to be pasted into release notes or an announcement.
// Invariant: names and messages come from kernels and commits, so nothing in them can become a link, markup or HTML.

import { escapeMarkdown, markdownCode } from "../reports/escape.ts";
import { type Item, itemsOf } from "./items.ts";
import type { Notes } from "./notes.ts";
import { describeLimits, describeSystem, LEVEL_WORD, nameKernel, type OriginWords, summarize } from "./words.ts";

/** Names shown of a long list; the JSON has them all. */
const MAX_NAMES = 20;

/** What the kernels are called by whoever asked. */
export interface Names {
  readonly before: string;
  readonly after: string;
}

export function notesAsMarkdown(notes: Notes, { before, after }: Names): string {
  const { noCommits, subsystems } = notes;
  const hasChanges = subsystems.length > 0;
  return [
    `## Tracepoints: ${escapeMarkdown(nameKernel(before, notes.before))} to ${escapeMarkdown(nameKernel(after, notes.after))}`,
    escapeMarkdown(summarize(notes)),
    ...(hasChanges && noCommits !== undefined ? [`No commits are named: ${escapeMarkdown(noCommits)}.`] : []),
    ...describeLimits(notes).map(escapeMarkdown),
    ...subsystems.flatMap(({ system, changes }) => [
      `### ${escapeMarkdown(describeSystem(system))}`,
      renderItems(itemsOf(changes)),
    ]),
  ]
    .map((paragraph) => `${paragraph}\n`)
    .join("\n");
}

/** The entries of a subsystem; a list of events that was given once is not given again. */
function renderItems(items: readonly Item[]): string {
  const given = new Set<string>();
  return items
    .map((item) => {
      const others = item.events.slice(1);
      const isKnown = others.length > 3 && given.has(others.join(" "));
      given.add(others.join(" "));
      return renderItem(item, isKnown ? `the same ${others.length} events as above` : listCode(others));
    })
    .join("\n");
}

function renderItem(item: Item, likewise: string): string {
  const { level, title, subject, facts, events, whom, users, details, origins } = item;
  const [first = ""] = events;
  const event = first === "*:*" ? "" : `${markdownCode(first)}: `;
  const change = [
    ...(subject === undefined ? [] : [markdownCode(subject)]),
    ...(facts.length === 0 ? [] : [facts.map(markdownCode).join(" → ")]),
  ].join(", ");
  const lines = [
    `- ${event}**${escapeMarkdown(title)}** (${LEVEL_WORD[level]})${change === "" ? "" : `: ${change}`}`,
    ...(likewise === "" ? [] : [`  - Likewise: ${likewise}`]),
    ...(whom.length === 0 || level === "safe" ? [] : [`  - For whom: ${escapeMarkdown(whom.join("; "))}`]),
    ...(users.length === 0 ? [] : [`  - Known users: ${listCode(users)}`]),
    ...(details.length === 0 ? [] : [`  - Along with it: ${listCode(details)}`]),
    ...origins.map((origin) => `  - ${renderOrigin(origin)}`),
  ];
  return lines.join("\n");
}

function renderOrigin({ lead, commit, facts }: OriginWords): string {
  const text = lead.charAt(0).toUpperCase() + lead.slice(1);
  if (commit === undefined) return escapeMarkdown([text, ...facts].join(", "));
  const { id, subject, author } = commit;
  return `${text} ${id} (${escapeMarkdown(`"${subject}", ${author}`)})${facts.map((fact) => `, ${escapeMarkdown(fact)}`).join("")}`;
}

function listCode(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).map(markdownCode).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
