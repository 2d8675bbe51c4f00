// The order of findings, the same wherever they are shown. Invariant: total, and independent of the order of the input.

import { compareText } from "../diff/order.ts";
import { CONTRACTS, type Finding, LEVELS, type Outcome, OUTCOMES } from "./finding.ts";

/**
 * Most dangerous first: level, then silent before loud, then likelihood; names make the order total. Where programs are
 * known, what they meet counts, not what others might.
 */
export function compareDanger(one: Finding, other: Finding): number {
  return (
    LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level) ||
    worstRank(one) - worstRank(other) ||
    other.likelihood - one.likelihood ||
    compareText(one.event, other.event) ||
    compareText(one.subject ?? "", other.subject ?? "") ||
    compareText(one.rule, other.rule) ||
    compareText(one.id, other.id)
  );
}

/** Each outcome's place in the order, since thousands of findings ask for it again and again. */
const RANKS = Object.fromEntries(OUTCOMES.map((outcome, rank) => [outcome, rank])) as Readonly<Record<Outcome, number>>;

function worstRank({ contracts, consumers }: Finding): number {
  let worst: number = OUTCOMES.length;
  for (const { outcome } of consumers) worst = Math.min(worst, RANKS[outcome]);
  if (consumers.length === 0) for (const contract of CONTRACTS) worst = Math.min(worst, RANKS[contracts[contract]]);
  return worst;
}
