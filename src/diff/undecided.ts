// Two kernels of which one was read with a configuration and the other without: what stands under a condition in the latter
// and is absent from the former may be left out by the configuration alone. Invariant: it is no change then, either way.

import { eventId, type Snapshot, type TraceEvent, type Tracepoint } from "../snapshot/model.ts";

/** Both kernels without what a configuration may have left out of one of them. */
export function withoutUndecided(before: Snapshot, after: Snapshot): readonly [Snapshot, Snapshot] {
  return [decide(before, after), decide(after, before)];
}

function decide(snapshot: Snapshot, other: Snapshot): Snapshot {
  const events = new Map(other.events.map((event) => [eventId(event), event]));
  const tracepoints = new Set(other.tracepoints.map(({ name }) => name));
  const isKept = ({ name, when }: Tracepoint): boolean => when === undefined || tracepoints.has(name);
  return {
    ...snapshot,
    events: snapshot.events.flatMap((event) => decideEvent(event, events.get(eventId(event)))),
    tracepoints: snapshot.tracepoints.filter(isKept),
  };
}

function decideEvent(event: TraceEvent, other: TraceEvent | undefined): readonly TraceEvent[] {
  if (other === undefined) return event.when === undefined ? [event] : [];
  if (event.fields.every(({ when }) => when === undefined)) return [event];
  const names = new Set(other.fields.map(({ name }) => name));
  return [{ ...event, fields: event.fields.filter(({ name, when }) => when === undefined || names.has(name)) }];
}
