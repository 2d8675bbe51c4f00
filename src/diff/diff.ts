// Compares two snapshots: what changed, and what could not be compared.
// Invariant: pure and independent of input order; a fact that either side does not know yields no change.

import type { Knows, Snapshot, TraceEvent } from "../snapshot/model.ts";
import { alignEvents } from "./align.ts";
import type { EventAlignment } from "./align.ts";
import type { Change, EventRef } from "./change.ts";
import { commonFieldsChange } from "./common-fields.ts";
import { refTo } from "./event-ref.ts";
import { familyOf, foldSiblings, shapeOf } from "./fold.ts";
import type { FamilyChange } from "./fold.ts";
import { charSignFlipped, collectNoise } from "./noise.ts";
import { foldNullability } from "./nullability.ts";
import { compareText } from "./order.ts";
import { recordChanges } from "./record.ts";
import type { RecordContext } from "./record.ts";
import { syscallArgumentsChange } from "./syscall-arguments.ts";
import { syscallContextChanges } from "./syscall-contexts.ts";
import { argumentDiff, indexPrototypes, tracepointChanges, tracepointName } from "./tracepoints.ts";
import type { ArgumentDiff } from "./tracepoints.ts";
import { tableReader } from "./symbol-tables.ts";
import { withoutUndecided } from "./undecided.ts";
import { enumChanges, symbolChanges } from "./values.ts";

/** A fact that was not compared, and which side lacks it. */
export interface NotComparable {
  readonly fact: keyof Knows | "class" | "conditions";
  readonly missing: "before" | "after" | "both";
}

export interface Diff {
  readonly changes: readonly Change[];
  readonly notComparable: readonly NotComparable[];
  /** Events by id, before renames are paired. */
  readonly counts: { readonly removed: number; readonly added: number; readonly common: number };
}

/** Compares two kernels. Changes are sorted by event, then in the order of the record. */
export function diff(earlier: Snapshot, later: Snapshot): Diff {
  const notComparable = findNotComparable(earlier, later);
  const lacks = new Set(notComparable.map(({ fact }) => fact));
  const [before, after] = lacks.has("conditions") ? withoutUndecided(earlier, later) : [earlier, later];
  const events = alignEvents(before.events, after.events, !lacks.has("existence"));
  const header = lacks.has("layout") ? undefined : commonFieldsChange(before, after, events.pairs);
  const noise = collectNoise();
  const context: RecordContext = {
    types: !lacks.has("types"),
    charFlipped: charSignFlipped(events.pairs),
    printFormat: !lacks.has("printFormat"),
    conditions: !lacks.has("conditions"),
    headerShift: header?.shiftBytes,
    noise: noise.add,
  };
  const prototypes = lacks.has("args") ? undefined : indexPrototypes(before, after);
  const args: ArgumentDiff = prototypes === undefined ? () => [] : argumentDiff(prototypes);
  const readTables = tableReader();
  const inside: ArgumentDiff = (was, is, event) => {
    const pair = { before: was, after: is };
    const call = syscallArgumentsChange(pair, event);
    const record = call === undefined ? recordChanges(pair, event, context) : [call];
    return [...record, ...symbolChanges(pair, event, readTables)];
  };

  const classes = new Map(after.events.map((event) => [event.class, event]));
  const found: FamilyChange[] = [];
  for (const { before: was, after: is } of events.pairs) {
    const event = refTo(is);
    const changes = [...identityChanges(was, is, event, classes, context), ...inside(was, is, event)];
    // Most events have no changes, and the family of those is never asked for.
    if (changes.length > 0) found.push(...changes.map((change) => ({ family: changeFamily(change, was, is), change })));
  }
  const paired = existenceChanges(before, after, events, (was, is, event) => [
    ...inside(was, is, event),
    ...args(was, is, event),
  ]);
  if (prototypes !== undefined) {
    const byTracepoint = tracepointChanges(before, after, events, prototypes);
    found.push(...byTracepoint.map((change) => ({ family: tracepointFamily(change), change })));
  }
  const tables = found.flatMap(({ change }) => (change.kind === "symbol-table-changed" ? [change] : []));
  const changes = [
    ...(header === undefined ? [] : [header]),
    ...(lacks.has("layout") ? [] : syscallContextChanges(before, after)),
    ...noise.changes(),
    ...paired,
    ...foldNullability(foldSiblings(found)),
    ...(lacks.has("values") ? [] : enumChanges(before, after, tables)),
  ];
  return { changes: sortByEvent(changes), notComparable, counts: events.counts };
}

/** What happened to an event as such, apart from its record. */
function identityChanges(
  before: TraceEvent,
  after: TraceEvent,
  event: EventRef,
  classes: ReadonlyMap<string | undefined, TraceEvent>,
  context: RecordContext,
): readonly Change[] {
  const changes: Change[] = [];
  if (before.class !== undefined && after.class !== undefined && before.class !== after.class) {
    const old = classes.get(before.class);
    const oldStruct = old === undefined ? "gone" : shapeOf(old) === shapeOf(after) ? "same" : "other";
    const names = { before: before.class, after: after.class };
    changes.push({ kind: "event-class-changed", event, siblings: [], ...names, oldStruct });
  }
  if (context.conditions && before.when !== after.when) {
    changes.push({
      kind: "event-condition-changed",
      event,
      siblings: [],
      ...(before.when === undefined ? {} : { before: before.when }),
      ...(after.when === undefined ? {} : { after: after.when }),
    });
  }
  return changes;
}

/** Events that exist in one kernel only, or go by another id in the other. */
function existenceChanges(
  before: Snapshot,
  after: Snapshot,
  events: EventAlignment,
  inside: ArgumentDiff,
): readonly Change[] {
  const tracepoints = new Set(after.tracepoints.map((tracepoint) => tracepoint.name));
  const removed = after.knows.existence ? events.removed : [];
  const added = before.knows.existence ? events.added : [];
  return [
    ...removed.map((gone): Change => {
      const tracepointKept = tracepoints.has(tracepointName(gone));
      return { kind: "event-removed", event: refTo(gone), siblings: [], tracepointKept };
    }),
    ...added.map((come): Change => ({ kind: "event-added", event: refTo(come), siblings: [] })),
    ...events.splits.map(({ before: was, parts, confidence }): Change => {
      return { kind: "event-split", event: refTo(was), siblings: [], parts: parts.map(refTo), confidence };
    }),
    ...events.renames.map(({ before: was, after: is, confidence }): Change => {
      const event = refTo(is);
      const kind = was.name === is.name ? "event-moved" : "event-renamed";
      const from = refTo(was);
      return { kind, event, siblings: [], from, confidence, inside: inside(was, is, event) };
    }),
  ];
}

/** The same table in many events is one table, whatever their classes. */
function changeFamily(change: Change, before: TraceEvent, after: TraceEvent): string {
  return change.kind === "symbol-table-changed" ? "table" : familyOf(before, after);
}

/** Events of a class share their prototype too; without a class a tracepoint stands for itself. */
function tracepointFamily(change: Change): string {
  if (!("event" in change)) return "";
  return `${change.event.system} ${change.event.class ?? change.event.id}`;
}

function findNotComparable(before: Snapshot, after: Snapshot): readonly NotComparable[] {
  const facts = ["layout", "types", "args", "printFormat", "values", "locations", "existence"] as const;
  return [
    ...facts.flatMap((fact) => lack(fact, before.knows[fact], after.knows[fact])),
    ...lack("class", knowsClasses(before), knowsClasses(after)),
    ...lackOfConditions(before, after),
  ];
}

function lack(fact: NotComparable["fact"], before: boolean, after: boolean): readonly NotComparable[] {
  if (before && after) return [];
  return [{ fact, missing: before ? "after" : after ? "before" : "both" }];
}

function knowsClasses(snapshot: Snapshot): boolean {
  return snapshot.events.length === 0 || snapshot.events.some((event) => event.class !== undefined);
}

/** Conditions stand in source only, and a configuration resolves them: both sides must be read alike. */
function lackOfConditions(before: Snapshot, after: Snapshot): readonly NotComparable[] {
  const [was, is] = [before, after].map(
    ({ kernel }) => kernel.origin.includes("source") && kernel.config === undefined,
  );
  return was === is ? [] : lack("conditions", was === true, is === true);
}

function sortByEvent(changes: readonly Change[]): readonly Change[] {
  const idOf = (change: Change): string => ("event" in change ? change.event.id : "*:*");
  return changes
    .map((change, index) => ({ change, id: idOf(change), index }))
    .sort((one, other) => compareText(one.id, other.id) || one.index - other.index)
    .map(({ change }) => change);
}
