// Under which `if` a place in a C file stands. Invariant: branches come outermost first; of very deep nesting only the outer
// ones are told, so that looking up stays cheap.

import { lastNotAfter } from "./lines.ts";
import { insideOf, isToken, type Range, type Source } from "./source.ts";

export interface Branch {
  readonly condition: Range;
  /** The place is in the `else` of the condition. */
  readonly negated: boolean;
}

interface Block {
  readonly branch: Branch;
  readonly range: Range;
}

const DEEPEST = 32;
/** A statement without braces that goes on longer than this is taken to end there. */
const LONGEST_STATEMENT = 400;

/** A function from the index of a token to the branches it stands in; conditions themselves stand in none of their own. */
export function branchesOf(source: Source): (index: number) => readonly Branch[] {
  const starts = [0];
  const states: (readonly Branch[])[] = [[]];
  const open: Block[] = [];
  const note = (at: number): void => {
    starts.push(at);
    states.push(open.map(({ branch }) => branch));
  };
  const blocks = blocksOf(source).sort((a, b) => a.range.from - b.range.from || b.range.to - a.range.to);
  for (const block of blocks) {
    closeUntil(open, block.range.from, note);
    if (open.length >= DEEPEST) continue;
    open.push(block);
    note(block.range.from);
  }
  closeUntil(open, Infinity, note);
  return (index) => states[lastNotAfter(starts, index)] ?? [];
}

function closeUntil(open: Block[], at: number, note: (at: number) => void): void {
  while (open.length > 0 && open.at(-1)!.range.to <= at) note(open.pop()!.range.to);
}

function blocksOf(source: Source): Block[] {
  return source.tokens.flatMap((_, index) => {
    if (!isToken(source, index, "if")) return [];
    const condition = insideOf(source, index + 1);
    if (!condition) return [];
    const range = statementAt(source, condition.to + 1);
    const after = isToken(source, range.to, "}") || isToken(source, range.to, ";") ? range.to + 1 : range.to;
    const blocks: Block[] = [{ branch: { condition, negated: false }, range }];
    // Of `else if` only its own condition counts: chains of them would nest as deep as they are long.
    if (isToken(source, after, "else") && !isToken(source, after + 1, "if")) {
      blocks.push({ branch: { condition, negated: true }, range: statementAt(source, after + 1) });
    }
    return blocks;
  });
}

/** A block without its braces, or a statement up to its semicolon. */
function statementAt(source: Source, from: number): Range {
  const inside = insideOf(source, from);
  if (inside && isToken(source, from, "{")) return inside;
  const end = Math.min(from + LONGEST_STATEMENT, source.tokens.length);
  // The `else` behind another statement belongs to the `if` around it.
  const goesOn = (next: number): boolean => isToken(source, from, "if") && isToken(source, next, "else");
  for (let at = from; at < end; at++) {
    if (source.partner[at]! > at) {
      const isBlock = isToken(source, at, "{");
      at = source.partner[at]!;
      if (isBlock && !goesOn(at + 1)) return { from, to: at };
    } else if (isToken(source, at, ";") && !goesOn(at + 1)) return { from, to: at };
  }
  return { from, to: end };
}
