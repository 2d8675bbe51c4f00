// The check of a change, read top to bottom: find both sides, read them on every architecture, compare, move each finding to
// the changed line that made it, and name the commit. Invariant: a side that cannot be read is an error, never "all new".

import { compareSnapshots } from "../compare.ts";
import { ToolError } from "../errors.ts";
import { type ChangedFile, changedFiles, hunks } from "../git/changes.ts";
import { describeFetchMissing, fetchMissing, isPartialClone } from "../git/fetch.ts";
import { findMissing, readTexts } from "../git/texts.ts";
import { createReport, type Report } from "../reports/report.ts";
import type { Problem } from "../snapshot/model.ts";
import { type ChangedSnapshots, readChange, type ReadChangeOptions } from "../sources/change.ts";
import type { ReadOptions } from "../sources/reader.ts";
import { joinArches } from "./arches.ts";
import { attribute, type FileChange, type FileChanges, filesOf, isMakefile } from "./attribute.ts";
import { type ChangeSet, resolveTarget, type Step, type Target } from "./change-set.ts";
import { nameCommits } from "./series.ts";

export interface CheckOptions extends Pick<ReadOptions, "cacheDir" | "onProgress" | "native" | "partial"> {
  /** The git repository of the kernel. */
  readonly repo: string;
  /** Architectures to compare on, at least one. */
  readonly arches: readonly string[];
  /** Texts of .config files by architecture. */
  readonly configs?: Readonly<Record<string, string>>;
  /** Only findings that concern events that match one of these patterns. */
  readonly events?: readonly string[];
  /** Name the commit of the series that makes each change. */
  readonly perCommit?: boolean;
  /** Fetch what a shallow or partial clone lacks. */
  readonly fetch?: boolean;
}

/** What a check has found. */
export interface Check {
  readonly report: Report;
  readonly change: ChangeSet;
}

/** One commit of a series, checked by itself. */
export interface CheckedStep {
  readonly step: Step;
  readonly report: Report;
}

/** Checks a change as a whole. */
export async function check(target: Target, options: CheckOptions): Promise<Check> {
  const change = await resolveTarget(options.repo, target, options.fetch);
  const report = await checkSides(change.before, change.after, options);
  if (!options.perCommit) return { report, change };
  const steps: CheckedStep[] = [];
  for await (const step of checkSteps(change, options)) steps.push(step);
  return { report: nameCommits(report, steps), change };
}

/** Checks each commit of a change by itself, in order. */
export async function* checkSteps(change: ChangeSet, options: CheckOptions): AsyncGenerator<CheckedStep> {
  for (const step of await change.steps()) {
    yield { step, report: await checkSides(step.before, step.after, options) };
  }
}

async function checkSides(before: string, after: string, options: CheckOptions): Promise<Report> {
  const { repo, arches, configs = {}, events, ...reading } = options;
  const targets = arches.map((arch) => ({ arch, ...(configs[arch] !== undefined && { config: configs[arch] }) }));
  const read = await readComplete(before, after, { ...reading, repo, targets }, options.fetch);
  const touched = read.filter((sides) => sides !== null);
  if (touched.length === 0) return untouched(before, after, arches);
  const compared = touched.map((sides) => ({
    sides,
    report: compareSnapshots(sides.before.snapshot, sides.after.snapshot, events),
  }));
  const needed = new Set(compared.flatMap(({ sides, report }) => [...filesOf(report.findings, sides)]));
  const changes = await readFileChanges(repo, before, after, needed);
  return joinArches(
    compared.map(({ sides, report }) =>
      createReport({
        ...report,
        events: report.summary.events,
        findings: attribute(report.findings, sides, changes),
        problems: newProblems(sides),
      }),
    ),
    arches,
  );
}

/** Reads both sides; what a partial clone lacks is fetched, or else the error says how. */
async function readComplete(
  before: string,
  after: string,
  options: ReadChangeOptions,
  fetch = false,
): Promise<readonly (ChangedSnapshots | null)[]> {
  try {
    return await readChange(before, after, options);
  } catch (error) {
    if (!(error instanceof ToolError) || error.code !== "missing-objects") throw error;
    // What is on neither side cannot differ between them, as in a mirror that leaves out what is large.
    const { repo } = options;
    if (!(await isPartialClone(repo)) && (await hasWhatDiffers(repo, before, after))) {
      return readChange(before, after, { ...options, partial: true });
    }
    if (!fetch) {
      const command = await describeFetchMissing(repo, [before, after]);
      const hint = `let tpabi fetch it with --fetch, go on without it with --partial, or run: ${command}`;
      throw new ToolError(error.code, error.message, { hint });
    }
    await fetchMissing(options.repo, [before, after]);
    return readChange(before, after, options);
  }
}

async function hasWhatDiffers(repo: string, before: string, after: string): Promise<boolean> {
  const files = await changedFiles(repo, before, after);
  const ids = files.flatMap((file) => [file.before, file.after]).filter((id) => !/^0+$/.test(id));
  return (await findMissing(repo, ids)).length === 0;
}

/** The report of a change that no event depends on. */
function untouched(before: string, after: string, arches: readonly string[]): Report {
  const kernel = { version: "", arch: arches.join(", "), origin: ["source"] } as const;
  return createReport({
    before: { ...kernel, commit: before },
    after: { ...kernel, commit: after },
    notComparable: [],
    events: { before: 0, after: 0, both: 0, removed: 0, added: 0 },
    problems: { before: [], after: [] },
    findings: [],
  });
}

/** What was not understood on one side only: the rest is no news of this change. */
function newProblems(sides: ChangedSnapshots): Report["problems"] {
  const [before, after] = [sides.before.snapshot, sides.after.snapshot];
  const key = ({ code, message, file, event }: Problem): string => JSON.stringify([code, message, file, event]);
  const [early, late] = [new Set(before.problems.map(key)), new Set(after.problems.map(key))];
  return {
    before: before.problems.filter((problem) => !late.has(key(problem))),
    after: after.problems.filter((problem) => !early.has(key(problem))),
  };
}

/** The changes of the files that are needed, and of all makefiles. */
async function readFileChanges(
  repo: string,
  before: string,
  after: string,
  needed: ReadonlySet<string>,
): Promise<FileChanges> {
  const isNeeded = ({ path, from = path }: ChangedFile): boolean =>
    needed.has(path) || needed.has(from) || isMakefile(path);
  const files = needed.size === 0 ? [] : (await changedFiles(repo, before, after)).filter(isNeeded);
  if (files.length === 0) return new Map();
  const paths = files.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path]));
  const [found, texts] = await Promise.all([
    hunks(repo, before, after, paths),
    readTexts(
      repo,
      files.flatMap((file) => [file.before, file.after]),
    ),
  ]);
  const lines = (id: string): readonly string[] => texts.get(id)?.split("\n") ?? [];
  const changes = new Map<string, FileChange>();
  for (const file of files) {
    const own = {
      path: file.path,
      hunks: found.get(file.path) ?? [],
      before: lines(file.before),
      after: lines(file.after),
    };
    changes.set(file.path, own);
    if (file.from !== undefined) changes.set(file.from, own);
  }
  return changes;
}
