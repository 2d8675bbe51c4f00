// What lasted: survival by age and subsystem, and how settled each subsystem is. Computed by src/history.

import type { Maturity } from "../history/maturity.ts";
import { maturityBySystem } from "../history/maturity.ts";
import type { Counts, KernelStats } from "../history/stats.ts";
import { survivalTo } from "../history/survival.ts";
import { CONTRACTS } from "../rules/finding.ts";
import type { StabilityData, SurvivalRow } from "./data.ts";

/** Of the line of kernels that ends with the newest; `events` are those of the newest. */
export function stabilityOf(kernels: readonly KernelStats[], events: readonly Maturity[]): StabilityData {
  const to = kernels.at(-1)?.version ?? "";
  const systems = maturityBySystem(events);
  const rowsOf = (system?: string): readonly SurvivalRow[] =>
    survivalTo(kernels, to, system)
      .filter((survival) => survival.to === to)
      .map(({ from, events: count, kept }) => [from, count, CONTRACTS.map((contract) => round(kept[contract]))]);
  const totals = totalCounts(kernels);
  return {
    to,
    survival: Object.fromEntries([["*", rowsOf()], ...systems.map(({ system }) => [system, rowsOf(system)] as const)]),
    systems: systems.map(({ system, events: now, neverBroken, settled, ageInSeries, users }) => ({
      system,
      counts: totals.get(system) ?? NOTHING,
      now,
      neverBroken,
      settled,
      ...(ageInSeries !== undefined && { ageInSeries }),
      users,
    })),
  };
}

const NOTHING: Counts = { events: 0, added: 0, removed: 0, renamed: 0, changed: 0, breaking: 0, likely: 0 };

/** What happened to each subsystem in all steps; events: the most that it had. */
function totalCounts(kernels: readonly KernelStats[]): ReadonlyMap<string, Counts> {
  const totals = new Map<string, Counts>();
  for (const { systems } of kernels) {
    for (const [system, counts] of Object.entries(systems)) {
      const total = totals.get(system) ?? NOTHING;
      const sums = (Object.keys(NOTHING) as (keyof Counts)[]).map((column) => [column, total[column] + counts[column]]);
      totals.set(system, {
        ...(Object.fromEntries(sums) as unknown as Counts),
        events: Math.max(total.events, counts.events),
      });
    }
  }
  return totals;
}

function round(share: number): number {
  return Math.round(1000 * share) / 1000;
}
