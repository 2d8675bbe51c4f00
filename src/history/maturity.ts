// How settled events are: how old, how often they broke, since when nothing changed, who uses them.
// Invariant: judged along one line of kernels, from the oldest to the newest; what happened on other branches is left out.

import { type Contract, CONTRACTS } from "../rules/finding.ts";
import { knownConsumers } from "../rules/consumers.ts";
import { groupBy } from "../snapshot/group.ts";
import { systemOf } from "../snapshot/model.ts";
import { seriesBetween } from "./series.ts";
import type { KernelStats } from "./stats.ts";

export interface Maturity {
  readonly event: string;
  /** First kernel that has it; in the oldest one that was looked at it may be older still. */
  readonly since: string;
  readonly isSinceOldest: boolean;
  /** Mainline releases from `since` to the newest kernel. */
  readonly ageInSeries?: number;
  /** Kernels in which something about it changed, harmless or not. */
  readonly changed: readonly string[];
  /** Kernels in which it broke, with the contracts. */
  readonly broken: readonly { readonly version: string; readonly contracts: readonly Contract[] }[];
  /** Mainline releases since the last change, or since it is there. */
  readonly unchangedForSeries?: number;
  /** Names of programs that are known to use it. */
  readonly users: readonly string[];
}

/** Names of the programs of today that are known to use an event, or its tracepoint under the same name. */
function usersOfToday(): (id: string) => readonly string[] {
  const tools = new Map<string, Set<string>>();
  for (const { tool, event } of knownConsumers()) tools.set(event, (tools.get(event) ?? new Set()).add(tool));
  return (id) => {
    const raw = `-:${id.slice(id.indexOf(":") + 1)}`;
    return [...new Set([...(tools.get(id) ?? []), ...(tools.get(raw) ?? [])])].sort();
  };
}

/** The events of the newest kernel of a line (`pathOf`). */
export function maturityOf(
  line: readonly KernelStats[],
  usersOf: (id: string) => readonly string[] = usersOfToday(),
): readonly Maturity[] {
  const newest = line.at(-1);
  if (newest === undefined) return [];
  const states = new Map<string, State>();
  for (const [index, { version, ids, happened }] of line.entries()) {
    const here = new Set(ids);
    for (const id of states.keys()) if (!here.has(id)) states.delete(id);
    for (const id of ids) {
      const state = states.get(id);
      if (state === undefined) states.set(id, { since: version, isOldest: index === 0, changed: [], broken: [] });
      else note(state, version, [happened.get(id), happened.get("*:*")]);
    }
  }
  return newest.ids.flatMap((event) => {
    const state = states.get(event);
    return state === undefined ? [] : [describe(event, state, newest.version, usersOf(event))];
  });
}

interface State {
  readonly since: string;
  readonly isOldest: boolean;
  readonly changed: string[];
  readonly broken: { readonly version: string; readonly contracts: readonly Contract[] }[];
}

function note(
  { changed, broken }: State,
  version: string,
  happenings: readonly (ReadonlySet<Contract> | undefined)[],
): void {
  if (happenings.every((happening) => happening === undefined)) return;
  changed.push(version);
  const contracts = CONTRACTS.filter((contract) => happenings.some((happening) => happening?.has(contract)));
  if (contracts.length > 0) broken.push({ version, contracts });
}

function describe(event: string, state: State, newest: string, users: readonly string[]): Maturity {
  const age = seriesBetween(state.since, newest);
  const unchanged = seriesBetween(state.changed.at(-1) ?? state.since, newest);
  return {
    event,
    since: state.since,
    isSinceOldest: state.isOldest,
    ...(age === undefined ? {} : { ageInSeries: age }),
    changed: state.changed,
    broken: state.broken,
    ...(unchanged === undefined ? {} : { unchangedForSeries: unchanged }),
    users,
  };
}

/** The events of one system, taken together. */
export interface SystemMaturity {
  readonly system: string;
  readonly events: number;
  /** Events that never broke on the line. */
  readonly neverBroken: number;
  /** Events that are there for a year, six mainline releases, and did not change in the last year. */
  readonly settled: number;
  /** Median of the events' ages. */
  readonly ageInSeries?: number;
  readonly users: readonly string[];
}

/** A tracepoint is to be looked at again when it is a year old: that is six mainline releases. */
const YEAR_IN_SERIES = 6;

/** Systems by name. */
export function maturityBySystem(events: readonly Maturity[]): readonly SystemMaturity[] {
  return [...groupBy(events, ({ event }) => systemOf(event))]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([system, own]) => {
      const ages = own.flatMap(({ ageInSeries }) => ageInSeries ?? []).sort((one, other) => one - other);
      const median = ages[Math.floor(ages.length / 2)];
      return {
        system,
        events: own.length,
        neverBroken: own.filter(({ broken }) => broken.length === 0).length,
        settled: own.filter(isSettled).length,
        ...(median === undefined ? {} : { ageInSeries: median }),
        users: [...new Set(own.flatMap(({ users }) => users))].sort(),
      };
    });
}

/** A year old, and nothing changed for a year. */
export function isSettled({ unchangedForSeries = 0 }: Maturity): boolean {
  return unchangedForSeries >= YEAR_IN_SERIES;
}
