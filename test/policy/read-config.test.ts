// The reader of tpabi.yml and the published schema against each other, and errors that name the line.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { parse } from "yaml";

import { readConfig } from "../../src/policy/read-config.ts";
import { FAIL_ON, POLICIES } from "../../src/rules/policy.ts";
import { ARCHES } from "../../src/snapshot/arch.ts";

const schema = createRequire(import.meta.url)("../../docs/config.schema.json") as {
  properties: Record<string, { enum?: unknown; items?: { enum?: unknown } }>;
};
const isValid = new Ajv({ strictTypes: false, strictRequired: false }).compile(schema);

const FULL = `# ours
policy: stable
fail-on: possible
min-likelihood: 0.2
arches: [x86_64, arm64]
events:
  - sched:*
ignore: ["drm_*:*"]
rules:
  print-format-changed: off
  acceptance-unused: safe
accept:
  - finding: 77aa0c1f24d3b968
    reason: known
    owner: net
    until: 2027-01-31
  - rule: field-removed
    event: block:*
    subject: errors
    reason: nobody reads it
    until: 6.10
`;

test("every key is read", () => {
  expect(readConfig(FULL, "tpabi.yml")).toEqual({
    file: "tpabi.yml",
    policy: "stable",
    "fail-on": "possible",
    "min-likelihood": 0.2,
    arches: ["x86_64", "arm64"],
    events: ["sched:*"],
    ignore: ["drm_*:*"],
    rules: { "print-format-changed": "off", "acceptance-unused": "safe" },
    accept: [
      { finding: "77aa0c1f24d3b968", reason: "known", owner: "net", until: "2027-01-31", line: 13 },
      {
        rule: "field-removed",
        event: "block:*",
        subject: "errors",
        reason: "nobody reads it",
        until: "6.10",
        line: 17,
      },
    ],
  });
});

test.each(["", "# nothing\n", "accept: []\n", FULL])("%j is valid by the schema, too", (text) => {
  expect(() => readConfig(text, "tpabi.yml")).not.toThrow();
  isValid(parse(text) ?? {});
  expect(isValid.errors).toBeNull();
});

test("an id of digits alone, and one that reads as a number, stay what they are", () => {
  const text = "accept:\n  - { finding: 1234567812345678, reason: x }\n  - { finding: 12345678e1234567, reason: x }\n";
  expect(readConfig(text, "tpabi.yml").accept?.map(({ finding }) => finding)).toEqual([
    "1234567812345678",
    "12345678e1234567",
  ]);
});

describe("what is wrong is said with its line, and the schema refuses it, too", () => {
  test.each([
    ["\npolcy: x", "tpabi.yml:2: unknown key 'polcy'; known: policy, fail-on"],
    ["policy: loose", "tpabi.yml:1: 'loose' is not one of mainline, stable, strict"],
    ["policy:", "tpabi.yml:1: this is not one of mainline"],
    ["- policy", "tpabi.yml:1: a list is not keys with values"],
    ["text", "tpabi.yml:1: 'text' is not keys with values"],
    ["min-likelihood: 2", "tpabi.yml:1: '2' is not a number from 0 to 1"],
    ["min-likelihood: '0.5'", "is not a number from 0 to 1"],
    ["arches: [vax]", "'vax' is not one of x86_64"],
    ["events: sched:*", "'sched:*' is not a list"],
    ["ignore: [[a]]", "a list is not a text"],
    ["ignore: ['']", "is not a text"],
    ["rules:\n  field-removed: gone", "tpabi.yml:2: 'gone' is not one of breaking, likely, possible, safe, off"],
    ["accept:\n  - reason: x", "tpabi.yml:2: an acceptance needs either a 'finding' or"],
    ["accept:\n  - event: a\n    rule: field-removed", "tpabi.yml:2: an acceptance needs a 'reason'"],
    ["accept: [{ finding: abc, reason: x }]", "'abc' is not the id of a finding"],
    ["accept: [{ finding: 77aa0c1f24d3b968, event: a, reason: x }]", "an acceptance needs either"],
    ["accept: [{ event: a, reason: x, lines: 7 }]", "unknown key 'lines'"],
  ])("%j", (text, message) => {
    expect(() => readConfig(text, "tpabi.yml")).toThrow(expect.objectContaining({ code: "bad-config" }));
    expect(() => readConfig(text, "tpabi.yml")).toThrow(message);
    expect(isValid(parse(text))).toBe(false);
  });

  test.each([
    ["accept: [{ event: a, reason: x, until: soon }]", "'soon' is not a day such as 2027-01-31, or a kernel"],
    ["accept: [{ event: a, reason: x, until: 2027-02-30 }]", "'2027-02-30' is not a day"],
    ["rules:\n  field-eaten: off", "tpabi.yml:2: unknown key 'field-eaten'"],
    ["policy: strict\npolicy: stable", "tpabi.yml:2: no valid YAML: map keys must be unique"],
    ["rules:\n  a: [\n", "no valid YAML"],
    ["a: 1\n---\nb: 2", "no valid YAML"],
    ["events: &all [a]\nignore: *all", "tpabi.yml:2: an alias is not a list"],
    ["[".repeat(100_000), "no valid YAML"],
    // Each alias stands for ten of the one before it.
    [`events:\n  - &a0 x\n${aliases(30)}  - *a30`, "tpabi.yml:3: a list is not a text"],
    ["events: [&a x, *a]", "tpabi.yml:1: an alias is not a text"],
    ["#".repeat(2 ** 20 + 1), "is larger than 1 MiB"],
  ])("only here: %.60j", (text, message) => {
    expect(() => readConfig(text, "tpabi.yml")).toThrow(message);
  });
});

test("the schema names the policies, levels and architectures of the code", () => {
  const { properties } = schema;
  expect(properties["policy"]?.enum).toEqual(POLICIES);
  expect(properties["fail-on"]?.enum).toEqual(FAIL_ON);
  expect(properties["arches"]?.items?.enum).toEqual(ARCHES);
});

test("the examples of the documentation are valid, and every key is explained", () => {
  const docs = readFileSync(fileURLToPath(new URL("../../docs/config.md", import.meta.url)), "utf8");
  const examples = [...docs.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, text = ""]) => text);
  expect(examples.length).toBeGreaterThan(1);
  for (const example of examples) expect(() => readConfig(example, "docs/config.md")).not.toThrow();
  for (const key of Object.keys(schema.properties)) expect(docs).toContain(`\`${key}\``);
});

function aliases(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `  - &a${index + 1} [${`*a${index}, `.repeat(10)}]\n`);
  return lines.join("");
}
