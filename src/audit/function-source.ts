// What C source says of a kernel function: where it is defined, what it takes, and which tracepoints are hit there.
// Invariant: a look at text, for suggestions; nothing here decides whether a program works.

import type { WordLine } from "../git/grep.ts";
import type { KernelFunction } from "./suggest.ts";

/** Files that may define a function, most likely first: those where its name stands at the start of a definition. */
export function definingFiles(name: string, lines: readonly WordLine[]): readonly string[] {
  const definition = new RegExp(`^(?!\\s*(?:#|//|\\*|return\\b|else\\b)|EXPORT_|extern\\b).*\\b${name}\\s*\\([^;]*$`);
  const isDefinition = ({ text }: WordLine): boolean => /^[A-Za-z_]/.test(text) && definition.test(text);
  const paths = lines.filter(isDefinition).map(({ path }) => path);
  return [...new Set(paths)].sort((one, other) => Number(one.endsWith(".h")) - Number(other.endsWith(".h")));
}

/** Reads a function out of the text of its file; nothing if it is not defined there. */
export function readFunction(name: string, file: string, text: string): KernelFunction | undefined {
  const head = new RegExp(`^(?:[A-Za-z_][^;{}#]*?[\\s*])?${name}\\s*\\(([^;{}]*?)\\)[^;{}()]*\\{`, "m").exec(text);
  if (head === null) return undefined;
  const from = head.index + head[0].length;
  const body = text.slice(from, endOfBody(text, from));
  const hits = tracepointsIn(body);
  return {
    name,
    file,
    parameters: (head[1] ?? "").split(",").map(typeOf),
    hits,
    nearby: tracepointsIn(text).filter((one) => !hits.includes(one)),
  };
}

/** Where the brace that opened a body is closed. Braces in strings and comments balance in real code. */
function endOfBody(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  return text.length;
}

/** `trace_sched_switch(...)` hits `sched_switch`; so does the test whether it is enabled. */
function tracepointsIn(text: string): readonly string[] {
  const names = [...text.matchAll(/\btrace_(\w+?)(?:_enabled|_rcuidle)?\s*\(/g)].map(([, name = ""]) => name);
  return [...new Set(names)];
}

/** `struct request *` of `struct request *rq`. */
function typeOf(parameter: string): string {
  return parameter.replace(/\w+\s*$/, "").trim();
}
