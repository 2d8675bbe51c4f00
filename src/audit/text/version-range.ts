// Conditions on the version of the kernel, as C preprocessor text, turned into ranges of semver. Invariant: a range is exact;
// a condition with anything in it whose truth the version does not decide has none.

import { parseVersion } from "../../snapshot/version.ts";
import { C, type Token, tokenize } from "./scan.ts";

/** Versions as numbers in the order of releases; each pair is from the first up to but not including the second. */
type Intervals = readonly (readonly [number, number])[];

const NONE: Intervals = [];

/** A reader's place in the tokens of a condition. */
interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

/**
 * The kernels on which a condition holds: `LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)` is `>=5.14.0`. Understands `!`,
 * `&&`, `||`, parentheses, LTTng's ranges (those of distributions hold on no upstream kernel) and a number for the version,
 * as `0x050e00` or `331264`. Undefined for anything else.
 */
export function versionRange(condition: string): string | undefined {
  const tokens = tokenize(condition, C);
  if (tokens.length > 400 || !tokens.some(({ text }) => /VERSION|_KERNEL_RANGE$/.test(text))) return undefined;
  const cursor: Cursor = { tokens, at: 0 };
  const intervals = either(cursor, 0);
  return intervals && cursor.at === tokens.length ? rangeText(intervals) : undefined;
}

function rangeText(intervals: Intervals): string {
  if (intervals.length === 0) return "<0.0.0";
  return intervals
    .map(([from, to]) => [from > 0 ? `>=${semver(from)}` : "", to < Infinity ? `<${semver(to)}` : ""])
    .map((ends) => ends.filter(Boolean).join(" ") || "*")
    .join(" || ");
}

function either(cursor: Cursor, depth: number): Intervals | undefined {
  let left = both(cursor, depth);
  while (take(cursor, "||")) {
    const right = both(cursor, depth);
    left = left && right && complement(intersect(complement(left), complement(right)));
  }
  return left;
}

function both(cursor: Cursor, depth: number): Intervals | undefined {
  let left = single(cursor, depth);
  while (take(cursor, "&&")) {
    const right = single(cursor, depth);
    left = left && right && intersect(left, right);
  }
  return left;
}

function single(cursor: Cursor, depth: number): Intervals | undefined {
  if (depth > 50) return undefined;
  if (take(cursor, "!")) {
    const inner = single(cursor, depth + 1);
    return inner && complement(inner);
  }
  if (take(cursor, "(")) {
    const inner = either(cursor, depth + 1);
    return take(cursor, ")") ? inner : undefined;
  }
  return namedRange(cursor) ?? comparison(cursor);
}

/** `LTTNG_KERNEL_RANGE(5,10,163, 5,11,0)`, and `LTTNG_UBUNTU_KERNEL_RANGE(...)`, which needs a macro of that distribution. */
function namedRange(cursor: Cursor): Intervals | undefined {
  const name = cursor.tokens[cursor.at]?.text ?? "";
  if (!name.endsWith("_KERNEL_RANGE")) return undefined;
  cursor.at++;
  const numbers = numbersInParentheses(cursor);
  if (!numbers) return undefined;
  if (/^[A-Z]+_[A-Z]+_KERNEL_RANGE$/.test(name)) return NONE;
  const from = release(numbers.slice(0, 3));
  const to = release(numbers.slice(3));
  return from === undefined || to === undefined ? undefined : [[from, to]];
}

const RUNNING = new Set(["LINUX_VERSION_CODE", "LINUX_KERNEL_VERSION", "LTTNG_LINUX_VERSION_CODE", "__KERNEL_VERSION"]);
const MIRRORED: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };

function comparison(cursor: Cursor): Intervals | undefined {
  const left = operand(cursor);
  const operator = cursor.tokens[cursor.at++]?.text ?? "";
  const right = operand(cursor);
  if (left === "running" && typeof right === "number") return compared(operator, right);
  if (typeof left === "number" && right === "running") return compared(MIRRORED[operator] ?? operator, left);
  if (left === "distribution" && right !== undefined) return zeroCompared(operator, right === 0);
  return undefined;
}

/** Whether 0 compares to a number so: to 0 itself, or to something greater. */
function zeroCompared(operator: string, isZero: boolean): Intervals {
  const holds = isZero ? ["==", "<=", ">="] : ["!=", "<", "<="];
  return holds.includes(operator) ? complement(NONE) : NONE;
}

function compared(operator: string, version: number): Intervals | undefined {
  const below: Intervals = version > 0 ? [[0, version]] : NONE;
  const upTo: Intervals = [[0, version + 1]];
  const table: Readonly<Record<string, Intervals>> = {
    "<": below,
    ">=": complement(below),
    "<=": upTo,
    ">": complement(upTo),
    "==": [[version, version + 1]],
    "!=": complement([[version, version + 1]]),
  };
  return table[operator];
}

/** Versions of distributions, such as `LTTNG_SLE_VERSION_CODE` and `RHEL_RELEASE_CODE`, which are 0 upstream. */
const DISTRIBUTION_CODE = /^(?!LTTNG_LINUX)\w+_(?:VERSION|RELEASE)_CODE$/;
const DISTRIBUTION_VERSION = /^(?!\w*KERNEL)\w+_(?:VERSION|RELEASE_VERSION)$/;

type Operand = number | "running" | "distribution" | "distribution's version";

function operand(cursor: Cursor): Operand | undefined {
  const token = cursor.tokens[cursor.at++];
  if (!token) return undefined;
  if (RUNNING.has(token.text)) return "running";
  if (DISTRIBUTION_CODE.test(token.text)) return "distribution";
  if (DISTRIBUTION_VERSION.test(token.text)) {
    return numbersInParentheses(cursor) ? "distribution's version" : undefined;
  }
  if (token.text.endsWith("KERNEL_VERSION")) return release(numbersInParentheses(cursor) ?? []);
  if (token.kind !== "number") return undefined;
  const code = Number(token.text);
  if (code === 0) return 0;
  return Number.isInteger(code) ? release([code >> 16, (code >> 8) & 255, code & 255]) : undefined;
}

function numbersInParentheses(cursor: Cursor): readonly number[] | undefined {
  if (!take(cursor, "(")) return undefined;
  const numbers: number[] = [];
  do numbers.push(Number(cursor.tokens[cursor.at++]?.text));
  while (take(cursor, ","));
  return take(cursor, ")") && numbers.every((number) => number >= 0) ? numbers : undefined;
}

function take(cursor: Cursor, text: string): boolean {
  if (cursor.tokens[cursor.at]?.text !== text) return false;
  cursor.at++;
  return true;
}

/** `2.6.38` becomes `2.38.0` as everywhere else; LTTng's fourth number is left out. */
function release(numbers: readonly number[]): number | undefined {
  if (numbers.length < 3) return undefined;
  const [major = 0, minor = 0, patch = 0] = numbers;
  const version = parseVersion(`${major}.${minor}.${patch}`) ?? { major, minor, patch };
  return version.major * 1e8 + version.minor * 1e4 + version.patch;
}

function semver(version: number): string {
  return `${Math.floor(version / 1e8)}.${Math.floor(version / 1e4) % 1e4}.${version % 1e4}`;
}

function complement(intervals: Intervals): Intervals {
  const gaps: [number, number][] = [];
  let from = 0;
  for (const [start, end] of intervals) {
    if (start > from) gaps.push([from, start]);
    from = end;
  }
  if (from < Infinity) gaps.push([from, Infinity]);
  return gaps;
}

function intersect(left: Intervals, right: Intervals): Intervals {
  return left.flatMap(([from, to]) =>
    right.flatMap(([start, end]): [number, number][] =>
      Math.max(from, start) < Math.min(to, end) ? [[Math.max(from, start), Math.min(to, end)]] : [],
    ),
  );
}
