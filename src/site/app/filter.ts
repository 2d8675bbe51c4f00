// The filter of the compare page, as the query of the address says it. Invariant: what it does not know, it ignores.

import { systemOf } from "../../snapshot/model.ts";
import { type Contract, CONTRACTS, type Finding, type Level, LEVELS } from "../../rules/finding.ts";

export interface Filter {
  readonly levels: readonly Level[];
  /** Empty for all, as are the other ones. */
  readonly contract: Contract | "";
  readonly system: string;
  readonly tool: string;
  readonly text: string;
}

/** Without a choice, what hurts nobody is left out. */
export function parseFilter(query: URLSearchParams): Filter {
  const levels = query.get("level")?.split(",");
  return {
    levels: LEVELS.filter((level) => (levels === undefined ? level !== "safe" : levels.includes(level))),
    contract: CONTRACTS.find((contract) => contract === query.get("contract")) ?? "",
    system: query.get("system") ?? "",
    tool: query.get("tool") ?? "",
    text: query.get("text") ?? "",
  };
}

export function applyFilter(findings: readonly Finding[], filter: Filter): readonly Finding[] {
  const text = filter.text.trim().toLowerCase();
  return findings.filter(
    (finding) =>
      filter.levels.includes(finding.level) &&
      (filter.contract === "" || finding.contracts[filter.contract] !== "none") &&
      (filter.system === "" || idsOf(finding).some((id) => systemOf(id) === filter.system)) &&
      (filter.tool === "" || finding.consumers.some(({ tool }) => tool === filter.tool)) &&
      (text === "" ||
        [...idsOf(finding), finding.rule, finding.message].some((part) => part.toLowerCase().includes(text))),
  );
}

function idsOf({ event, siblings = [] }: Finding): readonly string[] {
  return [event, ...siblings];
}
