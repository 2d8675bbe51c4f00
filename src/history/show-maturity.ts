// How settled events are, as text for people and as CSV. Computes nothing.

import { isSettled, type Maturity, maturityBySystem, type SystemMaturity } from "./maturity.ts";
import { yearsOf } from "./series.ts";
import { type Cell, percent, renderCsv, renderTable } from "./table.ts";

/** Events in full, each with its evidence. */
export function showEvents(events: readonly Maturity[]): string {
  const rows = events.map((event): Cell[] => [
    event.event,
    `${event.isSinceOldest ? "≤ " : ""}${event.since}`,
    years(event.ageInSeries),
    event.changed.length,
    event.broken.length,
    event.broken.at(-1)?.version ?? "never",
    years(event.unchangedForSeries),
    event.users.length,
    isSettled(event) ? "settled" : "",
  ]);
  const titles = ["event", "since", "age", "changes", "broken", "last broken", "unchanged for", "users", ""];
  return [...renderTable(titles, rows), ...(events.length === 1 ? detailsOf(events[0]) : []), "", ...LEGEND]
    .map((line) => `${line}\n`)
    .join("");
}

const LEGEND = [
  "age, unchanged for: mainline releases, and years at nine and a half weeks each; ≤: there in the oldest kernel here",
  "broken: kernels in which readers through a contract met a hard outcome; settled: nothing changed for six releases",
];

function detailsOf(event: Maturity | undefined): readonly string[] {
  if (event === undefined) return [];
  return [
    "",
    ...event.broken.map(({ version, contracts }) => `broke in ${version}: ${contracts.join(", ")}`),
    `used by: ${event.users.length === 0 ? "no program that tpabi knows" : event.users.join(", ")}`,
  ];
}

/** One line for each system. */
export function showSystems(events: readonly Maturity[]): string {
  const rows = maturityBySystem(events).map((system): Cell[] => [
    system.system,
    system.events,
    years(system.ageInSeries),
    share(system, system.neverBroken),
    share(system, system.settled),
    system.users.length,
  ]);
  return [...renderTable(["system", "events", "median age", "never broken", "settled", "users"], rows), "", ...LEGEND]
    .map((line) => `${line}\n`)
    .join("");
}

function share({ events }: SystemMaturity, count: number): string | undefined {
  return percent(count / events);
}

/** `14 releases, 2.6 years` */
function years(series: number | undefined): string | undefined {
  return series === undefined ? undefined : `${series} (${yearsOf(series)} y)`;
}

export function maturityAsCsv(events: readonly Maturity[]): string {
  const titles = ["event", "since", "since_oldest", "age_in_series", "changes", "broken", "last_broken"];
  return renderCsv(
    [...titles, "unchanged_for_series", "users"],
    events.map((event) => [
      event.event,
      event.since,
      String(event.isSinceOldest),
      event.ageInSeries,
      event.changed.length,
      event.broken.length,
      event.broken.at(-1)?.version,
      event.unchangedForSeries,
      event.users.join(" "),
    ]),
  );
}
