// How a change names its event. Invariant: holds general facts only, none of which depends on the other events' changes.

import { eventId } from "../snapshot/model.ts";
import type { TraceEvent, Tracepoint } from "../snapshot/model.ts";
import type { EventRef } from "./change.ts";

/** What concerns every event. */
export const EVERY_EVENT: EventRef = { id: "*:*", system: "*", name: "*" };

/** What no event is known to show, such as a constant that no print format names. */
export const NO_EVENT: EventRef = { ...EVERY_EVENT, bare: true };

export function refTo(event: TraceEvent): EventRef {
  return {
    id: eventId(event),
    system: event.system,
    name: event.name,
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
    bare: true,
    ...(tracepoint.when === undefined ? {} : { when: tracepoint.when }),
    ...(tracepoint.location === undefined ? {} : { location: tracepoint.location }),
  };
}
