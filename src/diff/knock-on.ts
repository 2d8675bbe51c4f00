// Finds the cause of every shift: which inserted, removed, resized or moved member pushed the kept ones elsewhere.
// Invariant: a kept member that shifted has at least one cause, or is returned as uncaused; never both.

export interface KnockOn<Cause> {
  /** Indexes of the kept members that each cause moved. */
  readonly moved: ReadonlyMap<Cause, readonly number[]>;
  readonly uncaused: readonly number[];
}

/**
 * Kept members in order, each with its shift, and the causes that lie in the gap before each of them
 * (gap 0 is before the first, gap n after the last).
 *
 * A shift belongs to the causes of the nearest earlier gap that changed it. With `a b c d` -> `a X b c' d`, where `c`
 * grew too, `X` moved `b` and `c`, and `c` moved `d`. A gap after which the shift is the same has moved nothing (the
 * new member fits into padding), so what was moved before stays with the earlier cause.
 */
export function attributeShifts<Cause>(
  shifts: readonly number[],
  gaps: ReadonlyMap<number, readonly Cause[]>,
  baseline: number,
): KnockOn<Cause> {
  const moved = new Map<Cause, number[]>();
  const uncaused: number[] = [];
  let current: readonly Cause[] = [];
  let last = baseline;
  shifts.forEach((shift, index) => {
    const causes = gaps.get(index);
    if (causes !== undefined && shift !== last) current = causes;
    last = shift;
    if (shift === baseline) return;
    if (current.length === 0) uncaused.push(index);
    for (const cause of current) {
      const list = moved.get(cause);
      if (list === undefined) moved.set(cause, [index]);
      else list.push(index);
    }
  });
  return { moved, uncaused };
}
