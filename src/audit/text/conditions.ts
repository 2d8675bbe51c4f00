// Under which preprocessor conditions a place in a file stands. Invariant: guards come outermost first; the guard of a header
// against being included twice is none.

import { lastNotAfter, oneLine } from "./lines.ts";
import type { Token } from "./scan.ts";
import type { Source } from "./source.ts";
import { versionRange } from "./version-range.ts";
import type { Guard } from "../use.ts";

/** One `#if` with its branches: what holds in the present branch. */
interface Level {
  readonly guards: readonly Guard[];
  /** The same conditions for the branches that follow: none of them held. */
  readonly negated: readonly Guard[];
}

/** A function from an offset in a tokenized file to the conditions it stands under. */
export function conditionsOf(source: Source): (offset: number) => readonly Guard[] {
  const starts = [0];
  const states: (readonly Guard[])[] = [[]];
  const levels: Level[] = [];
  const directives = source.tokens.flatMap((token, index) => (token.kind === "directive" ? [{ token, index }] : []));
  directives.forEach(({ token, index }, place) => {
    if (!step(levels, token, source.lineAt(index), directives[place + 1]?.token)) return;
    starts.push(token.end);
    // A file that opens thousands of conditions in each other is none that anybody wrote.
    states.push(levels.slice(0, 64).flatMap(({ guards }) => guards));
  });
  return (offset) => states[lastNotAfter(starts, offset)] ?? [];
}

/** Applies a directive; false for those that are no conditions. */
function step(levels: Level[], { text }: Token, line: number, next: Token | undefined): boolean {
  const parts = /^#\s*(if|ifdef|ifndef|elif|else|endif)\b\s*(.*)$/.exec(text);
  if (!parts) return false;
  const [, name, condition = ""] = parts;
  const last = levels.at(-1);
  if (name === "endif") return levels.pop() !== undefined;
  if (name === "if" || name === "ifdef" || name === "ifndef") {
    levels.push(isIncludeGuard(text, next) ? { guards: [], negated: [] } : branch(text, name, condition, line, []));
    return true;
  }
  if (!last) return false;
  levels.pop();
  levels.push(
    name === "else"
      ? { guards: last.negated, negated: last.negated }
      : branch(text, "if", condition, line, last.negated),
  );
  return true;
}

function branch(text: string, name: string, condition: string, line: number, before: readonly Guard[]): Level {
  const guard = guardOf(text, name, condition, line);
  return { guards: [...before, guard], negated: [...before, negate(guard)].slice(-16) };
}

function guardOf(text: string, name: string, condition: string, line: number): Guard {
  if (name === "ifdef" || name === "ifndef") {
    const guard: Guard = { kind: "ifdef", text: oneLine(text), line, subject: oneLine(condition) };
    return name === "ifndef" ? { ...guard, negated: true } : guard;
  }
  const range = versionRange(condition);
  if (range !== undefined) return { kind: "version", text: oneLine(condition), line, range };
  return { kind: "ifdef", text: oneLine(condition), line };
}

function negate(guard: Guard): Guard {
  const { negated, ...rest } = guard;
  return negated ? rest : { ...rest, negated: true };
}

/** `#ifndef X` or `#if !defined(X) || ...`, followed by `#define X`. */
function isIncludeGuard(text: string, next: Token | undefined): boolean {
  const macro = /^#\s*(?:ifndef\s+|if\s+!\s*defined\s*\(?\s*)(\w+)/.exec(text)?.[1];
  return macro !== undefined && next !== undefined && new RegExp(`^#\\s*define\\s+${macro}\\b`).test(next.text);
}
