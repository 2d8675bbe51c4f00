// How machines grade findings, the same in every format that has three grades.
// Invariant: an error is what fails the check, whatever its level.

import type { Finding } from "../rules/finding.ts";

export const SEVERITIES = ["error", "warning", "notice"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The grade of a finding: of those that do not fail, the dangerous ones are warnings. */
export function severityOf({ fails, accepted, level }: Finding): Severity {
  if (fails) return "error";
  return accepted === undefined && (level === "breaking" || level === "likely") ? "warning" : "notice";
}
