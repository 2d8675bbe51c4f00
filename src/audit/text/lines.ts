// Lines of a text. Invariant: lines count from 1, and an offset past the end is on the last line.

/** A function from an offset in `text` to its line; the text is indexed once, each look-up is a binary search. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => lastNotAfter(starts, offset) + 1;
}

/** Index of the last of `sorted` that is not greater than `value`; -1 if all are. */
export function lastNotAfter(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A text in one line, cut where it gets long, for guards and for what was not understood. */
export function oneLine(text: string): string {
  const flat = text.slice(0, 400).replaceAll(/\s+/g, " ").trim();
  return flat.length > 120 ? `${flat.slice(0, 119)}…` : flat;
}
