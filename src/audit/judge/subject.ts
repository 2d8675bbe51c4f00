// What the judges of all kinds of subjects share. Invariant: a judge sees one use, one event of one kernel, and what the use
// means elsewhere; it never looks at another kernel itself.

import type { Arg, Field, Print, TraceEvent, Tracepoint } from "../../snapshot/model.ts";
import type { KernelView } from "../kernel-view.ts";
import type { Use } from "../use.ts";
import type { Verdict } from "../verdict.ts";

/**
 * What a use means that does not say so itself, such as `args[1]`: what stands there in the newest kernel on which it can
 * hold.
 */
export interface Meaning {
  /** The kernel it was found in. */
  readonly kernel: string;
  readonly field?: Field;
  readonly arg?: Arg;
  readonly print?: Print;
  readonly value?: number;
}

/** What a use is about in one kernel: an event, or a tracepoint. */
export interface Place {
  readonly view: KernelView;
  /** Absent for a tracepoint that has no event, or whose events nobody knows. */
  readonly event?: TraceEvent;
  readonly tracepoint?: Tracepoint;
}

/** Judges uses of one kind of subject. */
export interface SubjectJudge<S> {
  readonly judge: (subject: S, use: Use, place: Place, meaning: Meaning | undefined) => Verdict;
  /** What the use can mean in this kernel; nothing if it cannot hold there. Missing where uses say it themselves. */
  readonly meaning?: (subject: S, use: Use, place: Place) => Omit<Meaning, "kernel"> | undefined;
}

/** Own and common fields of a record. */
export function fieldsOf({ view, event }: Place): readonly Field[] {
  return [...view.commonFields, ...(event?.fields ?? [])];
}

/**
 * What a program sees of a system call: BPF programs on `syscalls:*` get a struct of their own and not the record
 * (`Snapshot.contexts`). Nothing where this is no such program, or the kernel's source does not know the struct.
 */
export function syscallContext({ attach }: Use, { view, event }: Place): readonly Field[] | undefined {
  if (attach !== "tp" || event?.system !== "syscalls") return undefined;
  return view.contexts.get(event.name.startsWith("sys_exit") ? "sys_exit" : "sys_enter");
}

/** Whether all bytes of one field lie in another. */
export function liesWithin({ offset, size }: Pick<Field, "offset" | "size">, outer: Field): boolean {
  if (offset === undefined || size === undefined || outer.offset === undefined || outer.size === undefined)
    return false;
  return outer.offset <= offset && offset + size <= outer.offset + outer.size;
}
