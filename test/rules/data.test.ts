// The data that judgements rest on, data/*.json: sound as shipped, and refused where it is not.

import { expect, test } from "@jest/globals";

import { knownConsumers, parseConsumers } from "../../src/rules/consumers.ts";
import { parseWeights, WEIGHTS } from "../../src/rules/weights.ts";

test("the shipped weights are sound, and outcomes are as bad as the order of their names says", () => {
  expect(parseWeights(structuredClone(WEIGHTS))).toEqual(WEIGHTS);
  const { silent, cosmetic, none } = WEIGHTS.outcome;
  expect(silent).toBeGreaterThan(cosmetic);
  expect(cosmetic).toBeGreaterThanOrEqual(none);
});

test.each([
  ["is no object", 7, "file is no table"],
  ["lacks a table", { ...WEIGHTS, reach: undefined }, "reach is no table"],
  ["has a weight above 1", { ...WEIGHTS, outcome: { ...WEIGHTS.outcome, load: 1.1 } }, "outcome.load is no number"],
  [
    "names an event",
    { ...WEIGHTS, exposure: { ...WEIGHTS.exposure, sched_switch: 1 } },
    "must not have [sched_switch]",
  ],
])("a file of weights that %s is refused", (_, file, message) => {
  expect(() => parseWeights(file)).toThrow(message);
});

const file = (use: object): object => ({
  schemaVersion: 1,
  tools: [{ tool: "biotop", version: "1", source: "bcc", uses: [use] }],
});

test("uses come with their tool", () => {
  const use = {
    event: "block:block_rq_issue",
    contract: "fields",
    kind: "bcc",
    subject: "bytes",
    where: "biotop.py:7",
  };
  expect(parseConsumers(file(use))).toEqual([
    {
      tool: "biotop",
      where: "biotop.py:7",
      event: "block:block_rq_issue",
      contract: "fields",
      reader: "bcc",
      subject: "bytes",
    },
  ]);
});

test.each([
  ["an event without a system", { event: "block_rq_issue", contract: "fields", where: "a" }],
  ["an unknown contract", { event: "block:block_rq_issue", contract: "bytes", where: "a" }],
  ["a kind of another contract", { event: "block:block_rq_issue", contract: "args", kind: "bcc", where: "a" }],
])("%s is refused", (_, use) => {
  expect(() => parseConsumers(file(use))).toThrow("biotop has a use that makes no sense");
});

test("the shipped list of known consumers is sound", () => {
  expect(knownConsumers()).toEqual(expect.any(Array));
  expect(() => parseConsumers({ schemaVersion: 2, tools: [] })).toThrow("schemaVersion is 2");
});

test("tools of the past are known for the kernels of their days only", () => {
  const tools = (version?: string): ReadonlySet<string> => new Set(knownConsumers(version).map(({ tool }) => tool));
  expect(tools("2.6.38")).toContain("powertop");
  for (const version of ["6.12.117", "a device", undefined]) {
    const uses = knownConsumers(version).filter(({ event, contract }) => event === "*:*" && contract === "layout");
    expect(uses).toEqual([]);
  }
});
