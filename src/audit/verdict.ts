// What becomes of one use on one kernel. Invariant: plain data; a fact that the kernel's source does not know is
// `unknown`, never a guess.

import type { Outcome } from "../rules/finding.ts";

/**
 * `holds`: the program gets what it expects. `breaks`: the event is there and what is used of it is not as expected.
 * `absent`: there is no such event, or no such kind of program. `guarded`: it would not hold, and the program checks before it comes to it.
 * `unknown`: the source of this kernel does not know the fact.
 */
export const STATUSES = ["breaks", "absent", "unknown", "guarded", "holds"] as const;
export type Status = (typeof STATUSES)[number];

export interface Verdict {
  readonly status: Status;
  /** What the program meets; for `breaks` and `absent`. */
  readonly outcome?: Outcome;
  /** One line, lower case, no final stop; missing where there is nothing to say. */
  readonly how?: string;
}

export const HOLDS: Verdict = { status: "holds" };

export function breaks(outcome: Outcome, how: string): Verdict {
  return { status: "breaks", outcome, how };
}

export function unknown(how: string): Verdict {
  return { status: "unknown", how };
}

/** The worst of several, as `STATUSES` has them; `holds` of none. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(
    (worst, one) => (STATUSES.indexOf(one.status) < STATUSES.indexOf(worst.status) ? one : worst),
    verdicts[0] ?? HOLDS,
  );
}
