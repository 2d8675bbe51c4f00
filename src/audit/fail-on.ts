// Whether an audit fails a check. Invariant: a pure function of the report and the threshold.

import type { AuditReport } from "./audit-report.ts";

/**
 * The mildest thing that fails, each with those before it. `silent`: wrong data without an error. `breaks`: anything that
 * the program does not get as expected. `absent`: an event that is not there. `unknown`: a fact that a kernel's source does
 * not know. `never` fails nothing.
 */
export const AUDIT_FAIL_ON = ["silent", "breaks", "absent", "unknown", "never"] as const;
export type AuditFailOn = (typeof AUDIT_FAIL_ON)[number];

export function failsAudit({ summary }: AuditReport, failOn: AuditFailOn): boolean {
  if (failOn === "never") return false;
  const { silent, statuses } = summary;
  const counts = { silent, breaks: statuses.breaks, absent: statuses.absent, unknown: statuses.unknown };
  const threshold = AUDIT_FAIL_ON.indexOf(failOn);
  return Object.entries(counts).some(
    ([name, number]) => number > 0 && AUDIT_FAIL_ON.indexOf(name as AuditFailOn) <= threshold,
  );
}
