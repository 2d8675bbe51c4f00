// Compares what an event prints, without what only follows from a renamed field or a symbol table.
// Invariant: what differs by field names, white space or the spelling of constants alone yields nothing; tables are
// compared as tables (values.ts).

import type { Print } from "../snapshot/model.ts";
import type { PrintTexts } from "./change.ts";
import { foldConstants } from "./constant.ts";
import { withoutTables } from "./symbol-tables.ts";

export interface PrintDifference extends PrintTexts {
  readonly kind: "print-format-changed" | "print-args-changed";
}

/** What differs in the print format, given which fields go by another name. */
export function printDifference(
  before: Print,
  after: Print,
  renames: ReadonlyMap<string, string>,
): PrintDifference | undefined {
  if (words(before.format) !== words(after.format))
    return { kind: "print-format-changed", before: before.format, after: after.format };
  if (before.args === after.args) return undefined;
  const [was, is] = [withoutTables(renamed(before.args, renames)), withoutTables(after.args)];
  if (was === is) return undefined;
  const [one, other] = [normalize(was), normalize(is)];
  if (one === other) return undefined;
  if (macrosOf(one) !== macrosOf(other) && withoutMacros(one) === withoutMacros(other)) return undefined;
  return { kind: "print-args-changed", before: before.args, after: after.args };
}

/** The literal without leading, trailing and repeated white space, escaped or not. */
function words(format: string): string {
  return format.replaceAll(/(?:\s|\\[nt])+/g, " ").trim();
}

function renamed(args: string, renames: ReadonlyMap<string, string>): string {
  return renames.size === 0 ? args : args.replaceAll(/\w+/g, (word) => renames.get(word) ?? word);
}

/** Argument text without white space, counters of the preprocessor and spelling of constants. */
function normalize(args: string): string {
  return foldConstants(args.replaceAll(/__UNIQUE_ID_(\w*?)_?\d+/g, "__UNIQUE_ID_$1"));
}

const MACRO = /(?<!\w)(?!REC\b)[A-Z_][A-Z0-9_]+(?!\w)/g;

/** Names of constants, as kernel code spells them. */
function macrosOf(args: string): string {
  return [...new Set([...args.matchAll(MACRO)].map(([name]) => name))].sort().join(" ");
}

/** Arguments with every constant blanked: whether a source could resolve a name says nothing about the kernel. */
function withoutMacros(args: string): string {
  return args.replaceAll(MACRO, "0").replaceAll(/-?(?<![\w.])\d+(?:ULL|UL|U|LL|L)?(?![\w.])/gi, "0");
}
