// Which arguments of tracepoints are declared to be possibly NULL or an error code. Invariant: names come out without the mark, and what a
// kernel says of many events at once is one change.

import type { Arg, Snapshot, Tracepoint } from "../snapshot/model.ts";
import type { Change, ChangeOf, Validity } from "./change.ts";
import { groupBy } from "../snapshot/group.ts";
import { EVERY_EVENT } from "./event-ref.ts";
import { compareText } from "./order.ts";

/** The suffix by which a prototype says so (kernel/bpf/btf.c@v6.12). */
const MARK = /__nullable$/;

/**
 * Gives the arguments of a kernel's tracepoints with `nullable` where it is known. Source tells it of every argument: what
 * is not marked is trusted to be valid. BTF does not have the verifier's own list, so silence means nothing there.
 */
export function argsOf({ kernel }: Snapshot): (tracepoint: Tracepoint) => readonly Arg[] {
  const isSource = kernel.origin.includes("source");
  return ({ args }) => args.map((arg) => resolve(arg, isSource));
}

function resolve(arg: Arg, isSource: boolean): Arg {
  const isMarked = MARK.test(arg.name);
  if (!isMarked && (arg.nullable !== undefined || !isSource)) return arg;
  return { ...arg, name: arg.name.replace(MARK, ""), nullable: arg.nullable ?? isMarked };
}

/** What an argument may be, as far as that is known. The verifier trusts no error code, whether it is NULL or not. */
export function validityOf({ error, nullable }: Arg): Validity | undefined {
  if (error) return "error";
  return nullable === undefined ? undefined : nullable ? "null" : "valid";
}

/** From so many events on, one cause changed them: the verifier's own list of such arguments grew. */
const MANY = 5;

type Nullability = ChangeOf<"argument-nullability-changed">;

/** Tells what happened to many events at once. */
export function foldNullability(changes: readonly Change[]): readonly Change[] {
  const isNullability = (change: Change): change is Nullability => change.kind === "argument-nullability-changed";
  const found = changes.filter(isNullability);
  const alike = groupBy(found, ({ validityBefore, validityAfter }) => `${validityBefore} ${validityAfter}`);
  return [...changes.filter((change) => !isNullability(change)), ...[...alike.values()].flatMap(fold)];
}

function fold(changes: readonly Nullability[]): readonly Nullability[] {
  const [first] = changes;
  const events = new Set(changes.flatMap(({ event, siblings }) => [event.id, ...siblings]));
  if (first === undefined || events.size < MANY) return changes;
  const siblings = [...events].sort(compareText);
  return [{ ...first, event: EVERY_EVENT, siblings, args: changes.flatMap(({ args }) => args) }];
}
