// How a change names its event. Invariant: holds general facts only, none of which depends on the other events' changes.

import { eventId } from "../snapshot/model.ts";
import type { Snapshot, TraceEvent, Tracepoint } from "../snapshot/model.ts";
import type { EventRef } from "./change.ts";

/** What concerns every event, or none in particular. */
export const EVERY_EVENT: EventRef = { id: "*:*", system: "*", name: "*", systemEvents: 0 };

/** Number of events per system. */
export type SystemSizes = ReadonlyMap<string, number>;

export function systemSizes(snapshot: Snapshot): SystemSizes {
  const sizes = new Map<string, number>();
  for (const event of snapshot.events) sizes.set(event.system, (sizes.get(event.system) ?? 0) + 1);
  return sizes;
}

export function refTo(event: TraceEvent, sizes: SystemSizes): EventRef {
  return {
    id: eventId(event),
    system: event.system,
    name: event.name,
    systemEvents: sizes.get(event.system) ?? 1,
    ...(event.class === undefined ? {} : { class: event.class }),
    ...(event.when === undefined ? {} : { when: event.when }),
    ...(event.location === undefined ? {} : { location: event.location }),
  };
}

/** A tracepoint without an event. */
export function refToBare(tracepoint: Tracepoint): EventRef {
  return {
    id: `-:${tracepoint.name}`,
    system: "-",
    name: tracepoint.name,
    systemEvents: 0,
    bare: true,
    ...(tracepoint.when === undefined ? {} : { when: tracepoint.when }),
    ...(tracepoint.location === undefined ? {} : { location: tracepoint.location }),
  };
}
