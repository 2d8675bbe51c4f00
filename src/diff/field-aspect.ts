// Which single aspect of a field changed most, when both sides have the field.
// Invariant: at most one aspect per pair of fields, the one that hurts readers first; facts that one side lacks say nothing.

import type { Field } from "../snapshot/model.ts";
import { categoryOf, elementType, hasLengthText, isPlainChar, isText } from "./type-text.ts";

/** Aspects that are a change of the field itself. */
export type FieldAspect =
  | "field-kind-changed"
  | "field-array-length-changed"
  | "field-size-changed"
  | "field-sign-changed"
  | "field-type-changed";

/** Aspects that are the same everywhere, and told once per diff. */
export type NoiseAspect = "char-sign-flipped" | "array-length-text-changed" | "type-text-changed";

export interface AspectContext {
  /** Whether both sides know type text. */
  readonly types: boolean;
  /** Whether `char` changed its sign for the whole kernel. */
  readonly charFlipped: boolean;
}

/** The aspect in which two versions of a field differ, if any. */
export function fieldAspect(
  before: Field,
  after: Field,
  context: AspectContext,
): FieldAspect | NoiseAspect | undefined {
  if (before.kind !== after.kind) return "field-kind-changed";
  const retyped = context.types && before.type !== after.type;
  if (retyped && isText(before) !== isText(after)) return "field-type-changed";
  if (differ(before.length, after.length)) return "field-array-length-changed";
  if (differ(before.size, after.size)) return "field-size-changed";
  if (differ(before.signed, after.signed)) {
    const flip = context.charFlipped && isPlainChar(before.type) && isPlainChar(after.type);
    return flip ? "char-sign-flipped" : "field-sign-changed";
  }
  return retyped ? typeAspect(before, after) : undefined;
}

function typeAspect(before: Field, after: Field): FieldAspect | NoiseAspect {
  const [was, is] = [elementType(before.type), elementType(after.type)];
  if (was === is && hasLengthText(before.type) !== hasLengthText(after.type)) return "array-length-text-changed";
  if (was === is) return "type-text-changed";
  const category = categoryOf(before.type);
  if (category !== categoryOf(after.type)) return "field-type-changed";
  return category === "plain" ? "type-text-changed" : "field-type-changed";
}

function differ<T>(before: T | undefined, after: T | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}
