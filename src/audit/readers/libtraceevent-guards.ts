// What a program on libtraceevent checks before it comes to a use: that an event is there, that a field was found. Invariant:
// a failure after which the function gives up is no guard.

import type { Branch } from "../text/branches.ts";
import { oneLine } from "../text/lines.ts";
import { type Call, callsOf, insideOf, isToken, literalOf, type Range, type Source, textOf } from "../text/source.ts";
import type { Guard } from "../use.ts";
import { fieldArgument } from "./libtraceevent-fields.ts";
import type { Registration } from "./libtraceevent-handlers.ts";

export interface GuardPlace {
  readonly source: Source;
  readonly registrations: readonly Registration[];
  readonly branches: (index: number) => readonly Branch[];
  readonly conditions: (offset: number) => readonly Guard[];
}

/** Preprocessor conditions, and the `if`s around that test for an event or a field. */
export function guardsAt(place: GuardPlace, at: number): readonly Guard[] {
  const tests = place
    .branches(at)
    .flatMap((branch) => eventTest(place, branch) ?? fieldTest(place.source, branch) ?? []);
  return [...place.conditions(place.source.tokens[at]!.start), ...tests];
}

/** `if (!add_event("power", "cpu_idle")) {`. */
function eventTest({ source, registrations }: GuardPlace, { condition, negated }: Branch): Guard | undefined {
  const tested = registrations.find(({ at }) => at >= condition.from && at < condition.to);
  if (!tested) return undefined;
  const hasNot = isToken(source, condition.from, "!");
  const text = oneLine(textOf(source, hasNot ? { from: condition.from + 1, to: condition.to } : condition));
  const subject = `${tested.target.system ?? "*"}:${tested.target.name}`;
  const guard: Guard = { kind: "event", text, line: source.lineAt(tested.at), subject };
  return hasNot === negated ? guard : { ...guard, negated: true };
}

/** `if (tep_get_field_val(...) >= 0) {`, or `x = tep_get_field_raw(...); if (!x) {`. */
function fieldTest(source: Source, { condition, negated }: Branch): Guard | undefined {
  const call = fieldCall(source, condition) ?? assignedBefore(source, condition);
  const isFound = call && meansFound(source, call, condition);
  if (isFound === undefined) return undefined;
  return isFound === negated ? { ...fieldGuard(source, call!), negated: true } : fieldGuard(source, call!);
}

function fieldGuard(source: Source, { name, at, args, inside }: Call): Guard {
  const subject = literalOf(source, args[fieldArgument(name)!.index]);
  const text = oneLine(textOf(source, { from: at, to: inside.to + 1 }));
  return { kind: "field", text, line: source.lineAt(at), ...(subject === undefined ? {} : { subject }) };
}

function fieldCall(source: Source, range: Range): Call | undefined {
  return callsOf(source, (name) => fieldArgument(name) !== undefined, range)[0];
}

/** Farther back than this, nothing ties a test to an assignment. */
const NEAR = 60;

/** The call whose result the tested variable got last: for `!ev.x`, the one in `ev.x = tep_get_field_raw(...)`. */
function assignedBefore(source: Source, condition: Range): Call | undefined {
  const variable = variableIn(source, condition);
  if (variable === undefined) return undefined;
  const calls = callsOf(source, (name) => fieldArgument(name) !== undefined, {
    from: Math.max(0, condition.from - NEAR),
    to: condition.from,
  });
  return calls.findLast(({ at }) => {
    const from = at - 1 - variable.length;
    return isToken(source, at - 1, "=") && variable.every((text, index) => isToken(source, from + index, text));
  });
}

/** The words of a variable that stands alone in a condition, or before an operator. */
function variableIn(source: Source, { from, to }: Range): readonly string[] | undefined {
  const words: string[] = [];
  for (let at = isToken(source, from, "!") ? from + 1 : from; at < Math.min(to, from + 8); at++) {
    const { kind, text } = source.tokens[at]!;
    if (kind !== "word" && text !== "." && text !== "->") break;
    words.push(text);
  }
  return words.length > 0 ? words : undefined;
}

/** Functions that give a value return 0 for success, those that give a pointer NULL for failure. */
function meansFound(source: Source, { name, at, inside }: Call, condition: Range): boolean | undefined {
  const isInside = at >= condition.from && at < condition.to;
  const before = isInside ? at - 1 : condition.from;
  const after = isInside ? inside.to + 1 : condition.from + (variableIn(source, condition)?.length ?? 0);
  const hasNot = isToken(source, before, "!");
  const operator = source.tokens[after]?.text ?? "";
  if (name.endsWith("_val")) {
    if (operator === ">=" || operator === "==" || hasNot) return true;
    return operator === "<" || operator === "!=" || after >= condition.to ? false : undefined;
  }
  return operator === "==" ? false : !hasNot;
}

/** The field itself may be missing: the program goes on without it, or tries another one. */
export function ownGuard({ source }: GuardPlace, call: Call): readonly Guard[] {
  const { at, inside } = call;
  const isNot = isToken(source, at - 1, "!");
  const isTested = isToken(source, isNot ? at - 3 : at - 2, "if") && isToken(source, isNot ? at - 2 : at - 1, "(");
  if (isTested && call.name.endsWith("_val")) {
    const isSuccess = isToken(source, inside.to + 1, ">=") || isToken(source, inside.to + 1, "==") || isNot;
    return isSuccess ? [fieldGuard(source, call)] : [];
  }
  return triesAnother(source, inside.to + 1) ? [fieldGuard(source, call)] : [];
}

/** `; if (!x) { x = tep_get_field_raw(...)`: the failure is followed by another field. */
function triesAnother(source: Source, at: number): boolean {
  if (!isToken(source, at, ";") || !isToken(source, at + 1, "if") || !isToken(source, at + 3, "!")) return false;
  const condition = insideOf(source, at + 2);
  const block = condition && isToken(source, condition.to + 1, "{") ? insideOf(source, condition.to + 1) : undefined;
  return (
    block !== undefined &&
    fieldCall(source, { from: block.from, to: Math.min(block.to, block.from + NEAR) }) !== undefined
  );
}
