// What fails a check. Invariant: pure functions of a finding and a threshold.

import { type Finding, HARD_OUTCOMES, type Level, LEVELS } from "./finding.ts";

/**
 * `mainline`: what likely breaks somebody fails. `stable`: anything after which some program no longer does what it did,
 * whether anybody is known to run it or not. `strict`: anything that somebody could notice.
 */
export const POLICIES = ["mainline", "stable", "strict"] as const;
export type PolicyName = (typeof POLICIES)[number];

/** The mildest level that fails; `never` fails nothing. */
export type FailOn = Level | "never";

export const FAIL_ON: readonly FailOn[] = [...LEVELS, "never"];

export interface Threshold {
  readonly policy: PolicyName;
  /** Goes before what the policy says. */
  readonly failOn?: FailOn;
  /** A finding of a lower likelihood does not fail. */
  readonly minLikelihood?: number;
}

/** Whether a finding fails a check, if nobody has accepted it. */
export function isFailing(finding: Finding, { policy, failOn, minLikelihood = 0 }: Threshold): boolean {
  if (finding.likelihood < minLikelihood) return false;
  if (failOn !== undefined) return isAtLeast(finding, failOn);
  switch (policy) {
    case "mainline":
      return isAtLeast(finding, "likely");
    case "stable":
      return finding.level !== "safe" && hasHardOutcome(finding);
    case "strict":
      return isAtLeast(finding, "possible");
  }
}

function isAtLeast({ level }: Finding, failOn: FailOn): boolean {
  return failOn !== "never" && LEVELS.indexOf(level) <= LEVELS.indexOf(failOn);
}

function hasHardOutcome({ contracts, readers = {} }: Finding): boolean {
  return [...Object.values(contracts), ...Object.values(readers)].some((outcome) => HARD_OUTCOMES.has(outcome));
}
