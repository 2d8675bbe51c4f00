// The pipeline of an audit, read top to bottom: find the uses, read the kernels, judge each use on each, find out why.

import type { ReadOptions } from "../sources/reader.ts";
import { AUDIT_SCHEMA_VERSION, type AuditReport, type AuditSummary, type ReaderCount } from "./audit-report.ts";
import { findBreaks } from "./causes.ts";
import { insteadOf } from "./instead.ts";
import { type KernelChoice, type Kernels, readKernels } from "./kernels.ts";
import { isGlob, isRaw, targetId, wantedBy } from "./kernel-view.ts";
import { countRows, createRows, groupByProgram, type Row } from "./matrix.ts";
import { type Scan, scan } from "./scan.ts";
import { nearestEvents } from "./suggest.ts";
import { STATUSES } from "./verdict.ts";

/** Nearest events that are named where one is absent, and how near they have to be to be worth it. */
const MAX_FALLBACKS = 3;
const FALLBACK_LIKENESS = 0.6;

/** Audits files and directories on the kernels chosen. */
export async function audit(
  paths: readonly string[],
  choice: KernelChoice = {},
  options: ReadOptions = {},
): Promise<AuditReport> {
  return auditScan(scan(paths), choice, options);
}

/** Audits uses that were found before. */
export async function auditScan(found: Scan, choice: KernelChoice, options: ReadOptions): Promise<AuditReport> {
  const kernels = await readKernels(choice, wantedBy(found.uses), options);
  const rows = createRows(found.uses, kernels.views);
  const breaks = await findBreaks(rows, kernels.views, kernels.read);
  const fallbacks = await findFallbacks(rows, kernels);
  const names = kernels.views.map(({ name }) => name);
  const programs = groupByProgram(rows, names, (row) => ({
    breaks: breaks.get(row) ?? [],
    instead: insteadOf(row, fallbacks.get(targetId(row.use.target)) ?? []),
  }));
  return {
    schemaVersion: AUDIT_SCHEMA_VERSION,
    kernels: kernels.views.map(({ name, kernel: { version, arch } }) => ({
      name,
      version,
      arch,
      problems: kernels.problems.get(name) ?? 0,
    })),
    summary: summarize(found, rows, programs.length),
    programs,
    notUnderstood: found.notUnderstood,
  };
}

function summarize(found: Scan, rows: readonly Row[], programs: number): AuditSummary {
  return {
    files: found.files,
    programs,
    dependencies: rows.length,
    statuses: Object.fromEntries(
      STATUSES.map((status) => [status, countRows(rows, status)]),
    ) as AuditSummary["statuses"],
    silent: rows.filter(({ verdicts }) =>
      verdicts.some(({ status, outcome }) => status === "breaks" && outcome === "silent"),
    ).length,
    readers: countReaders(found),
  };
}

function countReaders({ uses, notUnderstood }: Scan): readonly ReaderCount[] {
  const names = new Set([...uses, ...notUnderstood].map(({ reader }) => reader));
  return [...names].sort().map((reader) => ({
    reader,
    uses: uses.filter((use) => use.reader === reader).length,
    notUnderstood: notUnderstood.filter((one) => one.reader === reader).length,
  }));
}

/** For each event that is absent from the newest kernels, the events of the newest kernel that are nearest to it. */
async function findFallbacks(
  rows: readonly Row[],
  { views, read }: Kernels,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const newest = views.at(-1);
  const gone = rows.filter(({ use, verdicts }) => verdicts.at(-1)?.status === "absent" && !isGlob(use.target));
  if (newest === undefined || gone.length === 0) return new Map();
  const inFull = await read(newest.name);
  const fallbacks = new Map<string, readonly string[]>();
  for (const { use, verdicts } of gone) {
    const id = targetId(use.target);
    if (fallbacks.has(id)) continue;
    const last = views[verdicts.findLastIndex(({ status }) => status === "holds")];
    const [known] = (isRaw(use) ? last?.users.get(use.target.name) : last?.events.get(id)) ?? [];
    const near = nearestEvents({ target: use.target, ...(known === undefined ? {} : { known }) }, inFull);
    fallbacks.set(
      id,
      near
        .filter(({ likeness }) => likeness >= FALLBACK_LIKENESS)
        .slice(0, MAX_FALLBACKS)
        .map(({ event }) => event),
    );
  }
  return fallbacks;
}
