// The table `findings`: changes as the rules judge them.

import { type Contract, CONTRACTS, READER_KINDS, type ReaderKind } from "../../rules/finding.ts";
import { systemOf } from "../../snapshot/model.ts";
import { double, int32, KERNEL, maybe, text } from "../column.ts";
import { table } from "../table.ts";
import { SUBJECT } from "./changes.ts";

/** The columns of the kinds of readers; SQL knows no name with a hyphen. */
const READERS = {
  "perf-python": "reader_perf_python",
  bcc: "reader_bcc",
  raw_tp: "reader_raw_tp",
  tp_btf: "reader_tp_btf",
  module: "reader_module",
} as const satisfies Record<ReaderKind, string>;
const KINDS = Object.keys(READERS) as readonly ReaderKind[];

/** An object with a key for each item. */
function map<T extends string, K extends string, V>(
  items: readonly T[],
  keyOf: (item: T) => K,
  valueOf: (item: T) => V,
) {
  return Object.fromEntries(items.map((item) => [keyOf(item), valueOf(item)])) as Readonly<Record<K, V>>;
}

const contractColumn = (contract: Contract): `contract_${Contract}` => `contract_${contract}`;

export const findings = table({
  meaning: "A change as a rule judges it",
  key: ["kernel", "arch", "finding"],
  columns: {
    ...KERNEL,
    previous: text("the kernel before"),
    finding: int32("rank among the findings of this kernel, from 0, the most dangerous first"),
    change: int32("number of the change in `changes`"),
    fingerprint: text("the id by which `tpabi accept` and reports know it"),
    rule: text("the rule that judged it; see `tpabi explain RULE`"),
    level: text("`breaking`, `likely`, `possible` or `safe`"),
    likelihood: double("from 0 to 1: how likely it is that a program in use meets a hard outcome"),
    ...SUBJECT,
    ...map(CONTRACTS, contractColumn, (contract) =>
      text(
        `what readers through the contract \`${contract}\` meet: \`silent\`, \`attach\`, \`load\`, \`missing\`, \`build\`, \`cosmetic\`, \`none\``,
      ),
    ),
    ...map(
      KINDS,
      (kind) => READERS[kind],
      (kind) =>
        maybe(
          text(
            `what readers of the kind ${kind} meet, if it is something else than \`contract_${READER_KINDS[kind]}\``,
          ),
        ),
    ),
    consumer_count: int32("rows in `consumers`: places in known programs that it hurts"),
    message: text("what changed and what that does to readers, in one line"),
  },
  *rowsOf({ key, link, findings: all }) {
    for (const [rank, { finding, change }] of all.entries()) {
      yield {
        ...key,
        previous: link.previous ?? "",
        finding: rank,
        change,
        fingerprint: finding.id,
        rule: finding.rule,
        level: finding.level,
        likelihood: finding.likelihood,
        event: finding.event,
        system: systemOf(finding.event),
        event_count: 1 + (finding.siblings?.length ?? 0),
        subject: finding.subject,
        before: finding.before,
        after: finding.after,
        confidence: finding.confidence,
        file: finding.location?.file,
        line: finding.location?.line,
        ...map(CONTRACTS, contractColumn, (contract) => finding.contracts[contract]),
        ...map(
          KINDS,
          (kind) => READERS[kind],
          (kind) => finding.readers?.[kind],
        ),
        consumer_count: finding.consumers.length,
        message: finding.message,
      };
    }
  },
});
