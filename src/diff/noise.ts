// Recognises what differs everywhere for one reason, and tells it once per diff.
// Invariant: a field that noise explains appears in exactly one of these changes, and in no other change for that aspect.

import { eventId } from "../snapshot/model.ts";
import type { TraceEvent } from "../snapshot/model.ts";
import type { FieldPair } from "./align-fields.ts";
import type { EventPair } from "./align.ts";
import type { Change, PrintTexts } from "./change.ts";
import type { NoiseAspect } from "./field-aspect.ts";
import { compareText } from "./order.ts";
import { hasLengthText, isPlainChar } from "./type-text.ts";

/** Share of `char` fields that must have flipped for a compiler flag to be the cause. */
const FLIP_SHARE = 0.9;

/**
 * Whether plain `char` changed its sign for the whole kernel: since 6.2 the kernel is built with -funsigned-char
 * (Makefile@v6.2), before that the architecture decided.
 */
export function charSignFlipped(pairs: readonly EventPair[]): boolean {
  let flipped = 0;
  let kept = 0;
  for (const { before, after } of pairs) {
    for (const [position, field] of after.fields.entries()) {
      // A sample is enough: fields that kept their place.
      const was = before.fields[position];
      if (was?.name !== field.name || was.signed === undefined || field.signed === undefined) continue;
      if (was.type !== field.type || !isPlainChar(field.type)) continue;
      if (was.signed === field.signed) kept++;
      else flipped++;
    }
  }
  return flipped > 0 && flipped >= FLIP_SHARE * (flipped + kept);
}

/** Collects noise while records are compared. */
export interface NoiseCollector {
  readonly add: (aspect: NoiseAspect, event: TraceEvent, pair: Pick<FieldPair, "before" | "after">) => void;
  /** One change for each kind of noise seen (two where array lengths went both ways). */
  readonly changes: () => readonly Change[];
}

export function collectNoise(): NoiseCollector {
  const charFields = { signed: [] as string[], unsigned: [] as string[] };
  const lengths = { numbers: [] as string[], names: [] as string[] };
  const typed: string[] = [];
  const texts = new Map<string, PrintTexts>();
  return {
    add: (aspect, event, { before, after }) => {
      const name = `${eventId(event)}.${after.name}`;
      switch (aspect) {
        case "char-sign-flipped":
          charFields[after.signed === true ? "signed" : "unsigned"].push(name);
          break;
        case "array-length-text-changed":
          lengths[hasLengthText(after.type) ? "names" : "numbers"].push(name);
          break;
        case "type-text-changed":
          typed.push(name);
          texts.set(`${before.type} -> ${after.type}`, { before: before.type, after: after.type });
          break;
      }
    },
    changes: () => [
      ...some(charFields.unsigned, (fields) => ({ kind: "char-sign-flipped", fields, signedAfter: false })),
      ...some(charFields.signed, (fields) => ({ kind: "char-sign-flipped", fields, signedAfter: true })),
      ...some(lengths.numbers, (fields) => ({ kind: "array-length-text-changed", fields, numbersAfter: true })),
      ...some(lengths.names, (fields) => ({ kind: "array-length-text-changed", fields, numbersAfter: false })),
      ...some(typed, (fields) => ({
        kind: "type-text-changed",
        fields,
        texts: [...texts.keys()].sort(compareText).map((key) => texts.get(key) as PrintTexts),
      })),
    ],
  };
}

function some(fields: string[], change: (fields: readonly string[]) => Change): readonly Change[] {
  return fields.length === 0 ? [] : [change(fields.sort(compareText))];
}
