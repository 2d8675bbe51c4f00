// How many events of one kernel still keep their promises in a later one, by contract.
// Invariant: an event that broke once on the way counts as broken, even if the change was taken back later.

import { type Contract, CONTRACTS } from "../rules/finding.ts";
import { systemOf } from "../snapshot/model.ts";
import { pathTo } from "./series.ts";
import type { KernelStats } from "./stats.ts";

/** Of the events of `from`, the share whose readers through each contract meet no hard outcome up to `to`; 0 to 1. */
export interface Survival {
  readonly from: string;
  readonly to: string;
  /** Events of `from`. */
  readonly events: number;
  readonly kept: Readonly<Record<Contract, number>>;
}

/**
 * Survival between all pairs of kernels on the way to `tip`; with a system, of its events alone.
 * Whoever relies on a contract relies on the event being there too.
 */
export function survivalTo(stats: readonly KernelStats[], tip: string, system?: string): readonly Survival[] {
  const path = pathOf(stats, tip);
  return path.slice(0, -1).flatMap((from, index) => {
    const ids = system === undefined ? from.ids : from.ids.filter((id) => systemOf(id) === system);
    return ids.length === 0 ? [] : survivalFrom(from.version, ids, path.slice(index + 1));
  });
}

/** The statistics of the kernels from the oldest one to `tip`. */
export function pathOf(stats: readonly KernelStats[], tip: string): readonly KernelStats[] {
  const byVersion = new Map(stats.map((kernel) => [kernel.version, kernel]));
  return pathTo(stats, tip).flatMap(({ version }) => byVersion.get(version) ?? []);
}

function survivalFrom(from: string, ids: readonly string[], later: readonly KernelStats[]): readonly Survival[] {
  const lost = new Map(CONTRACTS.map((contract) => [contract, new Set<string>()]));
  return later.map(({ version, happened }) => {
    const everywhere = happened.get("*:*");
    for (const id of ids) {
      for (const contract of happened.get(id) ?? []) lost.get(contract)?.add(id);
      for (const contract of everywhere ?? []) lost.get(contract)?.add(id);
    }
    const gone = lost.get("existence") ?? new Set();
    const kept = CONTRACTS.map((contract): [Contract, number] => {
      const own = lost.get(contract) ?? new Set();
      const both = contract === "existence" ? gone.size : new Set([...own, ...gone]).size;
      return [contract, (ids.length - both) / ids.length];
    });
    return { from, to: version, events: ids.length, kept: Object.fromEntries(kept) as Record<Contract, number> };
  });
}
