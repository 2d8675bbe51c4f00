// Compares tracepoints and their arguments.
// Invariant: a tracepoint that came, went or was renamed together with its event is the event's change alone.

import type { Arg, Snapshot, TraceEvent, Tracepoint } from "../snapshot/model.ts";
import { alignArgs, sameType } from "./align-args.ts";
import type { ArgAlignment, ArgPair, PlacedArg } from "./align-args.ts";
import type { EventAlignment } from "./align.ts";
import type { ArgShift, Change, EventRef } from "./change.ts";
import { refTo, refToBare } from "./event-ref.ts";
import type { SystemSizes } from "./event-ref.ts";
import { attributeShifts } from "./knock-on.ts";
import { argsOf } from "./nullability.ts";
import { compareText } from "./order.ts";
import { dice, nameSimilarity } from "./similarity.ts";

/** Below this a removed and an added tracepoint are two changes, not a rename. */
const TRACEPOINT_RENAME_THRESHOLD = 0.75;

/** Argument changes of a pair of events that goes by two ids, for the rename to carry. */
export type ArgumentDiff = (before: TraceEvent, after: TraceEvent, event: EventRef) => readonly Change[];

export function tracepointName(event: TraceEvent): string {
  return event.tracepoint ?? event.name;
}

/** Compares the arguments of two events through their tracepoints. */
export function argumentDiff(before: Snapshot, after: Snapshot): ArgumentDiff {
  const resolve = { before: argsOf(before), after: argsOf(after) };
  const were = byName(before.tracepoints, after.tracepoints);
  const are = byName(after.tracepoints, before.tracepoints);
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
  sizes: { readonly before: SystemSizes; readonly after: SystemSizes },
): readonly Change[] {
  const existence = { removed: after.knows.existence, added: before.knows.existence };
  const resolve = { before: argsOf(before), after: argsOf(after) };
  const were = byName(before.tracepoints, after.tracepoints);
  const are = byName(after.tracepoints, before.tracepoints);
  const usersBefore = usersOf(before.events);
  const usersAfter = usersOf(after.events);
  const explained = new Set([...events.removed, ...events.renames.map((rename) => rename.before)].map(tracepointName));
  const explainedAfter = new Set(
    [...events.added, ...events.renames.map((rename) => rename.after)].map(tracepointName),
  );
  const ref = (
    tracepoint: Tracepoint,
    users: ReadonlyMap<string, readonly TraceEvent[]>,
    of: SystemSizes,
  ): EventRef => {
    const user = users.get(tracepoint.name)?.[0];
    return user === undefined ? refToBare(tracepoint) : refTo(user, of);
  };
  const changes: Change[] = [];
  const removed = [...were.values()].filter((one) => !are.has(one.name) && !explained.has(one.name));
  const added = [...are.values()].filter((one) => !were.has(one.name) && !explainedAfter.has(one.name));
  const renamed = new Set<Tracepoint>();
  for (const one of removed) {
    const like = bestMatch(
      one,
      added.filter((other) => !renamed.has(other)),
      usersBefore,
      usersAfter,
    );
    if (like === undefined) {
      if (existence.removed)
        changes.push({ kind: "tracepoint-removed", event: ref(one, usersBefore, sizes.before), siblings: [] });
      continue;
    }
    renamed.add(like.tracepoint);
    const event = ref(like.tracepoint, usersAfter, sizes.after);
    const names = { before: one.name, after: like.tracepoint.name, confidence: like.confidence };
    changes.push({ kind: "tracepoint-renamed", event, siblings: [], ...names });
  }
  for (const one of added) {
    if (renamed.has(one) || !existence.added) continue;
    changes.push({ kind: "tracepoint-added", event: ref(one, usersAfter, sizes.after), siblings: [] });
  }
  for (const [name, one] of were) {
    const other = are.get(name);
    if (other === undefined) continue;
    const event = ref(other, usersAfter, sizes.after);
    const siblings = (usersAfter.get(name) ?? []).slice(1).map((user) => refTo(user, sizes.after).id);
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
): readonly ArgumentChange[] {
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
    ...alignment.removed.map(({ arg, position }): ArgumentChange => ({
      kind: "argument-removed",
      ...common,
      arg,
      position,
      shifted: pushed.get(arg) ?? [],
    })),
    ...runsOf(alignment.added).map(({ args, position }): ArgumentChange => {
      const shifted = pushed.get(args[0]) ?? [];
      return position > lastKept
        ? { kind: "argument-appended", ...common, args, position }
        : { kind: "argument-inserted", ...common, args, position, shifted };
    }),
    ...alignment.pairs.flatMap((pair) => pairChange(pair).map((change): ArgumentChange => ({ ...common, ...change }))),
  ];
}

function equalArgs(before: readonly Arg[], after: readonly Arg[]): boolean {
  return (
    before.length === after.length &&
    before.every((arg, index) => {
      const other = after[index];
      return arg.name === other?.name && arg.type === other.type && arg.nullable === other.nullable;
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
  if (before.nullable !== undefined && after.nullable !== undefined && before.nullable !== after.nullable) {
    return [{ kind: "argument-nullability-changed", ...facts }];
  }
  return before.name === after.name ? [] : [{ kind: "argument-renamed", ...facts }];
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

function bestMatch(
  one: Tracepoint,
  candidates: readonly Tracepoint[],
  usersBefore: ReadonlyMap<string, readonly TraceEvent[]>,
  usersAfter: ReadonlyMap<string, readonly TraceEvent[]>,
): { readonly tracepoint: Tracepoint; readonly confidence: number } | undefined {
  let best: { tracepoint: Tracepoint; confidence: number } | undefined;
  const events = new Set((usersBefore.get(one.name) ?? []).map((event) => `${event.system}:${event.name}`));
  for (const other of candidates) {
    const sameEvent = (usersAfter.get(other.name) ?? []).some((event) => events.has(`${event.system}:${event.name}`));
    const args = dice(
      one.args.map((arg) => arg.type),
      other.args.map((arg) => arg.type),
    );
    const confidence = sameEvent ? 1 : 0.6 * nameSimilarity(one.name, other.name) + 0.4 * args;
    if (confidence >= TRACEPOINT_RENAME_THRESHOLD && (best === undefined || confidence > best.confidence)) {
      best = { tracepoint: other, confidence };
    }
  }
  return best;
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
  const users = new Map<string, TraceEvent[]>();
  for (const event of events) {
    const name = tracepointName(event);
    const list = users.get(name);
    if (list === undefined) users.set(name, [event]);
    else list.push(event);
  }
  for (const list of users.values()) {
    list.sort((one, other) => compareText(`${one.system}:${one.name}`, `${other.system}:${other.name}`));
  }
  return users;
}
