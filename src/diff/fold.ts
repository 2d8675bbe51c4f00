// Tells the same change of many events once: siblings of a class share their record, so they change together.
// Invariant: the folded change names every event; which of them leads does not depend on the order of the input.

import { groupBy } from "../snapshot/group.ts";
import type { TraceEvent } from "../snapshot/model.ts";
import type { Change, EventRef } from "./change.ts";
import { compareText } from "./order.ts";

/** A change, and the family of events that it is shared with if it is the same there. */
export interface FamilyChange {
  readonly family: string;
  readonly change: Change;
}

/**
 * The family of an event: its class on both sides; where a source does not know classes, the events of its system
 * with the same fields on both sides.
 */
export function familyOf(before: TraceEvent, after: TraceEvent): string {
  if (before.class !== undefined && after.class !== undefined) {
    return `class ${after.system} ${before.class} ${after.class}`;
  }
  return `fields ${after.system} ${shapeOf(before)} ${shapeOf(after)}`;
}

/** The field list of an event as text, equal for events with one record. */
export function shapeOf(event: TraceEvent): string {
  return event.fields.map((field) => `${field.type} ${field.name} ${field.offset};`).join("");
}

/** Merges equal changes of one family. */
export function foldSiblings(changes: readonly FamilyChange[]): readonly Change[] {
  const families = groupBy(changes, ({ family }) => family);
  const groups = groupBy(changes.entries(), ([index, { family, change }]) => {
    // What is alone in its family has nothing to be compared with.
    const isAlone = families.get(family)?.length === 1;
    return isAlone ? `${index}` : `${family} ${JSON.stringify(change, withoutIdentity)}`;
  });
  return [...groups.values()].map((group) => merge(group.map(([, { change }]) => change)));
}

/** Where a change is found, not what it is; one table of symbols may name the values of fields of several names. */
const IDENTITY: ReadonlySet<string> = new Set([
  "event",
  "siblings",
  "location",
  "tracepoint",
  "print",
  "expression",
  "reads",
]);

function withoutIdentity(key: string, value: unknown): unknown {
  return IDENTITY.has(key) ? undefined : value;
}

function merge(group: readonly Change[]): Change {
  const ordered = group
    .map((change) => ({ change, event: "event" in change ? change.event : undefined }))
    .sort((one, other) => compareText(one.event?.id ?? "", other.event?.id ?? ""));
  const lead = (ordered[0] as { change: Change }).change;
  if (!("siblings" in lead)) return lead;
  const ids = ordered.flatMap(({ change, event }) => [
    ...(event === undefined ? [] : [(event satisfies EventRef).id]),
    ...("siblings" in change ? change.siblings : []),
  ]);
  return { ...lead, siblings: [...new Set(ids)].filter((id) => id !== lead.event.id).sort(compareText) };
}
