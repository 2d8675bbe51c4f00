// Compares the arguments of a system call, which are the fields of its sys_enter event behind the number.
// Invariant: positions count, as in args[] of what BPF programs get (kernel/trace/trace_syscalls.c@v6.12), not bytes.

import type { Field } from "../snapshot/model.ts";
import type { EventPair } from "./align.ts";
import type { ChangeOf, EventRef } from "./change.ts";
import { elementType } from "./type-text.ts";

/** The change of the arguments; nothing where they are the same, or the event is none of a system call that begins. */
export function syscallArgumentsChange(
  { before, after }: EventPair,
  event: EventRef,
): ChangeOf<"syscall-arguments-changed"> | undefined {
  if (event.system !== "syscalls" || !event.name.startsWith("sys_enter_")) return undefined;
  const [were, are] = [argumentsOf(before.fields), argumentsOf(after.fields)];
  const isAt = (list: readonly Field[], { name }: Field): number => list.findIndex((other) => other.name === name);
  const gone = were.filter((field) => isAt(are, field) < 0);
  const come = are.filter((field) => isAt(were, field) < 0);
  const displaced = were.filter((field, index) => isAt(are, field) >= 0 && isAt(are, field) !== index);
  const retyped = were.filter((field) => {
    const is = are[isAt(are, field)];
    return is !== undefined && elementType(is.type) !== elementType(field.type);
  });
  if (gone.length + come.length + displaced.length + retyped.length === 0) return undefined;
  const changed = { gone, come, displaced, retyped };
  return { kind: "syscall-arguments-changed", event, siblings: [], before: were, after: are, ...changed };
}

/** What follows the number; strings that a kernel copies for the reader (6.19 on) are no arguments. */
function argumentsOf(fields: readonly Field[]): readonly Field[] {
  return fields.slice(1).filter(({ kind }) => kind === "scalar");
}
