// What a project says in its tpabi.yml (docs/config.md). Invariant: plain data, every key of which may be absent.

import { type Level, LEVELS } from "../rules/finding.ts";
import type { FailOn, PolicyName } from "../rules/policy.ts";

/** What a rule's findings are graded as, instead of what the rule says; `off` leaves them out. */
export const GRADES = [...LEVELS, "off"] as const;
export type Grade = Level | "off";

/** How ids of findings look (src/rules/fingerprint.ts). */
export const FINDING_ID = /^[0-9a-f]{16}$/;

/** One thing that somebody accepted: a finding by its id, or all findings that fit patterns. */
export interface Acceptance {
  readonly finding?: string;
  readonly rule?: string;
  readonly event?: string;
  readonly subject?: string;
  readonly reason: string;
  readonly owner?: string;
  /** The last day (`2027-01-31`) or the last kernel (`6.18`, `v6.18.3`) for which it holds. */
  readonly until?: string;
  /** Where it stands in the file. */
  readonly line: number;
}

/** The keys are those of the file. */
export interface Config {
  /** What messages and findings call the file. */
  readonly file: string;
  readonly policy?: PolicyName;
  readonly "fail-on"?: FailOn;
  /** Findings of a lower likelihood fail nothing. */
  readonly "min-likelihood"?: number;
  readonly arches?: readonly string[];
  /** Patterns of events: only these are looked at, and not those to ignore. */
  readonly events?: readonly string[];
  readonly ignore?: readonly string[];
  readonly rules?: Readonly<Record<string, Grade>>;
  readonly accept?: readonly Acceptance[];
}
