// Sentences that all reports of an audit begin with.

import type { AuditReport } from "../../audit/audit-report.ts";
import { count, grouped } from "../text.ts";

/** `4 of 38 dependencies break, 3 are absent somewhere, ...` */
export function describeCounts({ summary }: AuditReport): string {
  const { statuses, dependencies, programs, files, silent } = summary;
  const found = `${count(files, "file")}, ${count(programs, "program")}, ${count(dependencies, "dependency", "dependencies")}`;
  if (dependencies === 0) return `${found}: nothing here relies on tracepoints, as far as it was understood`;
  const bad = [
    ...(statuses.breaks > 0 ? [`${grouped(statuses.breaks)} break on at least one kernel`] : []),
    ...(silent > 0 ? [`${grouped(silent)} of these with wrong data and no error`] : []),
    ...(statuses.absent > 0 ? [`${grouped(statuses.absent)} are absent on at least one`] : []),
    ...(statuses.unknown > 0 ? [`${grouped(statuses.unknown)} not known on at least one`] : []),
    ...(statuses.guarded > 0 ? [`${grouped(statuses.guarded)} guarded where they would not hold`] : []),
  ];
  return `${found}: ${bad.length === 0 ? "all hold on every kernel" : bad.join(", ")}`;
}

/** `36 kernels from v5.4.302 to v7.1.3 (x86_64)` */
export function describeKernels({ kernels }: AuditReport): string {
  const [first, last] = [kernels[0], kernels.at(-1)];
  const arches = [...new Set(kernels.map(({ arch }) => arch).filter((arch) => arch !== ""))].join(", ");
  const names = kernels.length < 2 ? (first?.name ?? "") : `from ${first?.name ?? ""} to ${last?.name ?? ""}`;
  const problems = kernels.reduce((sum, one) => sum + one.problems, 0);
  const unread = problems === 0 ? "" : `; ${count(problems, "thing")} in them not understood`;
  return `${count(kernels.length, "kernel")} ${names}${arches === "" ? "" : ` (${arches})`}${unread}`;
}
