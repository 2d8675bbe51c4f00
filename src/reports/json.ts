// Results as JSON, for programs; reports have the public format of docs/report.schema.json.
// Invariant: a terminal and the runner of GitHub's actions find nothing in it to act on, and a parser reads what went in.

import { escapeJson } from "./escape.ts";

export function renderJson(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}
