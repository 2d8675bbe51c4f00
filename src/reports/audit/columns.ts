// The matrix of one program as a table: kernels side by side that are equal for all its dependencies are one column.
// Invariant: every kernel is in exactly one column, in the order of the report.

import type { AuditReport, DependencyReport, ProgramReport } from "../../audit/audit-report.ts";
import type { Verdict } from "../../audit/verdict.ts";

export interface Column {
  /** At least one, oldest first. */
  readonly kernels: readonly string[];
  /** One for each dependency. */
  readonly verdicts: readonly Verdict[];
}

export function columnsOf(
  { dependencies }: ProgramReport,
  { kernels }: Pick<AuditReport, "kernels">,
): readonly Column[] {
  const rows = dependencies.map(verdictsByKernel);
  const columns: { readonly kernels: string[]; readonly verdicts: readonly Verdict[]; readonly key: string }[] = [];
  for (const { name } of kernels) {
    const verdicts = rows.map((row) => row.get(name) ?? { status: "unknown" as const });
    const key = JSON.stringify(verdicts.map(wordOf));
    const last = columns.at(-1);
    if (last?.key === key) last.kernels.push(name);
    else columns.push({ kernels: [name], verdicts, key });
  }
  return columns;
}

function verdictsByKernel({ verdicts }: DependencyReport): ReadonlyMap<string, Verdict> {
  return new Map(verdicts.flatMap((run) => run.kernels.map((kernel) => [kernel, run] as const)));
}

/** What a cell of the table says: the outcome where there is one. */
export function wordOf({ status, outcome }: Verdict): string {
  return status === "breaks" ? (outcome ?? status) : status;
}

/** What the words mean, in the order of a legend. */
export const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ["silent", "wrong data without an error"],
  ["attach", "attaching fails"],
  ["load", "loading fails"],
  ["missing", "not found at run time"],
  ["build", "building fails"],
  ["absent", "no such event, or no such kind of program"],
  ["unknown", "the source of that kernel does not say"],
  ["guarded", "would not hold, but the program checks first"],
];

/** The legend's lines for the words that a report has. */
export function legendFor(words: ReadonlySet<string>): readonly (readonly [string, string])[] {
  return WORDS.filter(([word]) => words.has(word));
}

/** Whether a dependency holds on all kernels. */
export function holdsEverywhere({ verdicts }: DependencyReport): boolean {
  return verdicts.every(({ status }) => status === "holds");
}

/** `v5.4.302 to v5.10.136 (12)`, `v6.1`. */
export function describeRange(kernels: readonly string[]): string {
  const [first = "", last = first] = [kernels[0], kernels.at(-1)];
  return kernels.length < 2 ? first : `${first} to ${last}`;
}
