// What the merging of sources is made of: the sources with their names, and how a contradiction between two is told.

import type { Origin, Snapshot } from "../snapshot/model.ts";

/** One source of a kernel, and what messages call it. */
export interface Part {
  readonly name: string;
  readonly snapshot: Snapshot;
}

/** A fact as one source tells it. */
export interface Told {
  readonly name: string;
  readonly fact: string | number;
}

/** Notes that two sources contradict each other. */
export type Disagree = (subject: string, one: Told, other: Told, event?: string) => void;

/** The sources by what kind they are; several of one kind are numbered. */
export function nameParts(snapshots: readonly Snapshot[]): readonly Part[] {
  const kinds = snapshots.map(({ kernel }) => kernel.origin.join("+"));
  return snapshots.map((snapshot, index) => {
    const kind = kinds[index] ?? "";
    const isOnly = kinds.indexOf(kind) === kinds.lastIndexOf(kind);
    const number = kinds.slice(0, index + 1).filter((other) => other === kind).length;
    return { name: isOnly ? kind : `${kind} ${number}`, snapshot };
  });
}

/** The parts with those first whose facts count most. */
export function ranked(parts: readonly Part[], order: readonly Origin[]): readonly Part[] {
  const rank = ({ snapshot }: Part): number =>
    Math.min(...snapshot.kernel.origin.map((origin) => order.indexOf(origin)), order.length);
  return [...parts].sort((one, other) => rank(one) - rank(other));
}

export function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
