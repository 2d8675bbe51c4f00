// The diff and the rules as one script, loaded where two kernels are compared or a rule is explained. Its exports are
// members of the global `tpabiJudge`. Invariant: the findings are those of `tpabi diff` on the same kernels.

import { diff } from "../../diff/diff.ts";
import { classify } from "../../rules/classify.ts";
import { knownConsumers } from "../../rules/consumers.ts";
import type { Finding } from "../../rules/finding.ts";
import type { Guard } from "../../rules/guards.ts";
import { rules } from "../../rules/index.ts";
import type { Snapshot } from "../../snapshot/model.ts";

export interface Comparison {
  readonly findings: readonly Finding[];
  readonly removed: number;
  readonly added: number;
  readonly common: number;
}

/** Compares two kernels; the known consumers must be loaded. */
export function compareKernels(before: Snapshot, after: Snapshot): Comparison {
  const { changes, counts } = diff(before, after);
  return { findings: classify(changes, { consumers: knownConsumers(before.kernel.version) }), ...counts };
}

/** What the page says of a rule. */
export interface RuleText {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly guard?: Guard;
}

/** A rule by its id. */
export function explainRule(id: string): RuleText | undefined {
  const rule = rules.find((one) => one.id === id);
  return rule && { title: rule.title, why: rule.why, fix: rule.fix, ...(rule.guard && { guard: rule.guard }) };
}
