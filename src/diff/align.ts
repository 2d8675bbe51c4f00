// Pairs the events of two kernels: first by id, then likely renames among what is left.
// Invariant: every event is on one of the lists `pairs`, `renames`, `removed` and `added`, and on no other.

import { groupBy } from "../snapshot/group.ts";
import { eventId } from "../snapshot/model.ts";
import type { TraceEvent } from "../snapshot/model.ts";
import { compareText } from "./order.ts";
import { type EventSplit, findSplits } from "./splits.ts";
import { areOpposite, dice, nameSimilarity, wordsOf } from "./similarity.ts";

/** Below this a removed and an added event are reported as such, not as a rename. */
const EVENT_RENAME_THRESHOLD = 0.7;

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
  readonly splits: readonly EventSplit[];
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
  const [was, is] = [groupById(before), groupById(after)];
  const pairs = [...was].flatMap(([id, variants]) => pairVariants(variants, is.get(id) ?? []));
  const removed = [...was].flatMap(([id, variants]) => (is.has(id) ? [] : variants));
  const added = [...is].flatMap(([id, variants]) => (was.has(id) ? [] : variants));
  const alike = findRenames ? pairRenames(removed, added, crowds(before)) : [];
  const splits = findRenames ? findSplits(removed, added, alike) : [];
  const split = new Set(splits.map((one) => one.before));
  const renames = alike.filter((rename) => !split.has(rename.before));
  const gone = new Set([...split, ...renames.map((rename) => rename.before)]);
  const come = new Set([...splits.flatMap(({ parts }) => parts), ...renames.map((rename) => rename.after)]);
  return {
    pairs,
    renames,
    splits,
    removed: removed.filter((event) => !gone.has(event)),
    added: added.filter((event) => !come.has(event)),
    counts: { removed: removed.length, added: added.length, common: pairs.length },
  };
}

/** Events by id, sorted. Several of one id are variants, each under a condition of its own. */
function groupById(events: readonly TraceEvent[]): ReadonlyMap<string, readonly TraceEvent[]> {
  return new Map([...groupBy(events, eventId)].sort(([one], [other]) => compareText(one, other)));
}

/**
 * Variants with the same condition belong together. One that has none on the other side is paired with the first there,
 * since that is what programs get in its place.
 */
function pairVariants(before: readonly TraceEvent[], after: readonly TraceEvent[]): readonly EventPair[] {
  const [first] = before;
  const pairs = before.flatMap((was) => {
    const is = after.find(({ when }) => when === was.when) ?? after[0];
    return is === undefined ? [] : [{ before: was, after: is }];
  });
  const met = new Set(pairs.map((pair) => pair.after));
  return [
    ...pairs,
    ...after.flatMap((is) => (first === undefined || met.has(is) ? [] : [{ before: first, after: is }])),
  ];
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
export function renameConfidence(before: TraceEvent, after: TraceEvent, crowd: number): number {
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
