// Finds the commit at which something became true, in any history with merges, in few looks.
// Invariant: what it returns has the property, and none of its parents in the graph has it.

/** Commits, children before parents, each with those of its parents that belong to the graph too. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** How many commits are weighed as the next one to look at. */
const SAMPLES = 7;

/**
 * The first commit with the property among `tip` and its ancestors in the graph; `tip` must have it.
 * Ancestors of commits without the property are taken to lack it too, as `git bisect` does.
 */
export async function findFirst(
  graph: Graph,
  tip: string,
  hasIt: (commit: string) => Promise<boolean>,
): Promise<string> {
  let culprit = tip;
  let suspects = ancestorsOf(graph, tip, new Set(graph.keys()));
  for (;;) {
    suspects.delete(culprit);
    const next = halfway(graph, suspects);
    if (next === undefined) return culprit;
    const behind = ancestorsOf(graph, next, suspects);
    if (await hasIt(next)) {
      culprit = next;
      suspects = behind;
    } else {
      for (const commit of behind) suspects.delete(commit);
    }
  }
}

/** The suspect that splits the others best into ancestors and the rest; only some are tried, spread over the order. */
function halfway(graph: Graph, suspects: ReadonlySet<string>): string | undefined {
  const all = [...suspects];
  let best: { readonly commit: string; readonly imbalance: number } | undefined;
  for (let sample = 1; sample <= SAMPLES; sample++) {
    const commit = all[Math.floor((all.length * sample) / (SAMPLES + 1))];
    if (commit === undefined) continue;
    const imbalance = Math.abs(ancestorsOf(graph, commit, suspects).size - all.length / 2);
    if (best === undefined || imbalance < best.imbalance) best = { commit, imbalance };
  }
  return best?.commit;
}

/** A commit and its ancestors, as far as they are in `within`, in the order of the graph. */
function ancestorsOf(graph: Graph, commit: string, within: ReadonlySet<string>): Set<string> {
  const reached = new Set<string>();
  const open = [commit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next) || !within.has(next)) continue;
    reached.add(next);
    open.push(...(graph.get(next) ?? []));
  }
  return new Set([...within].filter((one) => reached.has(one)));
}
