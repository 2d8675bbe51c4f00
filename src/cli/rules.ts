// `tpabi rules`: the list of rules, one line each. Invariant: a line begins with the id.

import type { Command } from "commander";

import { type Contract, CONTRACTS, HARD_OUTCOMES, type Outcome } from "../rules/finding.ts";
import { toJson } from "./json.ts";

interface ListedRule {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /** Absent for notices, as all that follows. */
  readonly change?: string;
  /** What readers meet in the rule's example. */
  readonly contracts?: Readonly<Record<Contract, Outcome>>;
  readonly links?: readonly string[];
}
import { print } from "./print.ts";

export function define(command: Command): void {
  command.option("--json", "print everything as JSON").addHelpText("after", "\nExample:\n  tpabi rules\n").action(run);
}

async function run(flags: { readonly json?: true }): Promise<void> {
  const [{ rules }, { NOTICES }, { judgePair }] = await Promise.all([
    import("../rules/index.ts"),
    import("../rules/notices.ts"),
    import("../rules/doc.ts"),
  ]);
  const listed: readonly ListedRule[] = [
    ...rules.map((rule) => {
      const contracts = judgePair(rule, rule.example)[0]?.contracts;
      const { id, title, why, fix, on: change, links } = rule;
      return { id, title, why, fix, change, ...(contracts && { contracts }), links };
    }),
    ...NOTICES,
  ];
  print(flags.json ? toJson({ rules: listed }) : renderRules(listed));
}

function renderRules(listed: readonly ListedRule[]): string {
  const ids = Math.max(...listed.map(({ id }) => id.length));
  const titles = Math.max(...listed.map(({ title }) => title.length));
  return listed
    .map((rule) => `${rule.id.padEnd(ids)}  ${rule.title.padEnd(titles)}  ${brokenBy(rule)}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

/** The contracts that a rule breaks in its example: `breaks layout, core`. */
function brokenBy({ contracts }: ListedRule): string {
  const broken = CONTRACTS.filter((contract) => contracts && HARD_OUTCOMES.has(contracts[contract]));
  return broken.length === 0 ? "" : `breaks ${broken.join(", ")}`;
}
