// Pairs the events of two kernels: first by id, then likely renames among what is left.
// Invariant: every event is in exactly one of `pairs`, `renames`, `removed` and `added`, whatever the input order.

import { eventId } from "../snapshot/model.ts";
import type { TraceEvent } from "../snapshot/model.ts";
import { compareText } from "./order.ts";
import { areOpposite, dice, nameSimilarity, wordsOf } from "./similarity.ts";

/** Below this a removed and an added event are reported as such, not as a rename. */
export const EVENT_RENAME_THRESHOLD = 0.7;

/** Words and field lists that more events share than this say nothing about which one it became. */
const CROWD = 40;

export interface EventPair {
  readonly before: TraceEvent;
  readonly after: TraceEvent;
}

export interface EventRename extends EventPair {
  readonly confidence: number;
}

export interface EventAlignment {
  readonly pairs: readonly EventPair[];
  readonly renames: readonly EventRename[];
  readonly removed: readonly TraceEvent[];
  readonly added: readonly TraceEvent[];
  /** Before renames are paired. */
  readonly counts: { readonly removed: number; readonly added: number; readonly common: number };
}

/** Pairs events, sorted by id on every list. Renames are looked for only where an absent event is known not to exist. */
export function alignEvents(
  before: readonly TraceEvent[],
  after: readonly TraceEvent[],
  findRenames: boolean,
): EventAlignment {
  const byId = new Map(after.map((event) => [eventId(event), event]));
  const pairs: EventPair[] = [];
  const removed: TraceEvent[] = [];
  for (const event of sorted(before)) {
    const id = eventId(event);
    const same = byId.get(id);
    if (same === undefined) removed.push(event);
    else pairs.push({ before: event, after: same });
    byId.delete(id);
  }
  const added = sorted([...byId.values()]);
  const renames = findRenames ? pairRenames(removed, added, crowds(before)) : [];
  const gone = new Set(renames.map((rename) => rename.before));
  const come = new Set(renames.map((rename) => rename.after));
  return {
    pairs,
    renames,
    removed: removed.filter((event) => !gone.has(event)),
    added: added.filter((event) => !come.has(event)),
    counts: { removed: removed.length, added: added.length, common: pairs.length },
  };
}

function sorted(events: readonly TraceEvent[]): TraceEvent[] {
  return events
    .map((event) => ({ id: eventId(event), event }))
    .sort((one, other) => compareText(one.id, other.id))
    .map(({ event }) => event);
}

/** How many events of a kernel have a field list: one that a whole family shares identifies none of them. */
function crowds(events: readonly TraceEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) {
    const key = fieldNames(event);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function pairRenames(
  removed: readonly TraceEvent[],
  added: readonly TraceEvent[],
  crowd: ReadonlyMap<string, number>,
): EventRename[] {
  const index = indexByTraits(added);
  const scored: EventRename[] = [];
  for (const event of removed) {
    const candidates = new Set(traits(event).flatMap((trait) => index.get(trait) ?? []));
    for (const candidate of candidates) {
      const confidence = renameConfidence(event, candidate, crowd.get(fieldNames(event)) ?? 1);
      if (confidence >= EVENT_RENAME_THRESHOLD) scored.push({ before: event, after: candidate, confidence });
    }
  }
  scored.sort(
    (one, other) =>
      other.confidence - one.confidence ||
      compareText(eventId(one.before), eventId(other.before)) ||
      compareText(eventId(one.after), eventId(other.after)),
  );
  const taken = new Set<TraceEvent>();
  const renames = scored.filter(({ before, after }) => {
    if (taken.has(before) || taken.has(after)) return false;
    taken.add(before).add(after);
    return true;
  });
  return renames.sort((one, other) => compareText(eventId(one.before), eventId(other.before)));
}

/** Candidates share a trait; traits that a crowd shares are dropped, so that no list of candidates is long. */
function indexByTraits(events: readonly TraceEvent[]): ReadonlyMap<string, readonly TraceEvent[]> {
  const index = new Map<string, TraceEvent[]>();
  for (const event of events) {
    for (const trait of traits(event)) {
      const list = index.get(trait);
      if (list === undefined) index.set(trait, [event]);
      else list.push(event);
    }
  }
  for (const [trait, list] of index) if (list.length > CROWD) index.delete(trait);
  return index;
}

function traits(event: TraceEvent): readonly string[] {
  return [
    `name ${event.name}`,
    `fields ${fieldNames(event)}`,
    ...(event.class === undefined ? [] : [`class ${event.class}`]),
    ...wordsOf(event.name).map((word) => `word ${event.system} ${word}`),
  ];
}

/**
 * How sure it is that `after` is `before` under another id, from 0 to 1.
 * Names weigh as much as the shape of the record; a shape that many events of the system share counts less, and an
 * equal name in another system is a move even if the record changed a little.
 */
function renameConfidence(before: TraceEvent, after: TraceEvent, crowd: number): number {
  const name = nameSimilarity(before.name, after.name);
  const shape = shapeSimilarity(before, after);
  if (before.name === after.name) return 0.6 + 0.4 * shape;
  if (before.system !== after.system) return 0.9 * Math.min(name, shape);
  if (name < 0.4 || areOpposite(before.name, after.name)) return 0;
  const shapeWeight = 0.6 / (1 + Math.log2(crowd) / 4);
  return Math.min(0.99, shapeWeight * shape + (1 - shapeWeight) * name);
}

/** Likeness of records and of what is printed of them, over what both events have. */
function shapeSimilarity(before: TraceEvent, after: TraceEvent): number {
  const parts: [weight: number, value: number][] = [
    [
      2,
      dice(
        before.fields.map((field) => field.name),
        after.fields.map((field) => field.name),
      ),
    ],
    [
      1,
      dice(
        before.fields.map((field) => field.type),
        after.fields.map((field) => field.type),
      ),
    ],
  ];
  if (before.print !== undefined && after.print !== undefined) {
    parts.push([1, dice(before.print.format.split(/[\s,]+/), after.print.format.split(/[\s,]+/))]);
  }
  if (before.class !== undefined && after.class !== undefined) {
    parts.push([0.5, before.class === after.class ? 1 : nameSimilarity(before.class, after.class)]);
  }
  if (before.location !== undefined && after.location !== undefined) {
    parts.push([0.5, before.location.file === after.location.file ? 1 : 0]);
  }
  const total = parts.reduce((sum, [weight]) => sum + weight, 0);
  return parts.reduce((sum, [weight, value]) => sum + weight * value, 0) / total;
}

function fieldNames(event: TraceEvent): string {
  return event.fields.map((field) => field.name).join(" ");
}
