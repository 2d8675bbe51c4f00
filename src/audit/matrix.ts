// Dependency × kernel: all uses judged on all kernels, grouped by program. Invariant: every use is in it, and every kernel.

import type { DependencyReport, ProgramReport, Transition, VerdictRun } from "./audit-report.ts";
import { describeSubject, useKey } from "./describe.ts";
import { createJudge } from "./judge.ts";
import { type KernelView, targetId } from "./kernel-view.ts";
import type { Use } from "./use.ts";
import type { Status, Verdict } from "./verdict.ts";

/** One dependency of one program on all kernels. */
export interface Row {
  /** The first of the uses that are this dependency. */
  readonly use: Use;
  readonly lines: readonly number[];
  /** One for each kernel, in their order. */
  readonly verdicts: readonly Verdict[];
}

/** Judges all uses; the kernels are given oldest first. */
export function createRows(uses: readonly Use[], views: readonly KernelView[]): readonly Row[] {
  const judge = createJudge(views, uses);
  const rows = new Map<string, { readonly use: Use; readonly lines: number[] }>();
  for (const use of uses) {
    const key = useKey(use);
    const row = rows.get(key) ?? { use, lines: [] };
    if (use.line > 0 && !row.lines.includes(use.line)) row.lines.push(use.line);
    rows.set(key, row);
  }
  return [...rows.values()].map((row) => ({ ...row, verdicts: views.map((view) => judge(row.use, view)) }));
}

export function isBad({ status }: Verdict): boolean {
  return status === "breaks" || status === "absent";
}

/**
 * Where a dependency stops holding on each branch: the last kernel on which it held and the first on which it does not.
 * `predecessors` says which kernel each one follows (src/audit/branches.ts).
 */
export function transitionsOf(
  { verdicts }: Row,
  names: readonly string[],
  predecessors: readonly (number | undefined)[],
): readonly Transition[] {
  const transitions: Transition[] = [];
  const held: (string | undefined)[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    const name = names[index] ?? "";
    const before = held[predecessors[index] ?? -1];
    const bad = isBad(verdict);
    if (bad && before !== undefined) transitions.push({ after: before, from: name });
    held.push(verdict.status === "holds" ? name : bad ? undefined : before);
  }
  return transitions;
}

/** The rows of one program after the other, as they stand in the files. */
export function groupByProgram(
  rows: readonly Row[],
  names: readonly string[],
  explain: (row: Row) => Pick<DependencyReport, "breaks" | "instead">,
): readonly ProgramReport[] {
  const programs = new Map<
    string,
    { readonly file: string; readonly program: string; dependencies: DependencyReport[] }
  >();
  for (const row of rows) {
    const { file, program } = row.use;
    const key = JSON.stringify([file, program]);
    const group = programs.get(key) ?? { file, program, dependencies: [] };
    group.dependencies.push({ ...describeRow(row, names), ...explain(row) });
    programs.set(key, group);
  }
  return [...programs.values()].map((group) => ({ ...group, dependencies: eventsFirst(group.dependencies) }));
}

/** Each event before what is used of it; helper functions often stand above the programs that call them. */
function eventsFirst(dependencies: readonly DependencyReport[]): readonly DependencyReport[] {
  const events = new Set(dependencies.map(({ event }) => event));
  return [...events].flatMap((event) => {
    const ofEvent = dependencies.filter((one) => one.event === event);
    return [...ofEvent.filter(({ subject }) => !subject), ...ofEvent.filter(({ subject }) => subject)];
  });
}

function describeRow(
  { use, lines, verdicts }: Row,
  names: readonly string[],
): Omit<DependencyReport, "breaks" | "instead"> {
  const { reader, target, attach, contract, kind, subject, guards } = use;
  const held = names.filter((_, index) => verdicts[index]?.status === "holds");
  return {
    reader,
    lines,
    event: targetId(target),
    attach,
    contract,
    ...(kind === undefined ? {} : { kind }),
    ...(subject === undefined ? {} : { subject }),
    what: describeSubject(subject),
    ...(guards === undefined || guards.length === 0 ? {} : { guards }),
    verdicts: runsOf(verdicts, names),
    ...(held.length === 0 ? {} : { holdsFrom: held[0] ?? "", holdsTo: held.at(-1) ?? "" }),
  };
}

/** Neighbouring kernels with one verdict, together. */
export function runsOf(verdicts: readonly Verdict[], names: readonly string[]): readonly VerdictRun[] {
  const runs: (Verdict & { readonly kernels: string[] })[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    const last = runs.at(-1);
    const name = names[index] ?? "";
    const isSame = last?.status === verdict.status && last.outcome === verdict.outcome && last.how === verdict.how;
    if (last !== undefined && isSame) last.kernels.push(name);
    else runs.push({ ...verdict, kernels: [name] });
  }
  return runs;
}

/** How many of the rows have a status on at least one kernel. */
export function countRows(rows: readonly Row[], status: Status): number {
  return rows.filter(({ verdicts }) => verdicts.some((verdict) => verdict.status === status)).length;
}
