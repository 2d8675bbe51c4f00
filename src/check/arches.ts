// The reports of one change on several architectures as one report. Invariant: a finding stands there once.

import { createReport, type Report } from "../reports/report.ts";
import { compareDanger } from "../rules/danger.ts";
import type { Finding } from "../rules/finding.ts";
import { groupBy } from "../snapshot/group.ts";
import type { Kernel, Problem } from "../snapshot/model.ts";

/** Joins reports, at least one, of a check on `arches`; with several of these, findings name the ones they are on. */
export function joinArches(reports: readonly Report[], arches: readonly string[]): Report {
  const [first] = reports;
  if (!first) throw new RangeError("no report to join");
  if (arches.length === 1) return first;
  const kernel = (one: Kernel): Kernel => ({ ...one, arch: arches.join(", ") });
  return createReport({
    before: kernel(first.before),
    after: kernel(first.after),
    notComparable: first.notComparable,
    events: first.summary.events,
    problems: {
      before: distinct(reports.flatMap(({ problems }) => problems.before)),
      after: distinct(reports.flatMap(({ problems }) => problems.after)),
    },
    findings: joinFindings(reports),
  });
}

/** The worst judgement of a finding that is on several architectures, with all of their names. */
function joinFindings(reports: readonly Report[]): readonly Finding[] {
  const found = reports.flatMap(({ after, findings }) => findings.map((finding) => ({ finding, arch: after.arch })));
  return [...groupBy(found, ({ finding }) => finding.id).values()].flatMap((same) => {
    const [worst] = same.map(({ finding }) => finding).sort(compareDanger);
    return worst === undefined ? [] : [{ ...worst, arches: same.map(({ arch }) => arch) }];
  });
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
