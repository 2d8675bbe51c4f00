// Finds the tables that print arguments name values with: __print_symbolic, __print_flags and their 64-bit forms.
// Invariant: text outside string literals is split at depth 0 only; a table that makes no sense is left out.

import type { Print } from "../snapshot/model.ts";
import { constantOf } from "./constant.ts";

/** Label -> number, or nothing where a source could not resolve the symbol. */
export type SymbolTable = ReadonlyMap<string, number | undefined>;

const CALL = /__print_(?:symbolic|flags)(?:64|_u64)?\(/g;
const ENTRY = /\{([^{}"]*),\s*"((?:[^"\\]|\\.)*)"\s*\}/g;

/** Reads the tables of an event, by the expression whose values they name; several of one expression are one. */
export type TableReader = (print: Print) => ReadonlyMap<string, SymbolTable>;

/** A reader that gives equal texts the same table: events of a class print alike, and many classes print one table. */
export function tableReader(): TableReader {
  const tableOf = remember(parseEntries);
  const tablesOf = remember((args: string) => {
    const found = [...entriesByExpression(args)];
    return new Map(found.map(([expression, entries]) => [expression, tableOf(entries)]));
  });
  return ({ args, symbols }) => {
    if (symbols === undefined) return tablesOf(args);
    return new Map(
      Object.entries(symbols).map(([expression, labels]) => [expression, new Map(Object.entries(labels))]),
    );
  };
}

/** The function, which is asked once for each text. */
function remember<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.get(text) ?? compute(text);
    known.set(text, value);
    return value;
  };
}

function entriesByExpression(args: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const call of args.matchAll(CALL)) {
    const start = call.index + call[0].length;
    const comma = endOfArgument(args, start);
    const expression = args.slice(start, comma).replaceAll(/\s+/g, " ").trim();
    found.set(expression, (found.get(expression) ?? "") + args.slice(comma, endOfCall(args, comma)));
  }
  return found;
}

function parseEntries(text: string): SymbolTable {
  const table = new Map<string, number | undefined>();
  for (const [, value = "", label = ""] of text.matchAll(ENTRY)) {
    if (!table.has(label)) table.set(label, constantOf(value.trim()));
  }
  return table;
}

/** Arguments without the entries of their tables, which are compared as tables. */
export function withoutTables(args: string): string {
  return args.replaceAll(/,?\s*\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/g, "");
}

function endOfArgument(text: string, start: number): number {
  return scan(text, start, true);
}

function endOfCall(text: string, start: number): number {
  return scan(text, start, false);
}

/** Where the parenthesis that is open at `start` closes, or the first comma in it. */
function scan(text: string, start: number, stopAtComma: boolean): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === "(" || sign === "{") depth++;
    else if ((sign === ")" || sign === "}") && depth-- === 0) return at;
    else if (sign === "," && depth === 0 && stopAtComma) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
