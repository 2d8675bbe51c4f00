// Compares two versions of one event: its fields, where they lie, and what is printed of them.
// Invariant: every moved byte has one cause; a shift that follows from another change is listed there and nowhere else.

import { type Field, recordEnd, type TraceEvent } from "../snapshot/model.ts";
import { alignFields } from "./align-fields.ts";
import type { FieldAlignment, FieldPair, Placed } from "./align-fields.ts";
import type { EventPair } from "./align.ts";
import type { Change, ChangeOf, EventRef, RecordEffect, Shift } from "./change.ts";
import { fieldAspect } from "./field-aspect.ts";
import type { AspectContext } from "./field-aspect.ts";
import { attributeShifts } from "./knock-on.ts";
import type { KnockOn } from "./knock-on.ts";
import type { NoiseCollector } from "./noise.ts";
import { printDifference } from "./print.ts";
import { isPlainChar } from "./type-text.ts";

/** What all events of a diff have in common. */
export interface RecordContext extends AspectContext {
  readonly printFormat: boolean;
  /** Whether `when` can be compared. */
  readonly conditions: boolean;
  /** Bytes that the common header moved everything by, if it changed. */
  readonly headerShift: number | undefined;
  /** Takes what is told once per diff. */
  readonly noise: NoiseCollector["add"];
}

type Cause = (effect: RecordEffect) => Change;

const NOTHING_MOVED: KnockOn<Cause> = { moved: new Map(), uncaused: [] };

/** All changes of the record, in the order of the later record. */
export function recordChanges(pair: EventPair, event: EventRef, context: RecordContext): readonly Change[] {
  const { before, after } = pair;
  if (equalRecords(before, after, context)) {
    if (context.charFlipped) tellFlips(pair, context);
    return [];
  }
  const alignment = alignFields(before, after);
  const anchors = alignment.pairs.filter((kept) => !kept.moved);
  const causes = findCauses(alignment, anchors, pair, event, context);
  const gaps = new Map<number, Cause[]>();
  for (const { cause, at } of causes) for (const gap of at) gaps.set(gap, [...(gaps.get(gap) ?? []), cause]);

  const placed = anchors.map((kept) => offsetShift(kept));
  const known = placed.every((shift) => shift !== undefined);
  const first = gaps.has(0) ? undefined : placed[0];
  const baseline = context.headerShift === undefined ? 0 : (first ?? context.headerShift);
  const { moved, uncaused } = known ? attributeShifts(placed, gaps, baseline) : NOTHING_MOVED;
  const ends = { ...endOf("endBefore", before.fields), ...endOf("endAfter", after.fields) };
  const shiftsAt = (indexes: readonly number[]): Shift[] =>
    indexes
      .map((index) => anchors[index] as FieldPair)
      .map((kept) => ({ name: kept.after.name, before: kept.before, after: kept.after }));

  const print = comparePrint(pair, alignment, context);
  const changes = causes.map(({ cause, self }, index) =>
    cause({
      shifted: shiftsAt((moved.get(cause) ?? []).filter((anchor) => anchors[anchor] !== self)),
      ...ends,
      ...(print !== undefined && index === 0 ? { print: { before: print.before, after: print.after } } : {}),
    }),
  );
  if (uncaused.length > 0 && context.headerShift === undefined) {
    changes.push(repacked({ shifted: shiftsAt(uncaused), ...ends }, event, placed[uncaused[0] as number] ?? 0));
  }
  if (print !== undefined && causes.length === 0) changes.push({ ...print, event, siblings: [] });
  return changes;
}

/** Whether nothing that this file compares differs: nearly all events of nearly all pairs of kernels. */
function equalRecords(before: TraceEvent, after: TraceEvent, context: RecordContext): boolean {
  return (
    before.fields.length === after.fields.length &&
    before.fields.every((field, index) => equalFields(field, after.fields[index] as Field, context)) &&
    before.print?.format === after.print?.format &&
    before.print?.args === after.print?.args
  );
}

/** Tells of the `char` fields of two records that are equal otherwise, of which some kernels have thousands. */
function tellFlips({ before, after }: EventPair, context: RecordContext): void {
  for (const [index, field] of after.fields.entries()) {
    const was = before.fields[index] as Field;
    if (was.signed !== field.signed) context.noise("char-sign-flipped", after, { before: was, after: field });
  }
}

function equalFields(before: Field, after: Field, { charFlipped }: RecordContext): boolean {
  return (
    before.name === after.name &&
    before.type === after.type &&
    before.offset === after.offset &&
    before.size === after.size &&
    (before.signed === after.signed || (charFlipped && isFlip(before, after))) &&
    before.kind === after.kind &&
    before.length === after.length &&
    before.when === after.when
  );
}

function isFlip(before: Field, after: Field): boolean {
  return before.signed !== undefined && after.signed !== undefined && isPlainChar(before.type);
}

interface PlacedCause {
  readonly cause: Cause;
  /** Gaps between anchors from which it can push what follows. */
  readonly at: readonly number[];
  /** Position in the later record; what is gone comes right after the field it followed. */
  readonly order: number;
  /** The pair it happened to. */
  readonly self?: FieldPair;
}

function findCauses(
  alignment: FieldAlignment,
  anchors: readonly FieldPair[],
  pair: EventPair,
  event: EventRef,
  context: RecordContext,
): readonly PlacedCause[] {
  const gapBefore = (position: number): number => anchors.filter((kept) => kept.positionBefore < position).length;
  const gapAfter = (position: number): number => anchors.filter((kept) => kept.positionAfter < position).length;
  const lastKept = Math.max(-1, ...alignment.pairs.map((kept) => kept.positionAfter));
  const causes: PlacedCause[] = [];
  for (const { field, position } of alignment.removed) {
    const gap = gapBefore(position);
    const printed = context.printFormat && shows(pair.before, field);
    causes.push({
      cause: (effect) => ({ kind: "field-removed", event, siblings: [], field, position, printed, effect }),
      at: [gap],
      order: (anchors[gap - 1]?.positionAfter ?? -1) + 0.5,
    });
  }
  for (const { fields, position } of runsOf(alignment.added)) {
    const kind = position > lastKept ? "field-appended" : "field-inserted";
    causes.push({
      cause: (effect) => ({ kind, event, siblings: [], fields, position, effect }),
      at: [gapAfter(position)],
      order: position,
    });
  }
  for (const kept of alignment.pairs) {
    const cause = pairCause(kept, pair, event, context);
    if (cause === undefined) continue;
    const gap = gapAfter(kept.positionAfter);
    // A field that grew may have moved itself too, to keep its alignment.
    const resized = kept.before.size === kept.after.size ? [] : [gap, gap + 1];
    const at = kept.moved ? [gapBefore(kept.positionBefore), gap] : resized;
    causes.push({ cause, at, order: kept.positionAfter, self: kept });
  }
  return causes.sort((one, other) => one.order - other.order);
}

/** Whether the print format shows a field. */
function shows({ print }: TraceEvent, { name }: Field): boolean {
  return print !== undefined && (print.args.match(/\w+/g)?.includes(name) ?? false);
}

/** Added fields that lie side by side, together. */
function runsOf(added: readonly Placed[]): readonly { readonly fields: readonly Field[]; readonly position: number }[] {
  const runs: { fields: Field[]; position: number }[] = [];
  for (const { field, position } of added) {
    const last = runs.at(-1);
    if (last !== undefined && last.position + last.fields.length === position) last.fields.push(field);
    else runs.push({ fields: [field], position });
  }
  return runs;
}

/** What happened to one kept field itself; noise goes to the context. */
function pairCause(kept: FieldPair, pair: EventPair, event: EventRef, context: RecordContext): Cause | undefined {
  const { before, after, moved, confidence } = kept;
  const aspect = fieldAspect(before, after, context);
  const facts = { event, siblings: [], before, after, moved };
  if (before.name !== after.name) return (effect) => ({ kind: "field-renamed", ...facts, confidence, effect });
  switch (aspect) {
    case "char-sign-flipped":
    case "array-length-text-changed":
    case "type-text-changed":
      context.noise(aspect, pair.after, kept);
      break;
    case undefined:
      break;
    default:
      return (effect) => ({ kind: aspect, ...facts, effect });
  }
  if (moved) return (effect) => ({ kind: "field-moved", ...facts, effect });
  const [was, is] = [ownCondition(before, pair.before), ownCondition(after, pair.after)];
  if (!context.conditions || was === is) return undefined;
  return (effect) => ({
    kind: "field-condition-changed",
    event,
    siblings: [],
    field: after,
    effect,
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
  });
}

/** A field under the very condition of its event has none of its own. */
function ownCondition(field: Field, event: TraceEvent): string | undefined {
  return field.when === event.when ? undefined : field.when;
}

function offsetShift(kept: FieldPair): number | undefined {
  const { before, after } = kept;
  return before.offset === undefined || after.offset === undefined ? undefined : after.offset - before.offset;
}

function endOf<Key extends string>(key: Key, fields: readonly Field[]): { readonly [K in Key]?: number } {
  const end = recordEnd(fields);
  return end === undefined ? {} : ({ [key]: end } as { readonly [K in Key]?: number });
}

function comparePrint(
  { before, after }: EventPair,
  alignment: FieldAlignment,
  context: RecordContext,
): ReturnType<typeof printDifference> {
  if (!context.printFormat || before.print === undefined || after.print === undefined) return undefined;
  const renamed = alignment.pairs.filter((kept) => kept.before.name !== kept.after.name);
  return printDifference(
    before.print,
    after.print,
    new Map(renamed.map((kept) => [kept.before.name, kept.after.name])),
  );
}

/** The same fields at other offsets: only the packing of the record can explain it. */
function repacked(effect: RecordEffect, event: EventRef, shift: number): ChangeOf<"record-shrunk" | "record-grown"> {
  const growth = (effect.endAfter ?? 0) - (effect.endBefore ?? 0) || shift;
  return { kind: growth < 0 ? "record-shrunk" : "record-grown", event, siblings: [], effect };
}
