// Pairs the fields of one event in two kernels, likely renames included, and says which kept their order.
// Invariant: every field is in exactly one of `pairs`, `removed` and `added`; pairs come in the order of the later record.

import type { Field, TraceEvent } from "../snapshot/model.ts";
import { areOpposite, nameSimilarity } from "./similarity.ts";
import { elementType } from "./type-text.ts";

/** Below this a removed and an added field are reported as such, not as a rename. */
const FIELD_RENAME_THRESHOLD = 0.65;

/** What speaks for a rename; a value that is printed under the same word is the same value, whatever the code calls it. */
const WEIGHTS = {
  printedAlike: { name: 0.2, type: 0.25, place: 0.2, label: 0.35 },
  otherwise: { name: 0.45, type: 0.25, place: 0.2, label: 0 },
};

export interface FieldPair {
  readonly before: Field;
  readonly after: Field;
  readonly positionBefore: number;
  readonly positionAfter: number;
  /** 1 for equal names. */
  readonly confidence: number;
  /** Whether it is one of the fewest fields that must have been moved to explain the new order. */
  readonly moved: boolean;
}

export interface Placed {
  readonly field: Field;
  readonly position: number;
}

export interface FieldAlignment {
  readonly pairs: readonly FieldPair[];
  readonly removed: readonly Placed[];
  readonly added: readonly Placed[];
}

/** Pairs the fields of two versions of an event. */
export function alignFields(before: TraceEvent, after: TraceEvent): FieldAlignment {
  if (sameNames(before.fields, after.fields)) return { pairs: pairInPlace(before, after), removed: [], added: [] };
  const positions = new Map(occurrences(before.fields).map((name, position) => [name, position]));
  const namesAfter = occurrences(after.fields);
  const matched: Omit<FieldPair, "moved">[] = [];
  const added: Placed[] = [];
  after.fields.forEach((field, positionAfter) => {
    const name = namesAfter[positionAfter] as string;
    const positionBefore = positions.get(name);
    const same = positionBefore === undefined ? undefined : before.fields[positionBefore];
    if (positionBefore === undefined || same === undefined) added.push({ field, position: positionAfter });
    else matched.push({ before: same, after: field, positionBefore, positionAfter, confidence: 1 });
    positions.delete(name);
  });
  const removed = [...positions.values()].map((position) => ({ field: before.fields[position] as Field, position }));
  const renamed = pairRenames(before, after, removed, added, matched);
  matched.push(...renamed);
  matched.sort((one, other) => one.positionAfter - other.positionAfter);
  const kept = longestIncreasing(matched.map((pair) => pair.positionBefore));
  return {
    pairs: matched.map((pair, index) => ({ ...pair, moved: !kept.has(index) })),
    removed: removed.filter(({ position }) => !renamed.some((pair) => pair.positionBefore === position)),
    added: added.filter(({ position }) => !renamed.some((pair) => pair.positionAfter === position)),
  };
}

function sameNames(before: readonly Field[], after: readonly Field[]): boolean {
  return before.length === after.length && before.every(({ name }, position) => name === after[position]?.name);
}

/** The pairs of two records with the same names in the same order, as nearly all are. */
function pairInPlace(before: TraceEvent, after: TraceEvent): readonly FieldPair[] {
  return before.fields.map((field, position) => ({
    before: field,
    after: after.fields[position] as Field,
    positionBefore: position,
    positionAfter: position,
    confidence: 1,
    moved: false,
  }));
}

/** Names made unique: a record may hold a string and a number of the same name. */
function occurrences(fields: readonly Field[]): readonly string[] {
  const seen = new Map<string, number>();
  return fields.map(({ name }) => {
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times === 0 ? name : `${name}#${times}`;
  });
}

function pairRenames(
  before: TraceEvent,
  after: TraceEvent,
  removed: readonly Placed[],
  added: readonly Placed[],
  matched: readonly Omit<FieldPair, "moved">[],
): Omit<FieldPair, "moved">[] {
  if (removed.length === 0 || added.length === 0) return [];
  const usesBefore = printUses(before);
  const usesAfter = printUses(after);
  const scored: Omit<FieldPair, "moved">[] = [];
  for (const one of removed) {
    for (const other of added) {
      const isPrintedAlike = label(usesBefore, one.field) === label(usesAfter, other.field);
      const name = nameSimilarity(one.field.name, other.field.name);
      if ((name < 0.25 && !isPrintedAlike) || areOpposite(one.field.name, other.field.name)) continue;
      const isInSamePlace =
        gapOf(one.position, matched, "positionBefore") === gapOf(other.position, matched, "positionAfter");
      const weights = isPrintedAlike ? WEIGHTS.printedAlike : WEIGHTS.otherwise;
      const confidence =
        weights.name * name +
        weights.type * typeSimilarity(one.field, other.field) +
        weights.place * (isInSamePlace ? 1 : 0) +
        weights.label * (isPrintedAlike ? 1 : 0);
      if (confidence >= FIELD_RENAME_THRESHOLD) {
        scored.push({
          before: one.field,
          after: other.field,
          positionBefore: one.position,
          positionAfter: other.position,
          confidence,
        });
      }
    }
  }
  scored.sort(
    (one, other) =>
      other.confidence - one.confidence ||
      one.positionBefore - other.positionBefore ||
      one.positionAfter - other.positionAfter,
  );
  const takenBefore = new Set<number>();
  const takenAfter = new Set<number>();
  return scored.filter(({ positionBefore, positionAfter }) => {
    if (takenBefore.has(positionBefore) || takenAfter.has(positionAfter)) return false;
    takenBefore.add(positionBefore);
    takenAfter.add(positionAfter);
    return true;
  });
}

function typeSimilarity(before: Field, after: Field): number {
  if (before.type === after.type) return 1;
  if (before.kind !== after.kind) return elementType(before.type) === elementType(after.type) ? 0.5 : 0;
  if (before.type.includes("*") && after.type.includes("*")) return 0.7;
  return before.size !== undefined && before.size === after.size ? 0.6 : 0.3;
}

/** How many kept fields lie before a position: equal numbers mean the same gap between the same neighbours. */
function gapOf(
  position: number,
  matched: readonly Omit<FieldPair, "moved">[],
  side: "positionBefore" | "positionAfter",
): number {
  return matched.filter((pair) => pair[side] < position).length;
}

/** The word before each conversion in the print format, as `pid` in `pid=%d`, in the order of the fields used. */
function printUses(event: TraceEvent): ReadonlyMap<string, string> {
  const uses = new Map<string, string>();
  if (event.print === undefined) return uses;
  const labels = [...event.print.format.matchAll(/([\w-]*)\s*[=: ]?\s*%[-+ #0-9.*]*[a-zA-Z]+/g)].map(
    (match) => match[1] ?? "",
  );
  const fields = [...event.print.args.matchAll(/REC->(\w+)|__get_\w+\((\w+)/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
  if (labels.length !== fields.length) return uses;
  fields.forEach((field, position) => uses.set(field, labels[position] ?? ""));
  return uses;
}

function label(uses: ReadonlyMap<string, string>, field: Field): string {
  const word = uses.get(field.name);
  return word === undefined || word === "" ? `no label for ${field.name}` : word;
}

/** Indexes of a longest increasing run (not contiguous): what stayed in order when the rest was moved around it. */
export function longestIncreasing(values: readonly number[]): ReadonlySet<number> {
  const length: number[] = [];
  const previous: number[] = [];
  values.forEach((value, index) => {
    let best = -1;
    for (let earlier = 0; earlier < index; earlier++) {
      if ((values[earlier] as number) < value && (best < 0 || (length[earlier] as number) > (length[best] as number))) {
        best = earlier;
      }
    }
    length.push(best < 0 ? 1 : (length[best] as number) + 1);
    previous.push(best);
  });
  let at = length.indexOf(Math.max(0, ...length));
  const kept = new Set<number>();
  while (at >= 0) {
    kept.add(at);
    at = previous[at] as number;
  }
  return kept;
}
