// Which arguments of tracepoints are declared to be possibly NULL. Invariant: names come out without the mark.

import type { Arg, Snapshot, Tracepoint } from "../snapshot/model.ts";

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
