import { describe, expect, test } from "@jest/globals";

import { CONTRACTS, type Finding, LEVELS, OUTCOMES, READER_KINDS } from "../../src/rules/finding.ts";
import { FAIL_ON, POLICIES } from "../../src/rules/policy.ts";
import { applyPolicy } from "../../src/policy/apply.ts";
import { readConfig } from "../../src/policy/read-config.ts";
import { createReport, RENDERERS } from "../../src/reports/report.ts";
import { cut, escapeControls, wrap } from "../../src/reports/text.ts";
import { describeEvents } from "../../src/reports/words.ts";
import { REPORT } from "../samples.ts";
import { faultsOf, readSchema } from "../schemas.ts";

const PLAIN = { color: false, width: 100, all: false };

describe("json", () => {
  test("is valid by the published schema", () => {
    expect(faultsOf("report", JSON.parse(RENDERERS.json(REPORT, PLAIN)))).toEqual([]);
  });

  test("so is one that a policy was applied to", () => {
    const config = readConfig(
      "policy: stable\nfail-on: possible\naccept: [{ rule: field-removed, reason: x, until: v7.0 }]",
      "x",
    );
    const judged = applyPolicy(REPORT, { config });
    expect(judged.policy).toEqual({ name: "stable", failOn: "possible", failing: 2, accepted: 1, leftOut: 0 });
    expect(faultsOf("report", JSON.parse(RENDERERS.json(judged, PLAIN)))).toEqual([]);
  });

  test("the schema names the levels, contracts, outcomes and readers of the code", () => {
    const schema = readSchema("report") as { definitions: Record<string, { enum: unknown }> };
    const { level, contract, outcome, readerKind, policy, failOn } = schema.definitions;
    expect([policy?.enum, failOn?.enum]).toEqual([[...POLICIES], FAIL_ON]);
    expect([level?.enum, contract?.enum, outcome?.enum]).toEqual([[...LEVELS], [...CONTRACTS], [...OUTCOMES]]);
    expect(readerKind?.enum).toEqual(Object.keys(READER_KINDS));
  });
});

describe("terminal", () => {
  test("shows the most dangerous first, safe findings as a number", () => {
    expect(RENDERERS.terminal(REPORT, PLAIN)).toMatchSnapshot();
  });

  test("repeats the summary only below what fills a screen", () => {
    const [finding] = REPORT.findings as readonly [Finding];
    const timesOf = (count: number): number => {
      const findings = Array.from({ length: count }, (_, i) => ({ ...finding, event: `demo:demo_${i}` }));
      const report = createReport({ ...REPORT, events: REPORT.summary.events, findings });
      return RENDERERS.terminal(report, PLAIN).split(`${count} breaking`).length - 1;
    };
    expect([timesOf(1), timesOf(30)]).toEqual([1, 2]);
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

  test("what was accepted stands apart, with its reason, and fails nothing", () => {
    const config = readConfig(
      "accept: [{ rule: field-removed, owner: net, until: v7.0, reason: nobody reads it }]",
      "x",
    );
    const text = RENDERERS.terminal(applyPolicy(REPORT, { config }), PLAIN);
    expect(text).toContain("policy mainline: 1 finding fails, 1 accepted\n");
    expect(text).toMatch(
      /^Accepted\n {2}block:block_rq_insert \[field-removed\].*…\n {6}because: nobody reads it \(by net, until v7.0\)$/m,
    );
    expect(text).not.toMatch(/likely 0\.63/);
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
  expect(escapeControls("was ##[error]x")).toBe("was ##\\x5berror]x");
  expect(escapeControls("a\u001b[2Jb\r\n\u202ec\u0085 \u00e4→")).toBe("a\\x1b[2Jb\\x0d\\x0a\\u202ec\\x85 \u00e4→");
});

test("what does not fit into a line ends in an ellipsis", () => {
  expect([cut("one two", 7), cut("one two three", 8), cut("a\nb", 80)]).toEqual(["one two", "one two…", "a\\x0ab"]);
});

test("words stay whole, and the first line carries its label", () => {
  expect(wrap("one two three fourteen", 12, "x: ")).toEqual(["x: one two", "   three", "   fourteen"]);
});

test("of a kernel that does not know all its events, none is said to have come or gone", () => {
  expect(describeEvents(REPORT)).toContain("removed");
  const notComparable = [{ fact: "existence", missing: "before" }] as const;
  expect(describeEvents({ ...REPORT, notComparable })).toMatch(/: 67 only before, 727 only after, /);
});
