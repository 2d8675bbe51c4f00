// Which of the kernels in between is the first that has a change: what can be said without a history of commits.
// Invariant: names a kernel only if it has the change and the one before it has not.

import type { Change } from "../diff/change.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { aspectOf, indexKernel } from "./aspect.ts";
import { findFirst, type Graph } from "./bisect.ts";
import type { Origin } from "./notes.ts";

/** The origins of changes between the first and the last of some versions, which follow each other. */
export async function findReleases(
  changes: readonly Change[],
  versions: readonly string[],
  read: (version: string) => Promise<Snapshot>,
): Promise<readonly Origin[]> {
  const aspects = changes.map(aspectOf);
  const known = new Map<string, Promise<readonly string[]>>();
  const look = async (version: string): Promise<readonly string[]> => {
    const kernel = indexKernel(await read(version));
    return aspects.map((aspect) => aspect(kernel));
  };
  const statesOf = (version: string): Promise<readonly string[]> => {
    const states = known.get(version) ?? look(version);
    known.set(version, states);
    return states;
  };
  const newest = versions.at(-1) ?? "";
  const graph: Graph = new Map(
    versions
      .map((version, index): readonly [string, readonly string[]] => [version, versions.slice(index - 1, index)])
      .slice(1)
      .toReversed(),
  );
  const origins: Origin[] = [];
  for (const index of changes.keys()) {
    const target = (await statesOf(newest))[index];
    const first = await findFirst(graph, newest, async (version) => (await statesOf(version))[index] === target);
    const previous = versions[versions.indexOf(first) - 1] ?? "";
    origins.push({ is: "release", version: first, previous });
  }
  return origins;
}
