// Compares what an event prints, without what only follows from a renamed field or a symbol table.
// Invariant: what differs by field names, white space or the spelling of constants alone yields nothing; symbol tables are values.ts's business.

import type { Print } from "../snapshot/model.ts";
import type { PrintTexts } from "./change.ts";

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
  // Tables that the sources resolved to numbers are compared as tables.
  const resolved = before.symbols !== undefined && after.symbols !== undefined;
  const plain = resolved ? withoutTables : (args: string): string => args;
  const [was, is] = [plain(renamed(before.args, renames)), plain(after.args)];
  if (was === is || normalize(was) === normalize(is)) return undefined;
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

/** More rounds than any real expression nests; what is left then is compared as it stands. */
const FOLD_ROUNDS = 24;

const CAST = /\(\s*(?:(?:unsigned|signed|long|short|int|char|[us]\d+|__u\d+|\w+_t)\s*)+\)/g;
const NUMBER = /(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)[uUlL]*(?![\w.])/g;

/** `((1UL)) << (10)` and `0x400u` -> `1024`, so that a rewritten macro is no change. Both sides get the same treatment. */
function foldConstants(args: string): string {
  let text = args
    .replaceAll(CAST, "")
    .replaceAll(NUMBER, (whole, digits: string) => (digits.length > 18 ? whole : BigInt(digits).toString()))
    .replaceAll(/\s+/g, "");
  for (let round = 0; round < FOLD_ROUNDS; round++) {
    const folded = text
      .replaceAll(/(?<!\w)\((~?\w+)\)/g, "$1")
      .replaceAll(/(?<![\w.])(\d{1,18})<<(\d{1,2})(?![\w.])/g, (_, value: string, by: string) =>
        String(BigInt(value) << BigInt(by)),
      )
      .replaceAll(
        /(?<![\w.<>*/%+-])(\d{1,18})([|+-])(\d{1,18})(?![\w.<>*/%])/g,
        (_, one: string, operator: string, other: string) =>
          operator === "|"
            ? String(BigInt(one) | BigInt(other))
            : String(operator === "+" ? BigInt(one) + BigInt(other) : BigInt(one) - BigInt(other)),
      );
    if (folded === text) break;
    text = folded;
  }
  return text;
}

/** `{ 1, "A" }, { 2, "B" }` -> nothing: the entries of `__print_symbolic` and `__print_flags`. */
function withoutTables(args: string): string {
  return args.replaceAll(/,?\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/g, "");
}
