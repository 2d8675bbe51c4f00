// What GitHub would make of the lines: which commands with which properties, and how many of each.

import { describe, expect, test } from "@jest/globals";

import { renderGithub } from "../../src/reports/github.ts";
import { renderTerminal } from "../../src/reports/terminal.ts";
import { HOSTILE_REPORT, REPORT, reportWith } from "../samples.ts";

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The commands among some lines, by the runner's own rules: `::` may follow blanks, `##[` may stand anywhere. */
function commandsOf(text: string): readonly Command[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    const [, name, properties = "", message = ""] = /^\s*::(\w[\w-]*)(?: (.*?))?::(.*)$/.exec(line) ?? [];
    if (name === undefined) return line.includes("##[") ? [{ name: "old", properties: {}, message: line }] : [];
    return [{ name, properties: Object.fromEntries(properties.split(",").map((pair) => pair.split("="))), message }];
  });
}

test("an annotation stands at the changed line, or at the event", () => {
  expect(renderGithub(REPORT)).toMatchInlineSnapshot(`
"::warning title=sched%3Asched_switch%3A argument-inserted (breaking%2C 0.97)::argument 'prev_state' was inserted at position 1: raw_tp programs read another argument%0Aused by: sched-watch (src/switch.bpf.c:12)%0Ainstead: append new arguments at the end%0Afinding: 01b2
::warning file=include/trace/events/block.h,line=164,title=block%3Ablock_rq_insert%3A field-removed (likely%2C 0.63)::field 'errors' is gone, and the three fields after it moved 4 bytes down: programs that read them at fixed offsets get other data%0Ainstead: keep the field and fill it with 0%0Afinding: 77aa
::notice title=sched%3Asched_switch%3A print-format-changed (possible%2C 0.10)::the printed line changed%0Ainstead: keep the order of what is printed%0Afinding: 9c9c
tpabi: 1 breaking, 1 likely, 1 possible, 1 safe
"
`);
});

test.each([
  [{ breaking: 3, likely: 2, possible: 1 }, [3, 2, 1], undefined],
  [{ breaking: 10, likely: 10, possible: 10 }, [10, 10, 10], undefined],
  [{ breaking: 12, likely: 11, possible: 30 }, [10, 10, 10], "not shown here: 2 errors, 1 warning, 21 notices"],
  [{ breaking: 11 }, [10, 0, 1], "not shown here: 1 error, 0 warnings, 0 notices"],
  [{ possible: 11 }, [0, 0, 10], "not shown here: 0 errors, 0 warnings, 2 notices"],
])("of %j GitHub gets %j, and the rest in one line: %s", (counts, expected, rest) => {
  const commands = commandsOf(renderGithub(reportWith(counts)));
  expect(["error", "warning", "notice"].map((name) => commands.filter((one) => one.name === name).length)).toEqual(
    expected,
  );
  expect(commands.map(({ message }) => message).find((message) => message.startsWith("not shown"))).toBe(rest);
});

test("what was not understood is one warning, and counts among those that GitHub shows", () => {
  const report = reportWith({ likely: 12 });
  const problem = { code: "unclosed-bracket", message: "a bracket\n::error::x", file: "include/a,b.h", line: 7 };
  const commands = commandsOf(renderGithub({ ...report, problems: { before: [], after: [problem, problem] } }));
  expect(commands[0]).toEqual({
    name: "warning",
    properties: { file: "include/a%2Cb.h", line: "7", title: "tpabi" },
    message: "not understood (2 places): a bracket\\x0a::error::x",
  });
  expect(commands.filter(({ name }) => name === "warning")).toHaveLength(10);
  expect(commands.at(-1)?.message).toBe("not shown here: 0 errors, 3 warnings, 0 notices");
});

test("worst first", () => {
  const names = commandsOf(renderGithub(reportWith({ possible: 2, breaking: 2, likely: 2 }))).map(({ name }) => name);
  expect(names).toEqual(["error", "error", "warning", "warning", "notice", "notice"]);
});

describe("hostile text", () => {
  const text = renderGithub(HOSTILE_REPORT);
  const commands = commandsOf(text);
  const expected = HOSTILE_REPORT.findings.filter(({ accepted }) => !accepted);

  test("makes no command of its own, and no property", () => {
    expect(commands).toHaveLength(expected.length);
    for (const { name, properties } of commands) {
      expect(["error", "warning", "notice"]).toContain(name);
      expect(Object.keys(properties)).toEqual(["file", "line", "title"]);
      expect(properties["file"]).not.toMatch(/^\/|\.\.\//);
    }
  });

  test("neither do lines that a terminal or a reader would take for others", () => {
    // oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});

test.each([20, 40, 100])("the report for people makes no command either, %i columns wide", (width) => {
  const noisy = HOSTILE_REPORT.findings.map((finding) => ({
    ...finding,
    event: "::error::x",
    message: `${finding.message} ::debug::y ##[error]z`,
  }));
  expect(
    commandsOf(renderTerminal({ ...HOSTILE_REPORT, findings: noisy }, { color: false, width, all: true })),
  ).toEqual([]);
});

test("what is accepted or safe is no annotation", () => {
  const [finding] = REPORT.findings;
  if (finding === undefined) throw new Error("the sample has findings");
  const accepted = { ...REPORT, findings: [{ ...finding, accepted: { reason: "known" } }] };
  expect(commandsOf(renderGithub(accepted))).toEqual([]);
  expect(commandsOf(renderGithub(reportWith({ safe: 3 })))).toEqual([]);
});
