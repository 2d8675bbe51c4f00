// Holds two descriptions of one kernel against each other: what its source says and what it says of itself while it runs.
// Only what both sides know is compared, and nothing that is missing is left out of a figure.

import { eventId, type Field, type Location, type Snapshot, type TraceEvent } from "../snapshot/model.ts";
import { verifyArgs, verifyClasses, verifyContexts } from "./verify-btf.ts";

/** What is compared of each event, in the order of the table. */
const EVENT_ASPECTS = ["existence", "layout", "types", "printFormat", "printArgs"] as const;
type EventAspect = (typeof EVENT_ASPECTS)[number];

/** What is compared, in the order of the table. */
export const ASPECTS = [...EVENT_ASPECTS, "args", "classes", "contexts"] as const;
export type Aspect = (typeof ASPECTS)[number];

/** How much of one aspect agrees. */
export interface Agreement {
  readonly aspect: Aspect;
  /** Events, tracepoints or event classes of the running kernel that were to be compared. */
  readonly total: number;
  readonly exact: number;
}

/** One fact that the two sides tell differently. */
export interface Disagreement {
  /** The event; the tracepoint for its arguments, the struct for an event class. */
  readonly event: string;
  readonly aspect: Aspect;
  /** The fact as each side has it; absent where a side has nothing of the kind. */
  readonly source?: string;
  readonly running?: string;
  readonly location?: Location;
}

export interface Verification {
  readonly agreements: readonly Agreement[];
  readonly disagreements: readonly Disagreement[];
  /** Events that only the source has: code that is not built, or not loaded, or an event made up by mistake. */
  readonly onlyInSource: readonly TraceEvent[];
}

/** One part of a verification: how much of what there is to compare agrees, and what does not. */
export interface Comparison {
  readonly agreements: readonly Agreement[];
  readonly disagreements: readonly Disagreement[];
}

/** Compares the source's description of a kernel with the running kernel's own. */
export function verify(source: Snapshot, running: Snapshot): Verification {
  const theirs = new Set(running.events.map(eventId));
  const parts = [verifyEvents, verifyArgs, verifyClasses, verifyContexts].map((part) => part(source, running));
  return {
    agreements: parts.flatMap(({ agreements }) => agreements),
    disagreements: parts.flatMap(({ disagreements }) => disagreements),
    // A kernel that lists no events at all, such as BTF, says nothing about which it lacks.
    onlyInSource: running.knows.existence ? source.events.filter((event) => !theirs.has(eventId(event))) : [],
  };
}

function verifyEvents(source: Snapshot, running: Snapshot): Comparison {
  const ours = new Map(source.events.map((event) => [eventId(event), event]));
  const exact: Record<EventAspect, number> = { existence: 0, layout: 0, types: 0, printFormat: 0, printArgs: 0 };
  const disagreements: Disagreement[] = [];
  for (const event of running.events) {
    const id = eventId(event);
    const other = ours.get(id);
    for (const aspect of EVENT_ASPECTS.filter((known) => isKnown(known, source, running))) {
      const expected = FACTS[aspect](event);
      const found = other && FACTS[aspect](other);
      if (found === expected) {
        exact[aspect]++;
      } else if (other ?? aspect === "existence") {
        disagreements.push({
          event: id,
          aspect,
          running: expected,
          ...(found !== undefined && { source: found }),
          ...(other?.location && { location: other.location }),
        });
      }
    }
  }
  return {
    agreements: EVENT_ASPECTS.filter((aspect) => isKnown(aspect, source, running)).map((aspect) => ({
      aspect,
      total: running.events.length,
      exact: exact[aspect],
    })),
    disagreements,
  };
}

/** Whether both sides know an aspect at all. */
function isKnown(aspect: EventAspect, { knows: ours }: Snapshot, { knows: theirs }: Snapshot): boolean {
  if (aspect === "printArgs") return ours.printFormat && theirs.printFormat;
  return ours[aspect] && theirs[aspect];
}

/** An event's side of each aspect as text that is equal exactly if the fact is. */
const FACTS: Readonly<Record<EventAspect, (event: TraceEvent) => string>> = {
  existence: eventId,
  layout: ({ fields }) => fields.map(describeLayout).join("; "),
  types: ({ fields }) => fields.map(({ name, type }) => `${type} ${name}`).join("; "),
  printFormat: ({ print }) => print?.format ?? "",
  printArgs: ({ print }) => print?.args ?? "",
};

/** `prev_pid at 24, 4 bytes, signed`; what is not known shows as `?`, so that it equals nothing that is. */
function describeLayout({ name, offset, size, signed }: Field): string {
  const sign = signed === undefined ? "sign ?" : signed ? "signed" : "unsigned";
  return `${name} at ${offset ?? "?"}, ${size ?? "?"} bytes, ${sign}`;
}
