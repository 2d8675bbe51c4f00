// Suggested events for people: how near, which, why and where.

import type { Suggestions } from "../../audit/suggestion.ts";
import { cut, escapeControls, wrap } from "../text.ts";

export function renderSuggestions(result: Suggestions, width: number): string {
  const { suggestions } = result;
  const column = Math.max(0, ...suggestions.map(({ event }) => event.length));
  const lines = [
    ...wrap(headline(result), width),
    ...suggestions.map(({ event, likeness, why, location }) => {
      const place = location === undefined ? "" : `, ${location}`;
      return cut(`  ${likeness.toFixed(2)}  ${event.padEnd(column)}  ${why}${place}`, width);
    }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function headline({ name, meant, kernel, knownFrom, file, suggestions }: Suggestions): string {
  const called = escapeControls(name);
  if (meant === "event") return `'${called}' is there in ${kernel}`;
  const nothing = suggestions.length === 0 ? "nothing is near to it" : "the nearest";
  if (meant === "missing-event") {
    const last = knownFrom === undefined ? "" : ` (${knownFrom} has it)`;
    return `no event '${called}' in ${kernel}${last}; ${nothing}`;
  }
  const place = file === undefined ? " (definition not found: see --source and --repo)" : `, defined in ${file}`;
  return `no event '${called}' in ${kernel}, so it is taken for a function${place}; ${nothing}`;
}
