// Folds constant expressions in the text of print arguments, so that a macro spelled otherwise is no change.
// Invariant: text that is no constant stays as it is, and equal text gives equal text.

/** More rounds than any real expression nests; what is left then is compared as it stands. */
const FOLD_ROUNDS = 24;

const CAST = /\(\s*(?:(?:unsigned|signed|long|short|int|char|[us]\d+|__u\d+|\w+_t)\s*)+\)/g;
const NUMBER = /(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)[uUlL]*(?![\w.])/g;
const PARENTHESES = /(?<!\w)\((~?\w+(?:(?:->|\.)\w+)*)\)/g;
const SHIFT = /(?<![\w.])(\d{1,18})<<(\d{1,2})(?![\w.])/g;
const SUM = /(?<![\w.<>*/%+-])(\d{1,18})([|+-])(\d{1,18})(?![\w.<>*/%])/g;

/** `((1UL)) << (10)` and `0x400u` -> `1024`. Blanks, casts and needless parentheses go. */
export function foldConstants(expression: string): string {
  let text = expression
    .replaceAll(CAST, "")
    .replaceAll(NUMBER, (whole, digits: string) => (digits.length > 18 ? whole : BigInt(digits).toString()))
    .replaceAll(/\s+/g, "");
  for (let round = 0; round < FOLD_ROUNDS; round++) {
    const folded = text
      .replaceAll(PARENTHESES, "$1")
      .replaceAll(SHIFT, (_, value: string, by: string) => String(BigInt(value) << BigInt(by)))
      .replaceAll(SUM, (_, one: string, operator: string, other: string) =>
        String(compute(BigInt(one), operator, BigInt(other))),
      );
    if (folded === text) break;
    text = folded;
  }
  return text;
}

/** The number that an expression is, where it is one. */
export function constantOf(expression: string): number | undefined {
  const value = Number(/^-?\d+$/.test(expression) ? expression : foldConstants(expression));
  return Number.isFinite(value) && expression !== "" ? value : undefined;
}

function compute(one: bigint, operator: string, other: bigint): bigint {
  if (operator === "|") return one | other;
  return operator === "+" ? one + other : one - other;
}
