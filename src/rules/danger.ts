// The order of findings, the same wherever they are shown. Invariant: total, and independent of the order of the input.

import { compareText } from "../diff/order.ts";
import { CONTRACTS, type Finding, LEVELS, OUTCOMES } from "./finding.ts";

/** Most dangerous first: level, then silent before loud, then likelihood; names make the order total. */
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

function worstRank({ contracts }: Finding): number {
  return Math.min(...CONTRACTS.map((contract) => OUTCOMES.indexOf(contracts[contract])));
}
