// Which kernel comes before which: a point release follows the one before it on its branch, and the first of a series follows
// the first of the series before it, from which the stable branches part.
// Invariant: the kernels are given oldest first, and every predecessor stands before its successor.

import { parseVersion, seriesOf } from "../snapshot/version.ts";

/** For each version, the index of the one it follows; undefined for the oldest. */
export function predecessorsOf(versions: readonly string[]): readonly (number | undefined)[] {
  const lastOf = new Map<string, number>();
  let firstOfSeries: number | undefined;
  return versions.map((text, index) => {
    const version = parseVersion(text);
    // A kernel that does not say its version is the one somebody works on: it follows the newest.
    if (version === undefined) return index === 0 ? undefined : index - 1;
    const series = seriesOf(version);
    const before = lastOf.get(series) ?? firstOfSeries;
    if (!lastOf.has(series)) firstOfSeries = index;
    lastOf.set(series, index);
    return before;
  });
}
