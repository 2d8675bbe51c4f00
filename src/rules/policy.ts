// Whether a report fails a check. Invariant: a pure function of findings and threshold.

import { LEVELS } from "./finding.ts";
import type { Finding, Level } from "./finding.ts";

/** The mildest level that fails; `never` fails nothing. */
export type FailOn = Level | "never";

export const FAIL_ON: readonly FailOn[] = [...LEVELS, "never"];

/** The findings at the threshold or above it. */
export function failing(findings: readonly Finding[], failOn: FailOn): readonly Finding[] {
  if (failOn === "never") return [];
  const mildest = LEVELS.indexOf(failOn);
  return findings.filter((finding) => LEVELS.indexOf(finding.level) <= mildest);
}
