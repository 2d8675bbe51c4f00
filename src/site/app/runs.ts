// The cells of a row in words. Invariant: whoever reads the words knows what the colours say.

import { type Cell, CELLS } from "../data.ts";

export interface Run {
  readonly cell: Cell;
  /** Places of the first and the last kernel. */
  readonly first: number;
  readonly last: number;
}

/** Neighbouring kernels with the same cell, together. */
export function runsOf(cells: string): readonly Run[] {
  return [...cells.matchAll(/(.)\1*/g)].map((match) => ({
    cell: match[0][0] as Cell,
    first: match.index,
    last: match.index + match[0].length - 1,
  }));
}

/** `holds on 2.6.31 to 5.19.0; the event is not there on 6.1.0 to 7.1.3`; of many runs, those that hold. */
export function describeCells(runs: readonly Run[], versions: readonly string[]): string {
  const rangeOf = ({ first, last }: Run): string =>
    first === last ? `${versions[first]}` : `${versions[first]} to ${versions[last]}`;
  const kinds = (Object.keys(CELLS) as Cell[]).flatMap((cell) => {
    const own = runs.filter((run) => run.cell === cell);
    return own.length === 0 ? [] : [`${CELLS[cell]} on ${own.map(rangeOf).join(", ")}`];
  });
  return kinds.length === 1 && runs[0]?.cell === "h" ? "holds everywhere" : kinds.join("; ");
}
