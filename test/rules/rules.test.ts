// Guards over all rules: one name for file, id and page; examples that fire; all rules over all examples.

import { readdirSync } from "node:fs";

import { expect, test } from "@jest/globals";

import type { ChangeKind } from "../../src/diff/change.ts";
import { diff } from "../../src/diff/diff.ts";
import { classify } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import { CONTRACTS, type Finding } from "../../src/rules/finding.ts";
import { rules } from "../../src/rules/index.ts";
import type { Pair } from "../../src/rules/rule.ts";

/** Every kind of change, complete by type; `true` means that a rule of its own judges it. */
const KINDS: Readonly<Record<ChangeKind, true>> = {
  "event-added": true,
  "event-removed": true,
  "event-renamed": true,
  "event-moved": true,
  "event-split": true,
  "event-class-changed": true,
  "event-condition-changed": true,
  "common-fields-changed": true,
  "syscall-arguments-changed": true,
  "syscall-context-changed": true,
  "field-removed": true,
  "field-appended": true,
  "field-inserted": true,
  "field-renamed": true,
  "field-kind-changed": true,
  "field-array-length-changed": true,
  "field-size-changed": true,
  "field-sign-changed": true,
  "field-type-changed": true,
  "field-moved": true,
  "field-condition-changed": true,
  "record-shrunk": true,
  "record-grown": true,
  "tracepoint-added": true,
  "tracepoint-removed": true,
  "tracepoint-renamed": true,
  "argument-removed": true,
  "argument-inserted": true,
  "argument-appended": true,
  "argument-moved": true,
  "argument-retyped": true,
  "argument-replaced": true,
  "argument-renamed": true,
  "argument-nullability-changed": true,
  "enum-value-changed": true,
  "enum-value-removed": true,
  "enum-value-added": true,
  "symbol-table-changed": true,
  "print-format-changed": true,
  "print-args-changed": true,
  "char-sign-flipped": true,
  "array-length-text-changed": true,
  "type-text-changed": true,
};

/** Files of src/rules that are no rules. */
const NOT_RULES = new Set([
  "classify",
  "consumers",
  "danger",
  "doc",
  "example",
  "facts",
  "fingerprint",
  "finding",
  "guards",
  "index",
  "likelihood",
  "links",
  "notices",
  "outcomes",
  "policy",
  "rule",
  "weights",
  "words",
]);

function judge({ before, after }: Pair): readonly Finding[] {
  return classify(diff(parseExample(before), parseExample(after)).changes);
}

test("the list holds every rule file, sorted by id", () => {
  const stems = readdirSync(new URL("../../src/rules/", import.meta.url)).map((name) => name.replace(/\.ts$/, ""));
  const ids = rules.map((rule) => rule.id);
  expect(ids).toEqual(stems.filter((stem) => !NOT_RULES.has(stem)).toSorted());
});

test("every kind of change has a rule", () => {
  expect(new Set(rules.map((rule) => rule.on))).toEqual(new Set(Object.keys(KINDS)));
});

test.each(rules.map((rule) => [rule.id, rule] as const))(
  "%s fires on its example alone, and not on the near miss",
  (id, rule) => {
    expect(judge(rule.example).map((finding) => finding.rule)).toEqual([id]);
    expect(judge(rule.nearMiss).map((finding) => finding.rule)).not.toContain(id);
  },
);

test.each(rules.map((rule) => [rule.id, rule] as const))("%s speaks as the house does", (_, rule) => {
  for (const finding of judge(rule.example)) {
    expect(finding.message).not.toMatch(/\.$|^[A-Z]|undefined|\?/);
    expect(finding.fix).not.toMatch(/\.$|^[A-Z]/);
  }
  expect(rule.why).toMatch(/^[A-Za-z].*\.$/s);
  expect(rule.title).not.toMatch(/\.$|^[A-Z]/);
  expect(rule.links.length).toBeGreaterThan(0);
});

test("identical kernels yield nothing", () => {
  for (const rule of rules) {
    for (const text of [rule.example.before, rule.example.after, rule.nearMiss.before, rule.nearMiss.after]) {
      expect(judge({ before: text, after: text })).toEqual([]);
    }
  }
});

test("all rules over all examples", () => {
  const lines = rules.flatMap((rule) => [
    ...judge(rule.example).map((finding) => `${rule.id}: ${describe(finding)}`),
    ...judge(rule.nearMiss).map((finding) => `${rule.id}, near miss: ${describe(finding)}`),
  ]);
  expect(`\n${lines.join("\n")}\n`).toMatchSnapshot();
});

function describe({ rule, level, likelihood, contracts, readers }: Finding): string {
  const outcomes = CONTRACTS.flatMap((contract) =>
    contracts[contract] === "none" ? [] : [`${contract} ${contracts[contract]}`],
  );
  const special = Object.entries(readers ?? {}).map(([reader, outcome]) => `(${reader} ${outcome})`);
  return [rule, level, likelihood, ...outcomes, ...special].join(" ");
}
