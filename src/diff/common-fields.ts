// Compares the header that every record begins with. Invariant: at most one change, however many events it moves.

import type { Field, Snapshot } from "../snapshot/model.ts";
import type { EventPair } from "./align.ts";
import type { ChangeOf } from "./change.ts";

/** The change of the common header (`struct trace_entry`), if there is one. */
export function commonFieldsChange(
  before: Snapshot,
  after: Snapshot,
  pairs: readonly EventPair[],
): ChangeOf<"common-fields-changed"> | undefined {
  const [was, is] = [before.commonFields, after.commonFields];
  if (was.length === 0 || is.length === 0) return undefined;
  const same = was.length === is.length && was.every((field, index) => equivalent(field, is[index] as Field));
  if (same) return undefined;
  return {
    kind: "common-fields-changed",
    before: was,
    after: is,
    removed: missingFrom(was, is),
    added: missingFrom(is, was),
    shiftBytes: commonestShift(pairs) ?? end(is) - end(was),
  };
}

function equivalent(before: Field, after: Field): boolean {
  return (
    before.name === after.name &&
    before.offset === after.offset &&
    before.size === after.size &&
    before.kind === after.kind &&
    (before.signed === undefined || after.signed === undefined || before.signed === after.signed)
  );
}

function missingFrom(fields: readonly Field[], others: readonly Field[]): readonly string[] {
  const names = new Set(others.map((field) => field.name));
  return fields.filter((field) => !names.has(field.name)).map((field) => field.name);
}

/**
 * By how much first fields moved in most events: alignment makes it more than the header grew by.
 * Two bytes appended to a header of 8 move an `int` by 4 and a `u64` by 8.
 */
function commonestShift(pairs: readonly EventPair[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { before, after } of pairs) {
    const [was, is] = [before.fields[0], after.fields[0]];
    if (was?.offset === undefined || is?.offset === undefined || was.name !== is.name) continue;
    const shift = is.offset - was.offset;
    counts.set(shift, (counts.get(shift) ?? 0) + 1);
  }
  const ranked = [...counts].sort(([oneShift, one], [otherShift, other]) => other - one || oneShift - otherShift);
  return ranked[0]?.[0];
}

function end(fields: readonly Field[]): number {
  return Math.max(0, ...fields.map((field) => (field.offset ?? 0) + (field.size ?? 0)));
}
