// Where the subject of a finding is declared on both sides, and which definitions in other files it comes from.
// Invariant: only places; which of them changed is for src/check/attribute.ts to say.

import { groupBy } from "../snapshot/group.ts";
import type { Finding } from "../rules/finding.ts";
import { eventId, type Location, type Snapshot, type TraceEvent, type Tracepoint } from "../snapshot/model.ts";
import type { Cause, ChangedSnapshots } from "../sources/change.ts";

export type Side = "before" | "after";

/** A stretch of lines of a file. */
export interface Stretch {
  readonly side: Side;
  readonly file: string;
  readonly lines: readonly [number, number];
}

/** Places of a finding, from what it is about to what is around it. */
export interface Places {
  /** The declaration of its field. */
  readonly own: readonly Stretch[];
  /** Definitions elsewhere that its field comes from. */
  readonly causes: readonly Stretch[];
  /** The event, its fields and its tracepoint. */
  readonly around: readonly Stretch[];
  /** Definitions elsewhere that the rest of the event comes from. */
  readonly distant: readonly Stretch[];
}

/** Finds the places of findings; the snapshots are looked through once. */
export function placeFinder(sides: ChangedSnapshots): (finding: Finding) => Places {
  const [before, after] = [lookUp("before", sides), lookUp("after", sides)];
  return (finding) => {
    const found = [after(finding), before(finding)];
    const location = finding.location ? [at("after", finding.location)] : [];
    return {
      own: found.flatMap(({ own }) => own),
      causes: found.flatMap(({ causes }) => causes),
      around: [...location, ...found.flatMap(({ around }) => around)],
      distant: found.flatMap(({ distant }) => distant),
    };
  };
}

function lookUp(side: Side, sides: ChangedSnapshots): (finding: Finding) => Places {
  const { snapshot, causes } = sides[side];
  const events = indexEvents(snapshot);
  const tracepoints = new Map(snapshot.tracepoints.map((tracepoint) => [tracepoint.name, tracepoint]));
  const causesOf = groupBy(causes, ({ event }) => event);
  return ({ event: id, subject = "" }) => {
    const [system = "", name = ""] = id.split(":");
    const event = events.get(id);
    const tracepoint = tracepoints.get(event?.tracepoint ?? name);
    const fields = event?.fields ?? [];
    const related = [id, `-:${tracepoint?.name ?? name}`, `${system}:*`].flatMap((key) => causesOf.get(key) ?? []);
    const stretch = ({ file, lines }: Cause): Stretch => ({ side, file, lines });
    return {
      own: fields.filter((field) => field.name === subject).flatMap(({ location }) => located(side, location)),
      causes: related.filter((cause) => subject !== "" && cause.subject === subject).map(stretch),
      around: [event, ...fields, tracepoint].flatMap((one) => located(side, one?.location)),
      distant: related.map(stretch),
    };
  };
}

function indexEvents({ events }: Snapshot): ReadonlyMap<string, TraceEvent> {
  return new Map(events.map((event) => [eventId(event), event]));
}

function located(side: Side, location: (TraceEvent | Tracepoint)["location"]): readonly Stretch[] {
  return location === undefined ? [] : [at(side, location)];
}

function at(side: Side, { file, line }: Location): Stretch {
  return { side, file, lines: [line, line] };
}
