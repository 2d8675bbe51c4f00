// A record as rows of bytes, and what became of each field since another kernel. Plain data for the drawing.
// Invariant: every byte up to the end of the record is in exactly one segment, fields that overlap aside.

import type { Field } from "../../snapshot/model.ts";
import { declare } from "../../rules/words.ts";

/** Bytes in a row of the drawing. */
export const ROW = 8;

/** A field that fills more rows than this is drawn with its first and its last row. */
const MAX_ROWS = 4;

export interface Segment {
  /** Bytes. */
  readonly length: number;
  /** Absent for padding. */
  readonly field?: Field;
  /** Whether the field's name belongs here: where it begins. */
  readonly isFirst: boolean;
}

export interface Row {
  /** Bytes from the start of the record. */
  readonly offset: number;
  readonly segments: readonly Segment[];
  /** How many rows full of one field are left out behind it. */
  readonly leftOut?: number;
}

/** The rows of a record; none where offsets are not known. */
export function rowsOf(fields: readonly Field[]): readonly Row[] {
  const placed = fields
    .flatMap((field) => (field.offset === undefined ? [] : [{ field, offset: field.offset, size: field.size ?? 0 }]))
    .sort((one, other) => one.offset - other.offset);
  const rows: { offset: number; segments: Segment[]; leftOut?: number }[] = [];
  let at = 0;
  const put = (length: number, field?: Field): void => {
    let isFirst = true;
    for (let rest = length; rest > 0;) {
      if (at % ROW === 0) {
        const full = Math.floor(rest / ROW);
        if (!isFirst && full > MAX_ROWS - 1) {
          const last = rows.at(-1);
          if (last) last.leftOut = full - 1;
          at += (full - 1) * ROW;
          rest -= (full - 1) * ROW;
        }
        rows.push({ offset: at, segments: [] });
      }
      const part = Math.min(rest, ROW - (at % ROW));
      rows.at(-1)?.segments.push({ length: part, isFirst, ...(field && { field }) });
      at += part;
      rest -= part;
      isFirst = false;
    }
  };
  for (const { field, offset, size } of placed) {
    if (offset > at) put(offset - at);
    if (offset + size > at) put(offset + size - at, field);
  }
  return rows;
}

/** What became of a field: `same`, or what differs. */
export type Fate = "same" | "moved" | "changed" | "new" | "gone";

/** What became of a field against the other kernel's record, by name, and in words. */
export function fateOf(
  field: Field,
  other: readonly Field[],
  isLater: boolean,
): { readonly fate: Fate; readonly text: string } {
  const twin = other.find(({ name }) => name === field.name);
  if (twin === undefined) return isLater ? { fate: "new", text: "new" } : { fate: "gone", text: "gone" };
  const then = isLater ? "was" : "becomes";
  const changes = [
    ...(twin.size === field.size ? [] : [`${then} ${twin.size ?? "?"} bytes`]),
    ...(isSameType(field, twin) ? [] : [`${then} ${declare(twin)}`]),
    ...(isSignChanged(field, twin) ? [`${then} ${twin.signed ? "signed" : "unsigned"}`] : []),
  ];
  const moves = twin.offset === field.offset ? [] : [`${isLater ? "was at" : "moves to"} ${twin.offset ?? "?"}`];
  const fate = changes.length > 0 ? "changed" : moves.length > 0 ? "moved" : "same";
  return { fate, text: [...moves, ...changes].join(", ") };
}

/** Kernels spell the length of an array as a number or as a macro; its bytes are the same. */
function isSameType(one: Field, other: Field): boolean {
  const elementOf = ({ type }: Field): string => type.replace(/\[.*\]$/, "");
  const isArray = one.kind === "array" && other.kind === "array" && one.size === other.size;
  return isArray ? elementOf(one) === elementOf(other) : one.type === other.type;
}

/** Plain `char` changed its sign in all kernels since 6.2, by a compiler flag; nobody means its number. */
function isSignChanged(one: Field, other: Field): boolean {
  const isPlainChar = /(?<!signed )\bchar\b/.test(one.type);
  return isSameType(one, other) && one.signed !== other.signed && !isPlainChar;
}
