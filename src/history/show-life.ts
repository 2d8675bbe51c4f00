// The life of an event as text for people and as CSV. Computes nothing.

import { count, wrap } from "../reports/text.ts";
import { groupBy } from "../snapshot/group.ts";
import type { Life, LifeStep } from "./life.ts";
import { yearsOf, seriesBetween } from "./series.ts";
import { type Cell, renderCsv } from "./table.ts";

export interface ShowOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Draw plots: only for a terminal. */
  readonly plots: boolean;
  readonly all: boolean;
}

export function showLife(life: Life, options: ShowOptions): string {
  const { steps } = life;
  const lines = [
    ...wrap(titleOf(life), options.width),
    ...wrap(summarize(life), options.width),
    ...(options.plots ? ["", ...plot(steps, options.width)] : []),
    ...steps.flatMap((step) => showStep(step, options)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** `block:block_bio_remap.dev (also block:block_remap)` */
function titleOf({ names, fields, steps, asked }: Life): string {
  const last = steps.findLast(({ event }) => event !== undefined)?.event ?? asked;
  const field = fields.length === 0 ? "" : `.${fields.join(" / ")}`;
  const others = names.filter((name) => name !== last);
  return `${last}${field}${others.length === 0 ? "" : ` (also ${others.join(", ")})`}`;
}

function summarize({ steps }: Life): string {
  const there = steps.filter(({ event }) => event !== undefined);
  const [first, last, newest] = [there[0], there.at(-1), steps.at(-1)];
  if (!first || !last || !newest) return "";
  const since =
    first.state === "first" ? `there in ${first.version}, the oldest kernel here` : `new in ${first.version}`;
  const changes = steps.filter(({ state }) => state === "changed" || state === "renamed");
  const hard = changes.filter(({ level }) => level === "breaking" || level === "likely");
  const lastChange = changes.at(-1);
  const age = seriesBetween(lastChange?.version ?? first.version, last.version);
  return [
    since,
    last === newest ? `still there in ${newest.version}` : `last seen in ${last.version}`,
    changes.length === 0
      ? "never changed"
      : `${changes.length === 1 ? "changed once" : `changed ${changes.length} times`}, breaking or likely: ${hard.length}`,
    ...(age === undefined || age === 0
      ? []
      : [`unchanged for ${count(age, "mainline release")}, about ${yearsOf(age)} years`]),
  ].join("; ");
}

/** One line for each kernel in which something happened, and the findings under it. */
function showStep(
  { version, previous, isMain, state, level, event, field, findings }: LifeStep,
  options: ShowOptions,
): readonly string[] {
  if (state === "same" || state === "absent") return [];
  const where = previous === undefined ? "" : ` (${isMain ? "mainline" : "point release"}, since ${previous})`;
  const what =
    state === "first" ? "not compared with an older kernel" : `${state}${level === undefined ? "" : `, ${level}`}`;
  const name = state === "renamed" || state === "first" || state === "introduced" ? ` ${field ?? event ?? ""}` : "";
  const shown = options.all ? findings : findings.filter((finding) => finding.level !== "safe");
  const hidden = findings.length - shown.length;
  return [
    "",
    ...wrap(`${what}${where}${name === "" ? "" : `:${name}`}`, options.width, `${version}  `, 2),
    ...shown.flatMap(({ level: own, likelihood, message, rule }) =>
      wrap(`${message} [${rule}]`, options.width, `  ${own} ${likelihood.toFixed(2)}  `, 6),
    ),
    ...(hidden > 0 && state !== "introduced" ? [`  ${hidden} that hurt nobody (--all shows them)`] : []),
  ];
}

/** One character for each kernel, a line for each series that has point releases. */
const MARKS: Readonly<Record<string, string>> = { breaking: "█", likely: "▓", possible: "▒", safe: "░" };

function plot(steps: readonly LifeStep[], width: number): readonly string[] {
  const rows = [...groupBy(steps, ({ group = "" }) => group)].flatMap(([group, own]) => rowsOf(group, own));
  const titleWidth = Math.max(...rows.map(({ title }) => title.length));
  return [
    ...rows.map(({ title, row }) => {
      const range = ` ${row[0]?.version} .. ${row.at(-1)?.version}`;
      const room = Math.max(10, width - titleWidth - 2 - range.length);
      const marks = row.map(markOf).join("");
      const shown = marks.length > room ? `…${marks.slice(marks.length - room + 1)}` : marks;
      return `${title.padEnd(titleWidth)}  ${shown}${range}`;
    }),
    `${" ".repeat(titleWidth)}  · absent  ─ same  ░ safe  ▒ possible  ▓ likely  █ breaking`,
  ];
}

interface Row {
  readonly title: string;
  readonly row: readonly LifeStep[];
}

/** Mainline, and each series in whose point releases something happened. */
function rowsOf(group: string, steps: readonly LifeStep[]): readonly Row[] {
  const suffix = group === "" ? "" : ` (${group})`;
  const branches = [...groupBy(steps, ({ series }) => series)].filter(([, row]) =>
    row.some(({ isMain, state }) => !isMain && isNews(state)),
  );
  return [
    { title: `mainline${suffix}`, row: steps.filter(({ isMain }) => isMain) },
    ...branches.map(([series, row]) => ({ title: `${series}.y${suffix}`, row })),
  ];
}

function isNews(state: LifeStep["state"]): boolean {
  return state !== "same" && state !== "absent" && state !== "first";
}

function markOf({ state, level, event }: LifeStep): string {
  if (event === undefined) return state === "gone" ? (MARKS[level ?? ""] ?? "·") : "·";
  if (state === "introduced" || state === "first" || state === "same") return "─";
  return MARKS[level ?? "safe"] ?? "─";
}

const COLUMNS = [
  "kernel",
  "series",
  "previous",
  "state",
  "event",
  "field",
  "level",
  "likelihood",
  "rule",
  "subject",
  "message",
];

/** One row for each finding, and for each kernel without one. */
export function lifeAsCsv({ steps }: Life): string {
  const rows = steps.flatMap((step): (readonly Cell[])[] => {
    const head = [step.version, step.series, step.previous, step.state, step.event, step.field];
    if (step.findings.length === 0) return [head];
    return step.findings.map(({ level, likelihood, rule, subject, message }) => [
      ...head,
      level,
      likelihood,
      rule,
      subject,
      message,
    ]);
  });
  return renderCsv(
    COLUMNS,
    rows.map((row) => [...row, ...Array<Cell>(COLUMNS.length - row.length).fill(undefined)]),
  );
}
