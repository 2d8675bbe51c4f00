// Why a dependency stopped holding: the changes between the last kernel on which it held and the first on which it does not.
// Invariant: the changes come from the diff, and the rules say what they mean; nothing is judged here.

import type { Change } from "../diff/change.ts";
import { diff } from "../diff/diff.ts";
import { classify } from "../rules/classify.ts";
import { type Finding, HARD_OUTCOMES } from "../rules/finding.ts";
import { outcomeFor } from "../rules/likelihood.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { predecessorsOf } from "./branches.ts";
import type { Break, BreakingChange, Transition } from "./audit-report.ts";
import { subjectName } from "./describe.ts";
import { eventsOf, isRaw, type KernelView, targetId, tracepointsOf } from "./kernel-view.ts";
import { type Row, transitionsOf } from "./matrix.ts";
import type { Use } from "./use.ts";

/** Changes that are named for one break. */
const MAX_CHANGES = 3;

/** Finds the breaks of all rows; `read` gives a kernel in full again. */
export async function findBreaks(
  rows: readonly Row[],
  views: readonly KernelView[],
  read: (name: string) => Promise<Snapshot>,
): Promise<ReadonlyMap<Row, readonly Break[]>> {
  const names = views.map(({ name }) => name);
  const predecessors = predecessorsOf(views.map(({ kernel }) => kernel.version));
  const broken = rows.flatMap((row) => {
    const transitions = transitionsOf(row, names, predecessors);
    return transitions.length === 0 ? [] : [{ row, transitions }];
  });
  const changes = await diffAll(
    broken.flatMap(({ transitions }) => transitions),
    names,
    read,
  );
  const byName = new Map(views.map((view) => [view.name, view]));
  return new Map(
    broken.map(({ row, transitions }) => {
      const found = transitions.map((transition) => {
        const view = byName.get(transition.after);
        const all = changes.get(keyOf(transition)) ?? [];
        return { transition, changes: view === undefined ? [] : relevant(row.use, view, all) };
      });
      return [row, groupAlike(found)];
    }),
  );
}

function keyOf({ after, from }: Transition): string {
  return JSON.stringify([after, from]);
}

/** The changes of each distinct pair of kernels. Neighbours follow one another, so that most are read once. */
async function diffAll(
  transitions: readonly Transition[],
  names: readonly string[],
  read: (name: string) => Promise<Snapshot>,
): Promise<ReadonlyMap<string, readonly Change[]>> {
  const pairs = new Map(transitions.map((transition) => [keyOf(transition), transition]));
  const order = [...pairs].sort(([, one], [, other]) => names.indexOf(one.from) - names.indexOf(other.from));
  const changes = new Map<string, readonly Change[]>();
  let recent = new Map<string, Snapshot>();
  for (const [key, { after, from }] of order) {
    const before = recent.get(after) ?? (await read(after));
    const later = recent.get(from) ?? (await read(from));
    changes.set(key, diff(before, later).changes);
    recent = new Map([
      [after, before],
      [from, later],
    ]);
  }
  return changes;
}

/** What of all changes explains that a use no longer holds: of its event, and hard for its contract. */
function relevant(use: Use, held: KernelView, changes: readonly Change[]): readonly BreakingChange[] {
  const ids = idsOf(use, held);
  const isMeant = meantBy(use, held, ids);
  const isHard = (finding: Finding): boolean =>
    HARD_OUTCOMES.has(finding.contracts.existence) || HARD_OUTCOMES.has(outcomeFor(finding, use.contract, use.kind));
  const findings = classify(changes.filter(isMeant)).filter(isHard);
  const name = subjectName(use.subject);
  const exact = findings.filter((finding) => finding.subject === name || finding.subject === undefined);
  return (exact.length > 0 ? exact : findings).slice(0, MAX_CHANGES).map((finding) => {
    const { rule, event, siblings = [], message, location } = finding;
    // A change of several events is told of the first; the user asked about this one.
    const asked = [event, ...siblings].find((id) => ids.has(id)) ?? event;
    return { rule, event: asked, message, ...(location === undefined ? {} : { location }) };
  });
}

/** The ids of the events and tracepoints that a use is about. */
function idsOf(use: Use, view: KernelView): ReadonlySet<string> {
  if (!isRaw(use)) return new Set(eventsOf(view, use.target).map(targetId));
  const names = tracepointsOf(view, use.target).map(({ name }) => name);
  const users = names.flatMap((name) => view.users.get(name) ?? []);
  return new Set([...users.map(targetId), ...names.map((name) => `-:${name}`)]);
}

/** A test for changes of them. */
function meantBy(use: Use, view: KernelView, ids: ReadonlySet<string>): (change: Change) => boolean {
  const raw = new Set(isRaw(use) ? tracepointsOf(view, use.target).map(({ name }) => name) : []);
  return (change) => {
    if (!("event" in change)) return change.kind === "common-fields-changed" && use.contract === "layout";
    return (
      ids.has(change.event.id) ||
      change.siblings.some((id) => ids.has(id)) ||
      ("from" in change && ids.has(change.from.id)) ||
      ("tracepoint" in change && raw.has(change.tracepoint))
    );
  };
}

/** Transitions by the same rules are one break that came to several branches. */
function groupAlike(
  found: readonly { readonly transition: Transition; readonly changes: readonly BreakingChange[] }[],
): readonly Break[] {
  const groups = new Map<string, { readonly first: Transition[]; readonly changes: readonly BreakingChange[] }>();
  for (const { transition, changes } of found) {
    const key = JSON.stringify(changes.map(({ rule, event, message }) => [rule, event, message]));
    const group = groups.get(key) ?? { first: [], changes };
    group.first.push(transition);
    groups.set(key, group);
  }
  return [...groups.values()];
}
