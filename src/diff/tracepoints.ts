// Compares tracepoints and their arguments.
// Invariant: a tracepoint that came, went or was renamed together with its event is the event's change alone.

import { groupBy } from "../snapshot/group.ts";
import { type Arg, eventId, type Snapshot, type TraceEvent, type Tracepoint } from "../snapshot/model.ts";
import { alignArgs, sameType } from "./align-args.ts";
import type { ArgAlignment, ArgPair, PlacedArg } from "./align-args.ts";
import type { EventAlignment } from "./align.ts";
import type { ArgShift, Change, ChangeOf, EventRef } from "./change.ts";
import { refTo, refToBare } from "./event-ref.ts";
import { attributeShifts } from "./knock-on.ts";
import { argsOf, validityOf } from "./nullability.ts";
import { compareText } from "./order.ts";
import { dice, nameSimilarity } from "./similarity.ts";

/** Below this a removed and an added tracepoint are two changes, not a rename. */
const TRACEPOINT_RENAME_THRESHOLD = 0.75;

/** Argument changes of a pair of events that goes by two ids, for the rename to carry. */
export type ArgumentDiff = (before: TraceEvent, after: TraceEvent, event: EventRef) => readonly Change[];

export function tracepointName(event: TraceEvent): string {
  return event.tracepoint ?? event.name;
}

/** The tracepoints of two kernels by name, and how to read their arguments. */
export interface Prototypes {
  readonly were: ReadonlyMap<string, Tracepoint>;
  readonly are: ReadonlyMap<string, Tracepoint>;
  readonly resolve: Resolve;
}

export function indexPrototypes(before: Snapshot, after: Snapshot): Prototypes {
  return {
    were: byName(before.tracepoints, after.tracepoints),
    are: byName(after.tracepoints, before.tracepoints),
    resolve: { before: argsOf(before), after: argsOf(after) },
  };
}

/** Compares the arguments of two events through their tracepoints. */
export function argumentDiff({ were, are, resolve }: Prototypes): ArgumentDiff {
  return (was, is, event) => {
    const [one, other] = [were.get(tracepointName(was)), are.get(tracepointName(is))];
    return one === undefined || other === undefined ? [] : argumentChanges(one, other, event, resolve);
  };
}

/** Tracepoints that exist in one kernel only or under another name, and the arguments of those in both. */
export function tracepointChanges(
  before: Snapshot,
  after: Snapshot,
  events: EventAlignment,
  { were, are, resolve }: Prototypes,
): readonly Change[] {
  const existence = { removed: after.knows.existence, added: before.knows.existence };
  const usersBefore = usersOf(before.events);
  const usersAfter = usersOf(after.events);
  const moved = [...events.renames, ...events.splits];
  const explained = new Set([...events.removed, ...moved.map((one) => one.before)].map(tracepointName));
  const explainedAfter = new Set(
    [
      ...events.added,
      ...events.renames.map((rename) => rename.after),
      ...events.splits.flatMap(({ parts }) => parts),
    ].map(tracepointName),
  );
  const ref = (tracepoint: Tracepoint, users: ReadonlyMap<string, readonly TraceEvent[]>): EventRef => {
    const user = users.get(tracepoint.name)?.[0];
    return user === undefined ? refToBare(tracepoint) : refTo(user);
  };
  const changes: Change[] = [];
  const removed = [...were.values()].filter((one) => !are.has(one.name) && !explained.has(one.name));
  const added = [...are.values()].filter((one) => !were.has(one.name) && !explainedAfter.has(one.name));
  const renamed = pairRenamed(removed, added, usersBefore, usersAfter);
  const [gone, come] = [new Set(removed), new Set(added)];
  for (const { one, other, confidence } of renamed) {
    gone.delete(one);
    come.delete(other);
    const names = { before: one.name, after: other.name, confidence };
    changes.push({ kind: "tracepoint-renamed", event: ref(other, usersAfter), siblings: [], ...names });
  }
  for (const one of existence.removed ? gone : []) {
    changes.push({ kind: "tracepoint-removed", event: ref(one, usersBefore), siblings: [] });
  }
  for (const one of existence.added ? come : []) {
    changes.push({ kind: "tracepoint-added", event: ref(one, usersAfter), siblings: [] });
  }
  for (const [name, one] of were) {
    const other = are.get(name);
    if (other === undefined) continue;
    const event = ref(other, usersAfter);
    const siblings = (usersAfter.get(name) ?? []).slice(1).map((user) => refTo(user).id);
    changes.push(...argumentChanges(one, other, event, resolve).map((change) => ({ ...change, siblings })));
  }
  return changes;
}

/** The arguments of a tracepoint of either kernel, with what is known of their nullability. */
interface Resolve {
  readonly before: (tracepoint: Tracepoint) => readonly Arg[];
  readonly after: (tracepoint: Tracepoint) => readonly Arg[];
}

/** What happened to the arguments of one tracepoint. */
function argumentChanges(
  before: Tracepoint,
  after: Tracepoint,
  event: EventRef,
  resolve: Resolve,
): readonly (ArgumentChange | ChangeOf<"argument-nullability-changed">)[] {
  if (equalArgs(before.args, after.args)) return [];
  const alignment = alignArgs(resolve.before(before), resolve.after(after));
  const common = {
    event,
    siblings: [],
    tracepoint: after.name,
    countBefore: before.args.length,
    countAfter: after.args.length,
  };
  const pushed = shiftsByCause(alignment);
  const lastKept = Math.max(-1, ...alignment.pairs.map((pair) => pair.positionAfter));
  return [
    ...runsOf(alignment.removed).map(({ args, position }): ArgumentChange => ({
      kind: "argument-removed",
      ...common,
      args,
      position,
      shifted: pushed.get(args[0]) ?? [],
    })),
    ...runsOf(alignment.added).map(({ args, position }): ArgumentChange => {
      const shifted = pushed.get(args[0]) ?? [];
      return position > lastKept
        ? { kind: "argument-appended", ...common, args, position }
        : { kind: "argument-inserted", ...common, args, position, shifted };
    }),
    ...alignment.pairs.flatMap((pair) => pairChange(pair).map((change): ArgumentChange => ({ ...common, ...change }))),
    ...alignment.pairs.flatMap((pair) => nullabilityChange(pair, event)),
  ];
}

function equalArgs(before: readonly Arg[], after: readonly Arg[]): boolean {
  return (
    before.length === after.length &&
    before.every((arg, index) => {
      const other = after[index];
      return arg.name === other?.name && arg.type === other.type && validityOf(arg) === validityOf(other);
    })
  );
}

/** Added arguments that stand side by side, together. */
function runsOf(added: readonly PlacedArg[]): readonly { readonly args: readonly Arg[]; readonly position: number }[] {
  const runs: { args: Arg[]; position: number }[] = [];
  for (const { arg, position } of added) {
    const last = runs.at(-1);
    if (last !== undefined && last.position + last.args.length === position) last.args.push(arg);
    else runs.push({ args: [arg], position });
  }
  return runs;
}

type ArgumentChange = Extract<Change, { readonly tracepoint: string }>;
type PairFacts = ArgumentChange extends infer Each
  ? Each extends ArgumentChange
    ? Omit<Each, "event" | "siblings" | "tracepoint" | "countBefore" | "countAfter">
    : never
  : never;

function pairChange(pair: ArgPair): readonly PairFacts[] {
  const { before, after, positionBefore, positionAfter: position } = pair;
  const facts = { position, before, after };
  if (pair.replaced) return [{ kind: "argument-replaced", ...facts }];
  if (!sameType(before, after)) return [{ kind: "argument-retyped", ...facts }];
  if (pair.moved) return [{ kind: "argument-moved", arg: after, positionBefore, position }];
  return before.name === after.name ? [] : [{ kind: "argument-renamed", ...facts }];
}

/** Whether an argument may be invalid matters only where it is still the same otherwise. */
function nullabilityChange(pair: ArgPair, event: EventRef): readonly ChangeOf<"argument-nullability-changed">[] {
  const { before, after } = pair;
  const isKept = !pair.replaced && !pair.moved && sameType(before, after);
  const [validityBefore, validityAfter] = [validityOf(before), validityOf(after)];
  if (!isKept || validityBefore === undefined || validityAfter === undefined) return [];
  if (validityBefore === validityAfter) return [];
  const args = [{ event: event.id, name: after.name }];
  return [{ kind: "argument-nullability-changed", event, siblings: [], validityBefore, validityAfter, args }];
}

/** Which kept arguments each inserted or removed one pushes to another position. */
function shiftsByCause({ pairs, removed, added }: ArgAlignment): ReadonlyMap<unknown, readonly ArgShift[]> {
  const anchors = pairs.filter((pair) => !pair.moved);
  const gaps = new Map<number, unknown[]>();
  const put = (gap: number, cause: unknown): unknown => gaps.set(gap, [...(gaps.get(gap) ?? []), cause]);
  for (const { arg, position } of removed) put(anchors.filter((pair) => pair.positionBefore < position).length, arg);
  for (const { arg, position } of added) put(anchors.filter((pair) => pair.positionAfter < position).length, arg);
  for (const pair of pairs) {
    if (!pair.moved) continue;
    put(anchors.filter((kept) => kept.positionBefore < pair.positionBefore).length, pair);
    put(anchors.filter((kept) => kept.positionAfter < pair.positionAfter).length, pair);
  }
  const { moved } = attributeShifts(
    anchors.map((pair) => pair.positionAfter - pair.positionBefore),
    gaps,
    0,
  );
  const shift = (index: number): ArgShift => {
    const pair = anchors[index] as ArgPair;
    return { name: pair.after.name, before: pair.positionBefore, after: pair.positionAfter };
  };
  return new Map([...moved].map(([cause, indexes]) => [cause, indexes.map(shift)]));
}

/** A tracepoint that is gone and the one that it has likely become. */
interface RenamedTracepoint {
  readonly one: Tracepoint;
  readonly other: Tracepoint;
  readonly confidence: number;
}

/** The likeliest renames first, so that it makes no difference which kernel is the later one. */
function pairRenamed(
  removed: readonly Tracepoint[],
  added: readonly Tracepoint[],
  usersBefore: ReadonlyMap<string, readonly TraceEvent[]>,
  usersAfter: ReadonlyMap<string, readonly TraceEvent[]>,
): readonly RenamedTracepoint[] {
  const idsOf = ({ name }: Tracepoint, users: typeof usersBefore): readonly string[] =>
    (users.get(name) ?? []).map(eventId);
  const likely = removed.flatMap((one) => {
    const events = new Set(idsOf(one, usersBefore));
    const types = one.args.map((arg) => arg.type);
    return added.flatMap((other): readonly RenamedTracepoint[] => {
      const sameEvent = idsOf(other, usersAfter).some((id) => events.has(id));
      const args = dice(
        types,
        other.args.map((arg) => arg.type),
      );
      const confidence = sameEvent ? 1 : 0.6 * nameSimilarity(one.name, other.name) + 0.4 * args;
      return confidence >= TRACEPOINT_RENAME_THRESHOLD ? [{ one, other, confidence }] : [];
    });
  });
  const taken = new Set<Tracepoint>();
  return likely
    .sort((a, b) => b.confidence - a.confidence || compareText(namesOf(a), namesOf(b)))
    .filter(({ one, other }) => {
      if (taken.has(one) || taken.has(other)) return false;
      taken.add(one).add(other);
      return true;
    });
}

/** Both names, whichever is the later one. */
function namesOf({ one, other }: RenamedTracepoint): string {
  return [one.name, other.name].sort(compareText).join(" ");
}

/** One tracepoint of each name. BTF has several where modules differ: then that which the other kernel has, too. */
function byName(tracepoints: readonly Tracepoint[], others: readonly Tracepoint[]): ReadonlyMap<string, Tracepoint> {
  const found = new Map<string, Tracepoint>();
  for (const one of [...tracepoints].sort((left, right) => compareText(left.name, right.name))) {
    const isVariant = found.has(one.name);
    if (!isVariant || others.some((other) => other.name === one.name && sameTypes(one.args, other.args))) {
      found.set(one.name, one);
    }
  }
  return found;
}

function sameTypes(before: readonly Arg[], after: readonly Arg[]): boolean {
  return before.length === after.length && before.every((arg, index) => sameType(arg, after[index]));
}

/** The events of each tracepoint, sorted by id. */
function usersOf(events: readonly TraceEvent[]): ReadonlyMap<string, readonly TraceEvent[]> {
  return groupBy(
    [...events].sort((one, other) => compareText(eventId(one), eventId(other))),
    tracepointName,
  );
}
