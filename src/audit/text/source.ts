// A tokenized file and the ways readers walk over it: calls, their arguments, brackets, functions. Invariant: every walk is
// linear in the tokens, since groups in brackets are skipped by a table and argument lists are ranges, not copies.

import type { ToolFile } from "../reader.ts";
import { lineFinder } from "./lines.ts";
import { type Dialect, type Token, tokenize } from "./scan.ts";

export interface Source {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** For each bracket the index of its partner, -1 for other tokens and for brackets without partner. */
  readonly partner: Int32Array;
  /** The line of a token. */
  readonly lineAt: (index: number) => number;
}

/** Tokens from `from` up to but not including `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Call {
  readonly name: string;
  /** Index of the name. */
  readonly at: number;
  readonly args: readonly Range[];
  /** What stands within the parentheses. */
  readonly inside: Range;
}

export interface FunctionBody {
  readonly name: string;
  /** Index of the name. */
  readonly at: number;
  readonly params: readonly Range[];
  readonly body: Range;
}

/** Tokenizes a file. */
export function sourceOf(file: Pick<ToolFile, "text">, dialect: Dialect): Source {
  const tokens = tokenize(file.text, dialect);
  const line = lineFinder(file.text);
  return { text: file.text, tokens, partner: partners(tokens), lineAt: (index) => line(tokens[index]?.start ?? 0) };
}

const CLOSES: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

function partners(tokens: readonly Token[]): Int32Array {
  const partner = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  tokens.forEach((token, index) => {
    if (token.kind !== "punct") return;
    if (token.text === "(" || token.text === "[" || token.text === "{") open.push(index);
    const wanted = CLOSES[token.text];
    if (wanted === undefined || tokens[open.at(-1) ?? -1]?.text !== wanted) return;
    const start = open.pop()!;
    partner[start] = index;
    partner[index] = start;
  });
  return partner;
}

/** Whether a token is this word or sign; a string never is. */
export function isToken(source: Source, index: number, text: string): boolean {
  const token = source.tokens[index];
  return token !== undefined && token.kind !== "string" && token.text === text;
}

/** All calls of functions or macros whose name is wanted, in the order of the text. */
export function callsOf(source: Source, wanted: (name: string) => boolean, range?: Range): readonly Call[] {
  const calls: Call[] = [];
  const end = range?.to ?? source.tokens.length;
  for (let at = range?.from ?? 0; at < end; at++) {
    const token = source.tokens[at]!;
    if (token.kind !== "word" || !wanted(token.text)) continue;
    const open = callParenthesis(source, at + 1);
    const inside = isToken(source, open, "(") ? insideOf(source, open) : undefined;
    if (inside) calls.push({ name: token.text, at, args: splitAtCommas(source, inside), inside });
  }
  return calls;
}

/** Rust and C++ put type arguments before the parenthesis: `read_at::<u32>(8)`. */
function callParenthesis(source: Source, at: number): number {
  if (!isToken(source, at, "::") || !isToken(source, at + 1, "<")) return at;
  for (let next = at + 2; next < at + 40; next++) {
    if (isToken(source, next, ">") && isToken(source, next + 1, "(")) return next + 1;
  }
  return at;
}

/** What stands between a bracket and its partner; undefined for other tokens and brackets without partner. */
export function insideOf(source: Source, open: number): Range | undefined {
  const token = source.tokens[open];
  if (!token || token.kind !== "punct" || !/^[([{]$/.test(token.text)) return undefined;
  const close = source.partner[open]!;
  return close < 0 ? undefined : { from: open + 1, to: close };
}

/** The parts of a list, divided by commas outside of all brackets; an empty list has none. */
export function splitAtCommas(source: Source, range: Range): readonly Range[] {
  const parts: Range[] = [];
  let from = range.from;
  for (let at = range.from; at < range.to; at++) {
    const partner = source.partner[at]!;
    if (partner > at) at = partner;
    else if (isToken(source, at, ",")) {
      parts.push({ from, to: at });
      from = at + 1;
    }
  }
  if (from < range.to) parts.push({ from, to: range.to });
  return parts;
}

/** The value of a range that is string literals and nothing else; neighbours are joined. */
export function literalOf(source: Source, range: Range | undefined): string | undefined {
  if (!range || range.from >= range.to) return undefined;
  let value = "";
  for (let at = range.from; at < range.to; at++) {
    // A range may reach beyond the end of a file that was cut off.
    const token = source.tokens[at];
    if (token?.kind !== "string") return undefined;
    value += token.text;
  }
  return value;
}

/** The one word of a range, with `&` before it or not. */
export function wordOf(source: Source, range: Range | undefined): string | undefined {
  if (!range) return undefined;
  const from = isToken(source, range.from, "&") ? range.from + 1 : range.from;
  const token = source.tokens[from];
  return token?.kind === "word" && range.to === from + 1 ? token.text : undefined;
}

/** Names that a file gives to literals, as `#define X "x"`, `x = "x"` or `x := "x"`; those with two values are left out. */
export function literalNames(source: Source): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const ambiguous = new Set<string>();
  const note = (name: string, value: string): void => {
    if ((names.get(name) ?? value) !== value) ambiguous.add(name);
    names.set(name, value);
  };
  source.tokens.forEach((token, index) => {
    const macro = token.kind === "directive" ? /^#\s*define\s+(\w+)\s+"([^"\\]*)"$/.exec(token.text) : undefined;
    if (macro) note(macro[1]!, macro[2]!);
    if (!isToken(source, index, "=") && !isToken(source, index, ":=")) return;
    const value = source.tokens[index + 1];
    const name = assignedName(source, index - 1);
    if (name !== undefined && value?.kind === "string") note(name, value.text);
  });
  for (const name of ambiguous) names.delete(name);
  return names;
}

/** The name before `=`, or before `: &str =` and `[] =`. */
function assignedName(source: Source, last: number): string | undefined {
  const at = isToken(source, last, "]") && isToken(source, last - 1, "[") ? last - 2 : last;
  for (let before = at; before > at - 6 && before > 0; before--) {
    if (isToken(source, before, ":")) return source.tokens[before - 1]!.text;
  }
  const token = source.tokens[at];
  return token?.kind === "word" ? token.text : undefined;
}

/** The value of a range that is a literal, or one of `names`. */
export function valueOf(
  source: Source,
  range: Range | undefined,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const word = wordOf(source, range);
  return literalOf(source, range) ?? (word === undefined ? undefined : names.get(word));
}

/** The text of a range as it stands in the file. */
export function textOf(source: Source, range: Range): string {
  if (range.from >= range.to) return "";
  return source.text.slice(source.tokens[range.from]!.start, source.tokens[range.to - 1]!.end);
}

const NO_FUNCTIONS = new Set(["if", "for", "while", "switch", "catch", "__attribute__"]);

/** The functions that a C or C++ file defines, those in namespaces and classes included. */
export function functionsOf(source: Source): readonly FunctionBody[] {
  const functions: FunctionBody[] = [];
  for (let at = 0; at < source.tokens.length; at++) {
    if (!isToken(source, at, "{")) continue;
    const body = insideOf(source, at);
    if (!body) continue;
    const head = functionHead(source, at - 1);
    if (head) functions.push({ ...head, body });
    if (head || isToken(source, at - 1, "=")) at = body.to;
  }
  return functions;
}

function functionHead(source: Source, last: number): Omit<FunctionBody, "body"> | undefined {
  let close = last;
  while (source.tokens[close]?.kind === "directive") close--;
  while (source.tokens[close]?.kind === "word" && close > last - 3) close--;
  for (let tries = 0; tries < 3 && isToken(source, close, ")"); tries++) {
    const open = source.partner[close]!;
    if (open < 1) return undefined;
    const name = source.tokens[open - 1]!;
    if (name.kind !== "word") return undefined;
    if (!NO_FUNCTIONS.has(name.text)) {
      return { name: name.text, at: open - 1, params: splitAtCommas(source, { from: open + 1, to: close }) };
    }
    if (name.text !== "__attribute__") return undefined;
    close = open - 2;
  }
  return undefined;
}
