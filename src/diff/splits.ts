// Finds events that several new ones took the place of. Invariant: a part is a part of one event, and of no rename.

import { eventId } from "../snapshot/model.ts";
import type { TraceEvent } from "../snapshot/model.ts";
import type { EventRename } from "./align.ts";
import { compareText } from "./order.ts";
import { dice, wordsOf } from "./similarity.ts";

/** Below this the records of an event and of a new one with a longer name have too little in common. */
const PART_THRESHOLD = 0.5;

/** An event that is gone, and the new ones that tell what it told. */
export interface EventSplit {
  readonly before: TraceEvent;
  /** At least two, sorted by id. */
  readonly parts: readonly TraceEvent[];
  /** How alike the records are, on average. */
  readonly confidence: number;
}

/**
 * Events that were split: two or more new events of the system add words to the name (`plane_update` -> `plane_update_arm`
 * and `plane_update_noarm`) and have most of the fields. A new name that adds the system alone is a rename.
 */
export function findSplits(
  gone: readonly TraceEvent[],
  come: readonly TraceEvent[],
  renames: readonly EventRename[],
): readonly EventSplit[] {
  const taken = new Map(renames.map(({ before, after }) => [after, before]));
  return gone.flatMap((before) => {
    const parts = come.filter(
      (after) =>
        (taken.get(after) ?? before) === before &&
        addsWords(before, after) &&
        likeness(before, after) >= PART_THRESHOLD,
    );
    if (parts.length < 2 || parts.some((part) => isSameName(before, part))) return [];
    for (const part of parts) taken.set(part, before);
    const confidence = parts.reduce((sum, part) => sum + likeness(before, part), 0) / parts.length;
    return [{ before, parts: parts.toSorted((one, other) => compareText(eventId(one), eventId(other))), confidence }];
  });
}

function addsWords(before: TraceEvent, after: TraceEvent): boolean {
  if (before.system !== after.system) return false;
  const words = new Set(wordsOf(after.name));
  return wordsOf(before.name).every((word) => words.has(word));
}

function isSameName(before: TraceEvent, after: TraceEvent): boolean {
  const [was, is] = [ownWords(before), ownWords(after)];
  return was.join(" ") === is.join(" ");
}

/** The words of a name that its system does not say. */
function ownWords({ system, name }: TraceEvent): readonly string[] {
  const said = new Set(wordsOf(system));
  return wordsOf(name).filter((word) => !said.has(word));
}

function likeness(before: TraceEvent, after: TraceEvent): number {
  return dice(
    before.fields.map(({ name }) => name),
    after.fields.map(({ name }) => name),
  );
}
