// Tables of plain text for people, and the same data as CSV. Invariant: what a cell holds can neither move the cursor nor
// break out of its cell.

import { escapeControls } from "../reports/text.ts";

/** One value of a table; `undefined` is an empty cell. */
export type Cell = string | number | undefined;

/** Columns under their titles; numbers stand right. The last column is never padded. */
export function renderTable(titles: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const texts = [titles, ...rows].map((row) => row.map((cell) => escapeControls(String(cell ?? ""))));
  const widths = titles.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isRight = titles.map((_, column) => rows.some((row) => typeof row[column] === "number"));
  return texts.map((row) =>
    row
      .map((text, column) => {
        if (isRight[column]) return text.padStart(widths[column] ?? 0);
        return column === titles.length - 1 ? text : text.padEnd(widths[column] ?? 0);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** CSV as RFC 4180 has it, with line feeds. */
export function renderCsv(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [titles, ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

/** A spreadsheet runs a cell that begins like a formula, and names come from kernel source. */
function csvCell(cell: Cell): string {
  if (typeof cell !== "string") return String(cell ?? "");
  const shown = escapeControls(cell);
  const text = /^[=+@]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const BARS = "▁▂▃▄▅▆▇█";

/** Values as bars of one line, the largest as high as the line; nothing is a space. */
export function sparkline(values: readonly number[]): string {
  const largest = Math.max(...values, 1);
  return values
    .map((value) => (value === 0 ? " " : (BARS[Math.ceil((value / largest) * BARS.length) - 1] ?? "")))
    .join("");
}

/** `87.5 %`; nothing for what is not known. */
export function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : `${(100 * share).toFixed(1)} %`;
}
