// From two kernels to notes, read top to bottom: compare them, find where each change came from, arrange.

import { selectKernels } from "../baselines/select.ts";
import { type CompareOptions, compareSnapshots } from "../compare.ts";
import type { Change } from "../diff/change.ts";
import { diff } from "../diff/diff.ts";
import type { Commit } from "../git/history.ts";
import { idsOf } from "../history/concern.ts";
import { linkKernels, pathTo } from "../history/series.ts";
import { classify } from "../rules/classify.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { openSession } from "../native.ts";
import { findReader, readSnapshot } from "../sources/source.ts";
import { attribute, type Cause } from "./attribute.ts";
import { noteCommits, type NotedCommit } from "./commits.ts";
import { createNotes, type Notes, type Origin } from "./notes.ts";
import { findReleases } from "./releases.ts";

/** Notes, and what a check of a text against them needs to know besides. */
export interface Gathered {
  readonly notes: Notes;
  /** Ids of all events of both kernels. */
  readonly ids: ReadonlySet<string>;
}

/** Options of a comparison; `commits: false` looks for no origins. */
export interface NotesOptions extends CompareOptions {
  readonly commits?: boolean;
}

/** Compares two kernels, spelled as on the command line, and finds the origins of the changes as far as there is a history. */
export async function gatherNotes(before: string, after: string, options: NotesOptions = {}): Promise<Gathered> {
  const [earlier, later] = await Promise.all([readSnapshot(before, options), readSnapshot(after, options)]);
  const report = compareSnapshots(earlier, later, options.events);
  const wanted = new Set(report.findings.map(({ id }) => id));
  const changes = changesById(diff(earlier, later).changes, wanted);
  const found =
    options.commits === false ? NOT_ASKED : await findOrigins(earlier, later, { before, after, changes, options });
  const origins = found.origins && new Map([...changes.keys()].map((id, index) => [id, found.origins?.[index] ?? []]));
  return {
    notes: createNotes(report, origins, found.reason),
    ids: new Set([...idsOf(earlier), ...idsOf(later)]),
  };
}

/** The change behind each finding, by the finding's id. */
function changesById(changes: readonly Change[], wanted: ReadonlySet<string>): ReadonlyMap<string, Change> {
  return new Map(
    changes.flatMap((change) =>
      classify([change])
        .filter(({ id }) => wanted.has(id))
        .map(({ id }) => [id, change] as const),
    ),
  );
}

interface Found {
  /** In the order of the changes. */
  readonly origins?: readonly (readonly Origin[])[];
  /** Why there are none, or none that are commits. */
  readonly reason?: string;
}

const NOT_ASKED: Found = { reason: "they were not asked for" };
const NO_REPOSITORY = "the kernels were not read from the history of one git repository (--repo DIR)";

interface Search {
  readonly before: string;
  readonly after: string;
  readonly changes: ReadonlyMap<string, Change>;
  readonly options: NotesOptions;
}

async function findOrigins(earlier: Snapshot, later: Snapshot, search: Search): Promise<Found> {
  const { before, after, options } = search;
  const changes = [...search.changes.values()];
  const readers = [before, after].map((spelling) => findReader(spelling, options).reader.prefix);
  if (readers.every((prefix) => prefix === "git:")) {
    const [from, to] = [earlier.kernel.commit, later.kernel.commit];
    if (from !== undefined && to !== undefined) return findCommits(changes, { from, to, options });
  }
  if (readers.every((prefix) => prefix === "baseline:")) {
    const versions = await versionsBetween(earlier, later, options);
    const read = (version: string): Promise<Snapshot> => readSnapshot(`baseline:${version}`, options);
    if (versions.length > 2) {
      const origins = await findReleases(changes, versions, read);
      return { origins: origins.map((origin) => [origin]), reason: NO_REPOSITORY };
    }
  }
  return { reason: NO_REPOSITORY };
}

/** The baselines from the one kernel to the other, if the one lies on the other's way. */
async function versionsBetween(
  { kernel: before }: Snapshot,
  { kernel: after }: Snapshot,
  { baselines }: NotesOptions,
): Promise<readonly string[]> {
  const all = await selectKernels("*", after.arch, baselines && { baselines });
  const configs = new Map(all.map(({ version, config }) => [version, config === undefined ? "" : "configured"]));
  const links = linkKernels([...configs.keys()], (version) => configs.get(version) ?? "");
  const path = pathTo(links, after.version).map(({ version }) => version);
  const start = path.indexOf(before.version);
  return start < 0 ? [] : path.slice(start);
}

async function findCommits(
  changes: readonly Change[],
  { from, to, options }: { readonly from: string; readonly to: string; readonly options: NotesOptions },
): Promise<Found> {
  const { repo = ".", onProgress, ...reading } = options;
  const native = openSession();
  const causes = await attribute(changes, {
    repo,
    before: from,
    after: to,
    read: (commit) => readSnapshot(`git:${commit}`, { native, ...reading, repo }),
    ...(onProgress && { onProgress }),
  }).finally(() => native.close());
  const named = new Map(
    causes.flat().flatMap((cause) => (cause.is === "unknown" ? [] : [[cause.commit.id, cause.commit]])),
  );
  const notes = await noteCommits(repo, [...named.values()] as readonly Commit[]);
  return { origins: causes.map((own) => own.map((cause) => toOrigin(cause, notes))) };
}

function toOrigin(cause: Cause, notes: ReadonlyMap<string, NotedCommit>): Origin {
  if (cause.is === "unknown") return cause;
  const { body: _body, parents: _parents, ...commit } = cause.commit;
  return { ...cause, commit: notes.get(commit.id) ?? { ...commit, elsewhere: [] } };
}
