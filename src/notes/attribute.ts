// Which commit made a change: found by reading the events again at commits in between, not by looking at lines.
// Invariant: a commit is named only if the change is there with it and not with its parents; else the reason is said.

import type { Change } from "../diff/change.ts";
import { ToolError } from "../errors.ts";
import type { Commit } from "../git/history.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { type Aspect, aspectOf, type IndexedKernel, indexKernel } from "./aspect.ts";
import { findFirst, type Graph } from "./bisect.ts";
import { graphOf, readCommit } from "./commits.ts";

/** How a change came about, as far as the history tells. */
export type Cause =
  | {
      readonly is: "commit";
      readonly commit: Commit;
      /** Which of the two kernels has the commit: a change against another branch may be one that only `before` got. */
      readonly side: "before" | "after";
    }
  /** The history has a whole release as one commit, so it tells the release and no culprit. */
  | { readonly is: "import"; readonly commit: Commit; readonly version: string }
  | { readonly is: "unknown"; readonly reason: string };

export interface AttributeOptions {
  readonly repo: string;
  /** Full ids of the commits of both kernels. */
  readonly before: string;
  readonly after: string;
  /** Reads the kernel at a commit. */
  readonly read: (commit: string) => Promise<Snapshot>;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** More commits that touched the same aspect in turn are not looked for. */
const MAX_COMMITS = 3;

/** The causes of each change, the latest commit first; never empty. */
export async function attribute(
  changes: readonly Change[],
  options: AttributeOptions,
): Promise<readonly (readonly Cause[])[]> {
  const history = openHistory(changes.map(aspectOf), options);
  const causes: (readonly Cause[])[] = [];
  for (const [index, change] of changes.entries()) {
    options.onProgress?.(index, changes.length, "attributing changes");
    causes.push(await traceOrSayWhy(history, index, change));
  }
  return causes;
}

/** The repository between two kernels, with what was read of it so far. */
interface History {
  readonly before: string;
  readonly after: string;
  readonly state: (commit: string, index: number) => Promise<string>;
  readonly versionOf: (commit: string) => Promise<string>;
  readonly graph: (without: string, tip: string, paths: readonly string[]) => Promise<Graph>;
  readonly commit: (id: string) => Promise<Commit | undefined>;
  readonly filesOf: (change: Change) => Promise<readonly string[]>;
}

interface ReadCommit {
  readonly version: string;
  /** Text of each aspect. */
  readonly states: readonly string[];
}

function openHistory(aspects: readonly Aspect[], { repo, before, after, read }: AttributeOptions): History {
  const ends = new Map<string, IndexedKernel>();
  const readOnce = memoize(async (commit: string): Promise<ReadCommit> => {
    const snapshot = await readIfKernel(read, commit);
    if (snapshot === undefined) return { version: "", states: aspects.map(() => NO_KERNEL) };
    const kernel = indexKernel(snapshot);
    if (commit === before || commit === after) ends.set(commit, kernel);
    return { version: kernel.snapshot.kernel.version, states: aspects.map((aspect) => aspect(kernel)) };
  });
  const graphs = memoize((key: string) => {
    const [without = "", tip = "", ...paths] = key.split("\0");
    return graphOf(repo, without, tip, paths);
  });
  return {
    before,
    after,
    state: async (commit, index) => (await readOnce(commit)).states[index] ?? "",
    versionOf: async (commit) => (await readOnce(commit)).version,
    graph: (without, tip, paths) => graphs([without, tip, ...paths].join("\0")),
    commit: memoize((id: string) => readCommit(repo, id)),
    filesOf: async (change) => {
      await Promise.all([readOnce(before), readOnce(after)]);
      return filesOf(change, [...ends.values()]);
    },
  };
}

/** What every aspect says of a commit whose tree is no kernel, such as an empty first one. */
const NO_KERNEL = "no kernel";

async function readIfKernel(read: AttributeOptions["read"], commit: string): Promise<Snapshot | undefined> {
  try {
    return await read(commit);
  } catch (error) {
    if (error instanceof ToolError && error.code === "not-a-kernel") return undefined;
    throw error;
  }
}

/** Files that declare the event in either kernel: where the commit is most likely to be found. */
function filesOf(change: Change, ends: readonly IndexedKernel[]): readonly string[] {
  if (!("event" in change)) return [];
  const ids = [change.event.id, ...("from" in change ? [change.from.id] : [])];
  const places = ends.flatMap(({ events, tracepoints }) =>
    ids.flatMap((id) => [
      ...(events.get(id) ?? []),
      ...(id.startsWith("-:") ? (tracepoints.get(id.slice(2)) ?? []) : []),
    ]),
  );
  const files = places
    .flatMap((place) => [place, ...("fields" in place ? place.fields : [])])
    .flatMap(({ location }) => location?.file ?? []);
  return [...new Set(files)].sort();
}

/** A commit that cannot be read, as in a clone that lacks objects, is no reason to have no notes at all. */
async function traceOrSayWhy(history: History, index: number, change: Change): Promise<readonly Cause[]> {
  try {
    return await trace(history, index, await history.filesOf(change));
  } catch (error) {
    if (error instanceof ToolError) return [{ is: "unknown", reason: error.message }];
    throw error;
  }
}

/** Follows one change back from the later kernel, through the commits that each changed a part of it. */
async function trace(history: History, index: number, paths: readonly string[]): Promise<readonly Cause[]> {
  const { before, after, state } = history;
  const found = new Map<string, Commit>();
  const open = [after];
  for (let tip = open.shift(); tip !== undefined && found.size < MAX_COMMITS; tip = open.shift()) {
    const target = await state(tip, index);
    const culprit = await findCommit(history, { index, tip, target, paths, without: before });
    if (culprit === undefined || found.has(culprit.id)) continue;
    const changed = await parentsWithPart(history, index, culprit);
    // A merge of two branches that each made a part of the change has made none itself.
    if (changed.length < 2) found.set(culprit.id, culprit);
    open.push(...changed);
  }
  if (found.size === 0) return [await traceBack(history, index, paths, await state(before, index))];
  return Promise.all([...found.values()].map((commit) => describe(history, commit, "after")));
}

/** Parents of a commit with a part of the change: neither as in the earlier kernel nor before all history. */
async function parentsWithPart(
  { before, state }: History,
  index: number,
  { parents }: Commit,
): Promise<readonly string[]> {
  const origin = await state(before, index);
  const found: string[] = [];
  for (const parent of parents) {
    const own = await state(parent, index);
    if (own !== origin && own !== NO_KERNEL) found.push(parent);
  }
  return found;
}

/** The later kernel never had what the earlier one has: the commit is one that only the earlier one got. */
async function traceBack(history: History, index: number, paths: readonly string[], origin: string): Promise<Cause> {
  const { before, after, state } = history;
  if ((await state(after, index)) === origin) return { is: "unknown", reason: "no single fact of the event shows it" };
  const culprit = await findCommit(history, { index, tip: before, target: origin, paths, without: after });
  if (culprit !== undefined) return describe(history, culprit, "before");
  return { is: "unknown", reason: "no commit between the two kernels makes the difference" };
}

interface Search {
  readonly index: number;
  readonly tip: string;
  /** What the aspect says with the commit that is looked for. */
  readonly target: string;
  readonly paths: readonly string[];
  readonly without: string;
}

/** The commit that brought the target, first among those that touch the event's files, then among all. */
async function findCommit(history: History, search: Search): Promise<Commit | undefined> {
  const near = search.paths.length === 0 ? undefined : await findIn(history, search, search.paths);
  return near ?? findIn(history, search, []);
}

/** The commit is checked against its parents: another file may have brought the target between two commits on a path. */
async function findIn(
  { graph, state, commit }: History,
  { index, tip, target, without }: Search,
  paths: readonly string[],
): Promise<Commit | undefined> {
  const candidates = await graph(without, tip, paths);
  const [newest] = candidates.keys();
  if (newest === undefined || (await state(newest, index)) !== target) return undefined;
  const hasIt = async (id: string): Promise<boolean> => (await state(id, index)) === target;
  const found = await commit(await findFirst(candidates, newest, hasIt));
  if (found === undefined) return undefined;
  for (const parent of found.parents) if (await hasIt(parent)) return undefined;
  return found;
}

/** A commit that makes one release out of another holds all of its changes; one that upstream made touches a Makefile alone. */
async function describe({ versionOf }: History, commit: Commit, side: "before" | "after"): Promise<Cause> {
  const [parent, ...others] = commit.parents;
  const version = await versionOf(commit.id);
  const isImport = parent === undefined || (others.length === 0 && (await versionOf(parent)) !== version);
  return isImport ? { is: "import", commit, version } : { is: "commit", commit, side };
}

function memoize<T>(compute: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
