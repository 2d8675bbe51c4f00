// Merges the tracepoints of several sources: arguments as BTF tells them, because BPF programs are checked against that.

import { canonicalParameter } from "../snapshot/c-type.ts";
import { groupBy } from "../snapshot/group.ts";
import type { Tracepoint } from "../snapshot/model.ts";
import { compareText, type Disagree, type Part, ranked } from "./merge-parts.ts";

/** All tracepoints of all sources. */
export function mergeTracepoints(parts: readonly Part[], report: Disagree): readonly Tracepoint[] {
  const merged = new Map<string, { readonly name: string; tracepoints: readonly Tracepoint[] }>();
  for (const { name, snapshot } of ranked(parts, ["btf", "source", "tracefs"])) {
    for (const [tracepoint, variants] of groupBy(snapshot.tracepoints, (one) => one.name)) {
      const known = merged.get(tracepoint);
      if (known === undefined) {
        merged.set(tracepoint, { name, tracepoints: variants });
        continue;
      }
      known.tracepoints = mergeVariants(known.tracepoints, variants, (one, other) => {
        report(`arguments of tracepoint ${tracepoint}`, { name: known.name, fact: one }, { name, fact: other });
      });
    }
  }
  return [...merged.values()]
    .flatMap(({ tracepoints }) => tracepoints)
    .sort((one, other) => compareText(one.name, other.name));
}

/** Several modules can have tracepoints of one name; each is paired with the one that has its arguments. */
function mergeVariants(
  known: readonly Tracepoint[],
  others: readonly Tracepoint[],
  differ: (one: string, other: string) => void,
): readonly Tracepoint[] {
  const argsOf = ({ args }: Tracepoint): string => args.map(({ type }) => canonicalParameter(type)).join(", ");
  for (const other of others) {
    if (!known.some((one) => argsOf(one) === argsOf(other))) differ(known.map(argsOf).join(" or "), argsOf(other));
  }
  return known.map((one) => {
    const same = others.find((other) => argsOf(other) === argsOf(one));
    if (same === undefined) return one;
    // Where the types are equal, the spelling and the names of the source stay.
    const args = same.args.map((arg, position) => ({
      ...one.args[position],
      ...arg,
      name: arg.name || (one.args[position]?.name ?? ""),
    }));
    return { ...one, ...same, args };
  });
}
