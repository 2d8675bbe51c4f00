// Pairs the arguments of a tracepoint in two kernels.
// Invariant: pairs come in the order of the later list; without names, equal types at both ends are the same arguments.

import type { Arg } from "../snapshot/model.ts";
import { longestIncreasing } from "./align-fields.ts";
import { nameSimilarity } from "./similarity.ts";
import { elementType } from "./type-text.ts";

/** Below this two names of one type speak of different things. */
const SAME_THING = 0.5;

export interface ArgPair {
  readonly before: Arg;
  readonly after: Arg;
  readonly positionBefore: number;
  readonly positionAfter: number;
  readonly moved: boolean;
  /** Whether another value took the place: other name, and a type that does not identify it. */
  readonly replaced: boolean;
}

export interface PlacedArg {
  readonly arg: Arg;
  readonly position: number;
}

export interface ArgAlignment {
  readonly pairs: readonly ArgPair[];
  readonly removed: readonly PlacedArg[];
  readonly added: readonly PlacedArg[];
}

type Match = readonly [positionBefore: number, positionAfter: number];

/** Pairs two argument lists. */
export function alignArgs(before: readonly Arg[], after: readonly Arg[]): ArgAlignment {
  const named = [...before, ...after].every((arg) => arg.name !== "");
  const matches = named ? matchNames(before, after) : matchEnds(before, after);
  const inGaps = matchGaps(before, after, matches);
  const all = [...matches, ...inGaps].sort((one, other) => one[1] - other[1]);
  const kept = longestIncreasing(all.map(([position]) => position));
  const goneBefore = new Set(all.map(([position]) => position));
  const goneAfter = new Set(all.map(([, position]) => position));
  return {
    pairs: all.map(([positionBefore, positionAfter], index) => {
      const [was, is] = [before[positionBefore] as Arg, after[positionAfter] as Arg];
      const replaced = was.name !== is.name && !sameThing(was, is, before, after);
      // Readers count from the first: an argument that others change places around stays where it is.
      const moved = !kept.has(index) && positionBefore !== positionAfter;
      return { before: was, after: is, positionBefore, positionAfter, moved, replaced };
    }),
    removed: rest(before, goneBefore),
    added: rest(after, goneAfter),
  };
}

function matchNames(before: readonly Arg[], after: readonly Arg[]): readonly Match[] {
  const positions = new Map(before.map((arg, position) => [arg.name, position]));
  return after.flatMap((arg, position) => {
    const was = positions.get(arg.name);
    return was === undefined ? [] : [[was, position] as const];
  });
}

/** BTF of old kernels has no names: whatever is equal from the front, then from the back. */
function matchEnds(before: readonly Arg[], after: readonly Arg[]): readonly Match[] {
  const shorter = Math.min(before.length, after.length);
  let front = 0;
  while (front < shorter && sameType(before[front], after[front])) front++;
  let back = 0;
  while (back < shorter - front && sameType(before.at(-1 - back), after.at(-1 - back))) back++;
  return [
    ...Array.from({ length: front }, (_, index) => [index, index] as const),
    ...Array.from({ length: back }, (_, index) => [before.length - back + index, after.length - back + index] as const),
  ];
}

/** Between the same two kept neighbours, new arguments stand for old ones: like for like, else one by one. */
function matchGaps(before: readonly Arg[], after: readonly Arg[], matches: readonly Match[]): readonly Match[] {
  const gaps = new Map<number, { gone: number[]; come: number[] }>();
  const at = (gap: number): { gone: number[]; come: number[] } => {
    const found = gaps.get(gap) ?? { gone: [], come: [] };
    gaps.set(gap, found);
    return found;
  };
  before.forEach((_, position) => {
    if (matches.some(([was]) => was === position)) return;
    at(matches.filter(([was]) => was < position).length).gone.push(position);
  });
  after.forEach((_, position) => {
    if (matches.some(([, is]) => is === position)) return;
    at(matches.filter(([, is]) => is < position).length).come.push(position);
  });
  return [...gaps.values()].flatMap(({ gone, come }) => {
    // Readers know positions: without a like one, what stands in an argument's place has replaced it.
    const isLike = (was: number, is: number): boolean => sameThing(before[was] as Arg, after[is] as Arg, before, after);
    if (gone.length === come.length || !gone.some((was) => come.some((is) => isLike(was, is)))) {
      return gone.slice(0, come.length).map((position, index) => [position, come[index] as number] as const);
    }
    return gone.flatMap((position) => {
      const like = come.find((other) => isLike(position, other));
      if (like === undefined) return [];
      come.splice(come.indexOf(like), 1);
      return [[position, like] as const];
    });
  });
}

/** Whether two arguments of different names mean the same: like names, or a struct that no other argument has. */
function sameThing(before: Arg, after: Arg, allBefore: readonly Arg[], allAfter: readonly Arg[]): boolean {
  if (nameSimilarity(before.name, after.name) >= SAME_THING) return true;
  return (
    sameType(before, after) &&
    /\b(?:struct|union)\b.*\*/.test(before.type) &&
    allBefore.filter((arg) => sameType(arg, before)).length === 1 &&
    allAfter.filter((arg) => sameType(arg, after)).length === 1
  );
}

/** Whether the types are equal but for qualifiers and spaces. */
export function sameType(before: Arg | undefined, after: Arg | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return before.type === after.type || elementType(before.type) === elementType(after.type);
}

function rest(args: readonly Arg[], taken: ReadonlySet<number>): readonly PlacedArg[] {
  return args.map((arg, position) => ({ arg, position })).filter(({ position }) => !taken.has(position));
}
