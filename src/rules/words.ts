// Phrases that messages share. Invariant: lower case, names quoted, no final stop.

import type { ArgShift, RecordEffect, Shift, Validity, ValueChange } from "../diff/change.ts";
import type { Arg, Field } from "../snapshot/model.ts";
import type { Outcome } from "./finding.ts";
import { readersOfShifted } from "./outcomes.ts";

/** Names shown of a long list. */
const SHOWN = 3;

export function quote(name: string): string {
  return `'${name}'`;
}

/** `'a'`, `'a' and 'b'`, `'a', 'b' and 4 more`. */
export function quoteAll(names: readonly string[]): string {
  return list(names.map(quote));
}

/** `a, b and c`, or the first few and how many more. */
export function list(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? "";
  if (items.length <= SHOWN) return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
  return `${items.slice(0, SHOWN - 1).join(", ")} and ${items.length - SHOWN + 1} more`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A field as C would declare it: `char comm[16]`, `__data_loc char[] name`. */
export function declare(field: Pick<Field, "name" | "type" | "kind">): string {
  const bracket = field.kind === "array" ? field.type.indexOf("[") : -1;
  if (bracket < 0) return declareArg(field);
  return `${declareArg({ type: field.type.slice(0, bracket).trim(), name: field.name })}${field.type.slice(bracket)}`;
}

/** An argument as C would declare it: `struct folio *folio`. */
export function declareArg({ type, name }: Pick<Arg, "type" | "name">): string {
  return type.endsWith("*") ? `${type.replace(/\s*(\*+)$/, " $1")}${name}` : `${type} ${name}`.trim();
}

/** What a pointer may be, beside valid. */
export const VALIDITY_TEXT: Readonly<Record<Validity, string>> = {
  valid: "valid",
  null: "may be NULL",
  error: "may be an error code",
};

/** `'rwbs' and 'comm' move by 2 bytes`; nothing where nothing moves. */
function describeShifts(effect: RecordEffect): string | undefined {
  if (effect.shifted.length === 0) return undefined;
  const distances = new Set(effect.shifted.map(distance));
  const [first] = distances;
  const by = distances.size === 1 && first !== undefined ? ` by ${plural(Math.abs(first), "byte")}` : "";
  return `${quoteAll(effect.shifted.map((shift) => shift.name))} ${effect.shifted.length === 1 ? "moves" : "move"}${by}`;
}

/** What readers of shifted fields at fixed offsets meet, as the end of a sentence. */
export function describeLayout(effect: RecordEffect): string {
  const shifts = describeShifts(effect);
  return shifts === undefined
    ? ""
    : `; ${shifts}, so readers at fixed offsets ${describeOldBytes(readersOfShifted(effect))}`;
}

/** What becomes of readers of bytes where a field used to be. */
export function describeOldBytes(outcome: Outcome): string {
  return outcome === "attach" ? "are refused when they attach" : "get other bytes without any error";
}

/** One knock-on effect: `rwbs: offset 32 -> 34`. */
export function describeShift({ name, before, after }: Shift): string {
  return `${name}: offset ${before.offset ?? "?"} -> ${after.offset ?? "?"}`;
}

/** `2 of 4`, positions as people count them. */
export function ordinal(position: number, count: number): string {
  return `${position + 1} of ${count}`;
}

export function describeArgShifts(shifted: readonly ArgShift[]): string {
  return quoteAll(shifted.map((shift) => shift.name || `argument ${shift.before + 1}`));
}

/** `NOT_SPECIFIED: 1 -> 2`. Labels are padded to make printed columns, which means nothing here. */
export function describeValue({ name, before, after }: ValueChange): string {
  return `${name.trim()}: ${before} -> ${after}`;
}

/** `QUICKACK: new, 7`; a source may know the label and not its number. */
export function describeNewValue({ name, after }: ValueChange): string {
  return `${name.trim()}: new${after === undefined ? "" : `, ${after}`}`;
}

/** `QUICKACK: gone, was 7`. */
export function describeGoneValue({ name, before }: ValueChange): string {
  return `${name.trim()}: gone${before === undefined ? "" : `, was ${before}`}`;
}

/** `87 %`. */
export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function distance({ before, after }: Shift): number {
  return (after.offset ?? 0) - (before.offset ?? 0);
}
