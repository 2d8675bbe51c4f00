// Which changes concern one event or one field of it. Invariant: a change of every event concerns each of them.

import type { Change, EventRef } from "../diff/change.ts";
import { factsOf } from "../rules/facts.ts";
import { eventId, type Snapshot } from "../snapshot/model.ts";

/** Ids of everything that programs can attach to: events, and tracepoints without one as `-:name`. */
export function idsOf(snapshot: Snapshot): readonly string[] {
  const bare = snapshot.tracepoints.filter((tracepoint) => tracepoint.bare === true);
  return [...snapshot.events.map(eventId), ...bare.map(({ name }) => `-:${name}`)];
}

/** Ids of the events that a change names; none for what concerns every event. */
export function eventsOf(change: Change): readonly string[] {
  if (!("event" in change)) return [];
  return [change.event.id, ...change.siblings, ...("from" in change ? [change.from.id] : [])];
}

/** What an event or field was called before and after; undefined for changes that rename none. */
export function renamedEvent(change: Change): { readonly from: EventRef; readonly to: EventRef } | undefined {
  return change.kind === "event-renamed" || change.kind === "event-moved"
    ? { from: change.from, to: change.event }
    : undefined;
}

/** Whether a change is about one of some fields or arguments, or about the event as a whole. */
export function concernsField(change: Change, names: ReadonlySet<string>): boolean {
  switch (change.kind) {
    case "event-added":
    case "event-removed":
    case "event-split":
    case "event-renamed":
    case "event-moved":
    case "event-class-changed":
    case "event-condition-changed":
    case "common-fields-changed":
      return true;
    case "field-appended":
    case "field-inserted":
      return change.fields.some(({ name }) => names.has(name)) || isShifted(change, names);
    case "field-renamed":
      return names.has(change.before.name) || names.has(change.after.name) || isShifted(change, names);
    case "argument-removed":
    case "argument-inserted":
    case "argument-appended":
    case "argument-nullability-changed":
      return change.args.some(({ name }) => names.has(name)) || isShifted(change, names);
    case "argument-renamed":
    case "argument-replaced":
      return names.has(change.before.name) || names.has(change.after.name);
    case "char-sign-flipped":
    case "array-length-text-changed":
    case "type-text-changed":
      return change.fields.some((path) => names.has(path.slice(path.lastIndexOf(".") + 1)));
    default: {
      const { subject } = factsOf(change);
      return (subject !== undefined && names.has(subject)) || isShifted(change, names);
    }
  }
}

/** Whether a change pushes a field or an argument elsewhere. */
function isShifted(change: Change, names: ReadonlySet<string>): boolean {
  return factsOf(change).affected.some((name) => names.has(name));
}
