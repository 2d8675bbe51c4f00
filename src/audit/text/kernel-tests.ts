// What a C expression asks of the running kernel: whether an event is there, whether a program can attach to it. Invariant: a
// question that is seen and not understood is a guard of kind `optional`; an expression that asks nothing is none.

import type { Guard } from "../use.ts";
import { parseEventName } from "./event-names.ts";
import { oneLine } from "./lines.ts";
import {
  type Call,
  callsOf,
  type FunctionBody,
  insideOf,
  isToken,
  literalOf,
  type Range,
  type Source,
  textOf,
} from "./source.ts";

/** A file with its functions, by name. */
export interface TestPlace {
  readonly source: Source;
  readonly functions: ReadonlyMap<string, FunctionBody>;
  /** How guards name the file. */
  readonly file: string;
}

/** Functions of tools that look at the kernel have such names; what they find out, their arguments tell or nobody. */
const ASKS =
  /(?:^|_)(?:exists?|probe|has|have|can_attach|is_supported|supports?|find_by_name(?:_kind)?|btf_id|access)(?:_|$)/;

const DEEPEST = 30;
/** A function that answers counts for so many levels, so that few are followed into each other. */
const PER_CALL = 14;
const LONGEST = 120;

/** What holds if an expression is true (or, negated, if it is false): one guard for each part that surely does. */
export function kernelTests(place: TestPlace, range: Range, negated = false, depth = 0): readonly Guard[] {
  const { source } = place;
  // Longer conditions, and those nested more deeply, are none that anybody wrote.
  if (depth > DEEPEST || range.to - range.from > LONGEST) return [];
  const inner = withoutParentheses(source, range);
  const within = depth + 1;
  if (isToken(source, inner.from, "!")) {
    return kernelTests(place, { ...inner, from: inner.from + 1 }, !negated, within);
  }
  const parts = splitAt(source, inner, negated ? "||" : "&&");
  if (parts.length > 1) return parts.flatMap((part) => kernelTests(place, part, negated, within));
  const [call] = callsOf(source, (name) => ASKS.test(name), inner);
  if (call === undefined) return [];
  // Of `a || b` that holds, nobody knows which part did.
  if (splitAt(source, inner, negated ? "&&" : "||").length > 1)
    return [asGuard({ kind: "optional" }, place, inner, negated)];
  const isFalse = negated !== meansNo(source, call, inner);
  const whole = { from: call.at, to: call.inside.to + 1 };
  return functionAnswer(place, call, isFalse, depth) ?? [asGuard(questionOf(source, call), place, whole, isFalse)];
}

function asGuard(
  question: Pick<Guard, "kind" | "subject">,
  { source, file }: TestPlace,
  range: Range,
  negated: boolean,
): Guard {
  const text = `${oneLine(textOf(source, range))} in ${file}:${source.lineAt(range.from)}`;
  return { ...question, text, line: 0, ...(negated ? { negated } : {}) };
}

/** What `static bool has_x(void) { return a() && b(); }` says. */
function functionAnswer(
  place: TestPlace,
  { name }: Call,
  negated: boolean,
  depth: number,
): readonly Guard[] | undefined {
  const body = place.functions.get(name)?.body;
  if (body === undefined || depth > DEEPEST - PER_CALL || !isToken(place.source, body.from, "return")) return undefined;
  const end = body.to - 1;
  if (!isToken(place.source, end, ";")) return undefined;
  const answer = kernelTests(place, { from: body.from + 1, to: end }, negated, depth + PER_CALL);
  return answer.length === 0 ? undefined : answer;
}

/** What is asked, by the literals that the call is given. */
function questionOf(source: Source, { name, args }: Call): Pick<Guard, "kind" | "subject"> {
  const literals = args.flatMap((arg) => literalOf(source, arg) ?? []);
  const [first = "", second] = literals;
  const path = /\/events\/(\w+)\/(\w+)/.exec(first);
  if (path !== null) return { kind: "event", subject: `${path[1]}:${path[2]}` };
  if (/btf/.test(name)) {
    const isTracepoint = first.startsWith("btf_trace_") || /tp|tracepoint/.test(name) || namesRawTp(source, args);
    const tracepoint = /^(?:btf_trace_)?(\w+)$/.exec(first)?.[1];
    if (tracepoint !== undefined && isTracepoint) return { kind: "type", subject: `btf_trace_${tracepoint}` };
  }
  if (/tracepoint|event|(?:^|_)tp(?:_|$)/.test(name)) {
    const target = parseEventName(second === undefined ? first.replace("/", ":") : `${first}:${second}`);
    if (target?.system !== undefined) return { kind: "event", subject: `${target.system}:${target.name}` };
  }
  return { kind: "optional" };
}

function namesRawTp(source: Source, args: readonly Range[]): boolean {
  return args.some((arg) => isToken(source, arg.from, "BPF_TRACE_RAW_TP"));
}

/** Whether the expression is true where the answer is no: `access(..) != 0`, `find(..) < 0`. */
function meansNo(source: Source, { name, inside }: Call, range: Range): boolean {
  const after = inside.to + 1;
  const operator = after < range.to ? (source.tokens[after]?.text ?? "") : "";
  // access() gives 0 for yes.
  if (name === "access") return operator !== "==";
  return operator === "<" || operator === "<=" || operator === "==";
}

function withoutParentheses(source: Source, range: Range): Range {
  let inner = range;
  for (;;) {
    const inside = isToken(source, inner.from, "(") ? insideOf(source, inner.from) : undefined;
    if (inside === undefined || inside.to !== inner.to - 1) return inner;
    inner = inside;
  }
}

/** The operands of an operator outside of all brackets. */
function splitAt(source: Source, range: Range, operator: string): readonly Range[] {
  const parts: Range[] = [];
  let from = range.from;
  for (let at = range.from; at < range.to; at++) {
    if (source.partner[at]! > at) at = source.partner[at]!;
    else if (isToken(source, at, operator)) {
      parts.push({ from, to: at });
      from = at + 1;
    }
  }
  return [...parts, { from, to: range.to }];
}
