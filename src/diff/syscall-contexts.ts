// Compares what BPF programs on system call events get instead of the record. Invariant: only what can be read is compared:
// a member is lost if its bytes are not where they were, whatever the padding around it.

import type { EventClass, Field, Snapshot } from "../snapshot/model.ts";
import type { ChangeOf, EventRef } from "./change.ts";

/** The changes of the contexts that both kernels have. */
export function syscallContextChanges(
  before: Snapshot,
  after: Snapshot,
): readonly ChangeOf<"syscall-context-changed">[] {
  return (before.contexts ?? []).flatMap((was) => {
    const is = after.contexts?.find(({ name }) => name === was.name);
    return is === undefined ? [] : compareContexts(was, is);
  });
}

function compareContexts(was: EventClass, is: EventClass): readonly ChangeOf<"syscall-context-changed">[] {
  const lost = was.fields.filter((field) => !is.fields.some((other) => holds(other, field)));
  const added = is.fields.filter((field) => !was.fields.some(({ name }) => name === field.name));
  if (lost.length === 0 && added.length === 0) return [];
  const fields = { before: was.fields, after: is.fields, lost, added };
  return [{ kind: "syscall-context-changed", event: refTo(was.name), siblings: [], ...fields }];
}

/** Whether a member lies where it did and is no smaller. */
function holds(other: Field, field: Field): boolean {
  return other.name === field.name && other.offset === field.offset && (other.size ?? 0) >= (field.size ?? 0);
}

/** All events of system calls that enter the kernel, or all that leave it. */
function refTo(name: string): EventRef {
  const all = `${name}_*`;
  return { id: `syscalls:${all}`, system: "syscalls", name: all };
}
