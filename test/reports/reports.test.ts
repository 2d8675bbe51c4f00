import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { createRequire } from "node:module";

import { CONTRACTS, type Finding, LEVELS, OUTCOMES, READER_KINDS } from "../../src/rules/finding.ts";
import { RENDERERS } from "../../src/reports/report.ts";
import { cut, escapeControls, wrap } from "../../src/reports/text.ts";
import { REPORT } from "../samples.ts";

const require = createRequire(import.meta.url);
const PLAIN = { color: false, width: 100, all: false };

describe("json", () => {
  const schema = require("../../docs/report.schema.json") as { definitions: Record<string, { enum: unknown }> };
  const ajv = new Ajv({ strictTypes: false }).addSchema(
    require("../../docs/snapshot.schema.json") as object,
    "snapshot.schema.json",
  );

  test("is valid by the published schema", () => {
    const validate = ajv.compile(schema);
    validate(JSON.parse(RENDERERS.json(REPORT, PLAIN)));
    expect(validate.errors).toBeNull();
  });

  test("the schema names the levels, contracts, outcomes and readers of the code", () => {
    const { level, contract, outcome, readerKind } = schema.definitions;
    expect([level?.enum, contract?.enum, outcome?.enum]).toEqual([[...LEVELS], [...CONTRACTS], [...OUTCOMES]]);
    expect(readerKind?.enum).toEqual(Object.keys(READER_KINDS));
  });
});

describe("terminal", () => {
  test("shows the most dangerous first, safe findings as a number", () => {
    expect(RENDERERS.terminal(REPORT, PLAIN)).toMatchSnapshot();
  });

  test("wraps at the width of the terminal and shows all on request", () => {
    const text = RENDERERS.terminal(REPORT, { ...PLAIN, width: 60, all: true });
    expect(text).toMatchSnapshot();
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  test("kernels are called what the user called them, and the version is told beside it", () => {
    const names = { before: "git:HEAD", after: "tracefs:dump.tar" };
    const [title] = RENDERERS.terminal(REPORT, { ...PLAIN, names }).split("\n");
    expect(title).toBe("git:HEAD (6.1.192, x86_64, source) → tracefs:dump.tar (tracefs)");
  });

  test("colours change nothing else", () => {
    const colored = RENDERERS.terminal(REPORT, { ...PLAIN, color: true });
    // oxlint-disable-next-line no-control-regex -- takes the colours away
    expect(colored.replace(/\u001b\[\d+m/g, "")).toBe(RENDERERS.terminal(REPORT, PLAIN));
  });

  test("names the worst events first, and counts what it leaves out", () => {
    const of = (event: string, rule: string, level: Finding["level"]): Finding => ({
      ...(REPORT.findings[0] as Finding),
      event,
      rule,
      level,
    });
    const events = Array.from({ length: 14 }, (_, number) => `demo:demo_${number + 10}`);
    const text = RENDERERS.terminal(
      {
        ...REPORT,
        findings: [
          ...events.flatMap((event) => [of(event, "field-removed", "likely"), of(event, "field-removed", "likely")]),
          ...[1, 2, 3, 4, 5].map(() => of("demo:demo_quiet", "field-appended", "possible")),
        ],
      },
      PLAIN,
    );
    expect(text).toContain("  0.97  demo:demo_10  2 × field-removed\n");
    expect(text).toContain("  and 2 more events\n");
    expect(text.match(/^ {6}likewise: /gm)).toHaveLength(14);
    expect(text.match(/^ {2}0\.97 {2}demo:demo_quiet \[field-appended\]/gm)).toHaveLength(3);
    expect(text).toContain("... and 2 more of demo:demo_quiet\n");
  });

  test("says so when there is nothing to fear", () => {
    const quiet = {
      ...REPORT,
      findings: [],
      summary: { ...REPORT.summary, levels: { breaking: 0, likely: 0, possible: 0, safe: 0 } },
    };
    expect(RENDERERS.terminal(quiet, PLAIN)).toContain("Nothing here is known or likely to break a program.");
  });
});

test("findings are counted by level and by contract", () => {
  expect(REPORT.summary).toEqual({
    events: { before: 4840, after: 5500, both: 4773, removed: 67, added: 727 },
    levels: { breaking: 1, likely: 1, possible: 1, safe: 1 },
    contracts: { existence: 0, layout: 1, fields: 1, core: 1, args: 1, values: 0, text: 0 },
  });
});

test("control characters are made visible", () => {
  expect(escapeControls("a\u001b[2Jb\r\n\u202ec\u0085 \u00e4→")).toBe("a\\x1b[2Jb\\x0d\\x0a\\u202ec\\x85 \u00e4→");
});

test("what does not fit into a line ends in an ellipsis", () => {
  expect([cut("one two", 7), cut("one two three", 8), cut("a\nb", 80)]).toEqual(["one two", "one two…", "a\\x0ab"]);
});

test("words stay whole, and the first line carries its label", () => {
  expect(wrap("one two three fourteen", 12, "x: ")).toEqual(["x: one two", "   three", "   fourteen"]);
});
