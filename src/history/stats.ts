// What happened in each kernel since the one before, counted by subsystem; and the facts that survival is made of.
// Invariant: an event counts once in each column, however many findings it has.

import { classify } from "../rules/classify.ts";
import { knownConsumers } from "../rules/consumers.ts";
import { type Contract, CONTRACTS, type Finding, HARD_OUTCOMES } from "../rules/finding.ts";
import { systemOf } from "../snapshot/model.ts";
import { idsOf } from "./concern.ts";
import type { Link } from "./series.ts";
import type { Step } from "./walk.ts";

/** Numbers of events. */
export interface Counts {
  readonly events: number;
  readonly added: number;
  readonly removed: number;
  readonly renamed: number;
  /** In both kernels, with a change of any kind. */
  readonly changed: number;
  /** With a finding of that level, removed and renamed events included. */
  readonly breaking: number;
  readonly likely: number;
}

export interface KernelStats extends Link {
  readonly counts: Counts;
  /** Share of the events of the kernel before that were removed, renamed or changed, and of new ones on top. */
  readonly churn?: number;
  readonly systems: Readonly<Record<string, Counts>>;
  /** Findings about every event at once, such as a change of the common fields. */
  readonly everywhere: readonly Finding[];
  /** What programs on this kernel can attach to, sorted. */
  readonly ids: readonly string[];
  /**
   * For each event that a finding is about, under the name that programs know: the contracts that broke, perhaps none.
   * `*:*` is every event: their common fields.
   */
  readonly happened: ReadonlyMap<string, ReadonlySet<Contract>>;
}

const EVERY_EVENT = "*:*";

/** Counts the steps of a walk, one kernel each. */
export async function countSteps(steps: AsyncIterable<Step>): Promise<readonly KernelStats[]> {
  const found: KernelStats[] = [];
  for await (const step of steps) found.push(countStep(step));
  return found;
}

function countStep({ link, before, after, changes }: Step): KernelStats {
  const findings = classify(changes, { consumers: knownConsumers(before?.kernel.version) });
  const ids = [...new Set(idsOf(after))].sort();
  const touched = collectTouched(findings);
  const systems = new Map<string, Tally>();
  const tallyOf = (id: string): Tally => {
    const system = systemOf(id);
    const tally = systems.get(system) ?? { ...NOTHING };
    systems.set(system, tally);
    return tally;
  };
  for (const id of ids) tallyOf(id).events++;
  for (const [id, columns] of touched) {
    const tally = tallyOf(id);
    for (const column of columns) tally[column]++;
  }
  const counts = sum([...systems.values()]);
  const total = before === undefined ? 0 : new Set(idsOf(before)).size;
  return {
    ...link,
    counts,
    ...(total > 0 && { churn: (counts.added + counts.removed + counts.renamed + counts.changed) / total }),
    systems: Object.fromEntries([...systems].sort(([one], [other]) => (one < other ? -1 : 1))),
    everywhere: findings.filter(({ event }) => event === EVERY_EVENT),
    ids,
    happened: collectHappened(findings),
  };
}

type Tally = { -readonly [Name in keyof Counts]: number };
type Column = Exclude<keyof Counts, "events">;

const NOTHING: Counts = { events: 0, added: 0, removed: 0, renamed: 0, changed: 0, breaking: 0, likely: 0 };

/** Rules that say what became of an event as a whole; every other finding is a change of an event that stays. */
const COLUMN_OF_RULE: Readonly<Record<string, Column>> = {
  "event-added": "added",
  "tracepoint-added": "added",
  "event-removed": "removed",
  "event-split": "removed",
  "tracepoint-removed": "removed",
  "event-renamed": "renamed",
  "event-moved": "renamed",
};

/** Events that findings name, each with the columns it counts in. */
function collectTouched(findings: readonly Finding[]): ReadonlyMap<string, ReadonlySet<Column>> {
  const touched = new Map<string, Set<Column>>();
  for (const finding of findings) {
    if (finding.event === EVERY_EVENT) continue;
    const column = COLUMN_OF_RULE[finding.rule] ?? "changed";
    for (const id of [finding.event, ...(finding.siblings ?? [])]) {
      const columns = touched.get(id) ?? new Set<Column>();
      touched.set(id, columns.add(column));
      if (finding.level === "breaking" || finding.level === "likely") columns.add(finding.level);
    }
  }
  for (const columns of touched.values()) if (columns.size > 1 && !isStaying(columns)) columns.delete("changed");
  return touched;
}

/** What is new, gone or renamed is no longer counted as changed. */
function isStaying(columns: ReadonlySet<Column>): boolean {
  return !columns.has("added") && !columns.has("removed") && !columns.has("renamed");
}

function collectHappened(findings: readonly Finding[]): KernelStats["happened"] {
  const happened = new Map<string, Set<Contract>>();
  for (const finding of findings) {
    const hard = CONTRACTS.filter((contract) => HARD_OUTCOMES.has(finding.contracts[contract]));
    const isRenamed = COLUMN_OF_RULE[finding.rule] === "renamed" && finding.before !== undefined;
    const ids = isRenamed ? [finding.before] : [finding.event, ...(finding.siblings ?? [])];
    for (const id of ids) {
      // Constants and noise are named once for all events, but concern few of them.
      if (id === EVERY_EVENT && finding.rule !== "common-fields-changed") continue;
      const contracts = happened.get(id) ?? new Set<Contract>();
      happened.set(id, contracts);
      for (const contract of hard) contracts.add(contract);
    }
  }
  return happened;
}

function sum(tallies: readonly Counts[]): Counts {
  const total: Tally = { ...NOTHING };
  for (const tally of tallies) {
    for (const column of Object.keys(total) as (keyof Counts)[]) total[column] += tally[column];
  }
  return total;
}
