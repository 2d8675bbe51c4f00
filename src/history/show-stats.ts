// Statistics over kernels as text for people, as plain data and as CSV. Computes nothing but shares of what it shows.

import { CONTRACTS } from "../rules/finding.ts";
import type { ShowOptions } from "./show-life.ts";
import type { Counts, KernelStats } from "./stats.ts";
import type { Survival } from "./survival.ts";
import { type Cell, percent, renderCsv, renderTable, sparkline } from "./table.ts";

/** All that `tpabi stats` knows. */
export interface Statistics {
  readonly kernels: readonly KernelStats[];
  readonly survival: readonly Survival[];
}

const COLUMNS = ["events", "added", "removed", "renamed", "changed", "breaking", "likely"] as const;

/** Systems shown of a long list; the CSV has them all. */
const MAX_SYSTEMS = 15;

/** What is said of kernels of which none is compared with another one. */
const NOTHING_COMPARED = [
  "",
  "Nothing was compared: take in the kernels before, with a range such as --kernels '>=6.1'.",
];

export function showStatistics({ kernels, survival }: Statistics, options: ShowOptions): string {
  const rows = kernels.map(({ version, previous, counts, churn }): Cell[] => [
    version,
    previous === undefined ? "" : `since ${previous}`,
    ...cellsOf(counts),
    percent(churn),
  ]);
  const newest = kernels.at(-1)?.version ?? "";
  const lines = [
    ...renderTable(["kernel", "", ...COLUMNS, "churn"], rows),
    ...(options.plots ? ["", ...plots(kernels, options.width)] : []),
    ...(kernels.some(({ previous }) => previous !== undefined) ? showSystems(kernels, options.all) : NOTHING_COMPARED),
    ...showSurvival(survival.filter(({ to }) => to === newest)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function plots(kernels: readonly KernelStats[], width: number): readonly string[] {
  const last = kernels.filter(({ previous }) => previous !== undefined).slice(-(width - 12));
  if (last.length < 2) return [];
  const line = (title: string, valueOf: (counts: Counts) => number): string =>
    `${title.padEnd(10)}${sparkline(last.map(({ counts }) => valueOf(counts)))}`;
  return [
    line("added", ({ added }) => added),
    line("changed", ({ changed }) => changed),
    line("breaking", ({ breaking, likely }) => breaking + likely),
    `          ${last[0]?.version} .. ${last.at(-1)?.version}; the last line counts what is likely to break, too`,
  ];
}

/** Subsystems over all kernels, the one that broke most often first. */
function showSystems(kernels: readonly KernelStats[], all: boolean): readonly string[] {
  const totals = systemTotals(kernels);
  const touched = totals.filter(([, { events: _events, ...changes }]) =>
    Object.values(changes).some((count) => count > 0),
  );
  const shown = all ? totals : touched.slice(0, MAX_SYSTEMS);
  const more = totals.length - shown.length;
  return [
    "",
    "By subsystem, over all of these kernels (events: in the newest that has it), the most broken first",
    ...renderTable(
      ["system", ...COLUMNS],
      shown.map(([system, counts]) => [system, ...cellsOf(counts)]),
    ),
    ...(more > 0
      ? [`and ${more} more that ${touched.length > MAX_SYSTEMS ? "changed less" : "did not change"} (--all shows all)`]
      : []),
  ];
}

function systemTotals(kernels: readonly KernelStats[]): readonly (readonly [string, Counts])[] {
  const totals = new Map<string, Counts>();
  for (const { systems } of kernels) {
    for (const [system, counts] of Object.entries(systems)) {
      const total = totals.get(system);
      const added = COLUMNS.map((column) => [column, counts[column] + (total?.[column] ?? 0)]);
      totals.set(system, { ...(Object.fromEntries(added) as unknown as Counts), events: counts.events });
    }
  }
  const harm = ({ breaking, likely }: Counts): number => breaking + likely;
  return [...totals].sort(
    ([one, a], [other, b]) => harm(b) - harm(a) || b.changed - a.changed || (one < other ? -1 : 1),
  );
}

function showSurvival(survival: readonly Survival[]): readonly string[] {
  if (survival.length === 0) return [];
  return [
    "",
    `Events of each kernel whose readers meet no hard outcome up to ${survival[0]?.to}, by contract`,
    ...renderTable(
      ["kernel", "events", ...CONTRACTS],
      survival.map(({ from, events, kept }) => [from, events, ...CONTRACTS.map((contract) => percent(kept[contract]))]),
    ),
  ];
}

function cellsOf(counts: Counts): readonly number[] {
  return COLUMNS.map((column) => counts[column]);
}

/** What the JSON has of them: all but the sets that the counts were made of. */
export function plainStatistics({ kernels, survival }: Statistics): object {
  const plain = kernels.map(({ ids: _ids, happened: _happened, everywhere, ...kernel }) => ({
    ...kernel,
    everywhere: everywhere.map(({ rule, level, message }) => ({ rule, level, message })),
  }));
  return { kernels: plain, survival };
}

/** One row for each subsystem of each kernel; survival, which is about pairs of kernels, is in the JSON alone. */
export function statisticsAsCsv({ kernels }: Statistics): string {
  const rows = kernels.flatMap(({ version, previous, systems }) =>
    Object.entries(systems).map(([system, counts]) => [version, previous, system, ...cellsOf(counts)]),
  );
  return renderCsv(["kernel", "previous", "system", ...COLUMNS], rows);
}
