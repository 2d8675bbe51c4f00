// SARIF against its schema, and against what GitHub asks beyond that.

import { createRequire } from "node:module";

import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";

import type { Report } from "../../src/reports/report.ts";
import { renderSarif } from "../../src/reports/sarif.ts";
import { rules } from "../../src/rules/index.ts";
import { HOSTILE_REPORT, REPORT, reportWith } from "../samples.ts";

const require = createRequire(import.meta.url);
const OPTIONS = { color: false, width: 100, all: true };

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly object[];
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version: string;
      readonly rules: readonly Record<string, unknown>[];
    };
  };
  readonly results: readonly Result[];
}

function runOf(report: Report): Run {
  const { runs } = JSON.parse(renderSarif(report, OPTIONS)) as { runs: readonly Run[] };
  const [run] = runs;
  if (run === undefined) throw new Error("a log has one run");
  return run;
}

describe("the official schema", () => {
  const { id, ...schema } = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") as { id: string };
  // It is written in draft 4, of which it uses nothing that draft 7 says otherwise but the name of `id`.
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile({
    ...schema,
    $id: id,
    $schema: "http://json-schema.org/draft-07/schema#",
  });

  test.each([
    ["a report", REPORT],
    ["an empty one", reportWith({})],
    ["a hostile one", HOSTILE_REPORT],
  ])("takes %s", (_, report) => {
    validate(JSON.parse(renderSarif(report, OPTIONS)));
    expect(validate.errors).toBeNull();
  });

  test("is one that can refuse", () => {
    expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
  });
});

test("rules carry their page, and each result points at its own", () => {
  const { tool, results } = runOf(REPORT);
  const { version } = require("../../package.json") as { version: string };
  expect(tool.driver).toMatchObject({ name: "tpabi", version });
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.["id"]).toBe(ruleId);
  const rule = rules.find(({ id }) => id === "field-removed");
  expect(tool.driver.rules.find(({ id }) => id === "field-removed")).toMatchObject({
    shortDescription: { text: rule?.title },
    help: { markdown: expect.stringContaining("## For the author of the kernel change") },
    helpUri: expect.stringMatching(/^https:\/\//),
  });
});

test("levels follow what fails, then how dangerous it is", () => {
  const { results } = runOf(reportWith({ breaking: 1, likely: 1, possible: 1, safe: 1 }));
  expect(results.map(({ level }) => level)).toEqual(["error", "warning", "note", "none"]);
});

test("fingerprints are those of the findings", () => {
  expect(runOf(REPORT).results.map((result) => result.partialFingerprints)).toEqual(
    REPORT.findings.map(({ id }) => ({ primaryLocationLineHash: `${id}:1`, "tpabiFinding/v1": id })),
  );
});

test("an accepted finding is suppressed, with its reason", () => {
  const findings = REPORT.findings.map((finding) => ({ ...finding, accepted: { reason: "told everybody" } }));
  expect(runOf({ ...REPORT, findings }).results[0]?.suppressions).toEqual([
    { kind: "external", status: "accepted", justification: "told everybody" },
  ]);
});

test("every result has a place in the tree, hostile or not", () => {
  for (const { locations } of [...runOf(REPORT).results, ...runOf(HOSTILE_REPORT).results]) {
    const [place] = locations;
    expect(place?.physicalLocation.artifactLocation.uri).toMatch(/^(?!\/|.*\.\.\/)[\w\-./%!~*'()]+$/);
    expect(place?.physicalLocation.region.startLine).toBeGreaterThan(0);
  }
});

test("no text becomes a link", () => {
  for (const { message } of runOf(HOSTILE_REPORT).results) expect(message.text).not.toMatch(/\[.*\]\(/);
});
