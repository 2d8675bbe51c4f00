import { describe, expect, test } from "@jest/globals";

import { compareSnapshots } from "../../src/compare.ts";
import { idsOf } from "../../src/history/concern.ts";
import { checkText, type NotesCheck } from "../../src/notes/check.ts";
import { createNotes, type Notes, type Origin } from "../../src/notes/notes.ts";
import { showCheck } from "../../src/notes/show-check.ts";
import { notesAsMarkdown } from "../../src/notes/show-markdown.ts";
import { parseExample } from "../../src/rules/example.ts";
import { rules } from "../../src/rules/index.ts";

const BEFORE = parseExample(`
event demo:demo_switch
  file include/trace/events/demo.h:1
  proto bool preempt, struct task_struct *prev
  field pid_t prev_pid
  field int status
event demo:demo_remap
  file include/trace/events/demo.h:20
  field u64 sector
event demo:demo_same
  file include/trace/events/demo.h:30
  field int x
`);
const AFTER = parseExample(`
event demo:demo_switch
  file include/trace/events/demo.h:1
  proto bool preempt, unsigned int prev_state, struct task_struct *prev
  field pid_t prev_pid
event demo:demo_bio_remap
  file include/trace/events/demo.h:20
  field u64 sector
event demo:demo_same
  file include/trace/events/demo.h:30
  field int x
`);
const IDS = new Set([...idsOf(BEFORE), ...idsOf(AFTER)]);

const COMMIT: Origin = {
  is: "commit",
  side: "after",
  commit: {
    id: "0123456789abcdef0123456789abcdef01234567",
    author: "Ann Author",
    date: "2026-01-02T03:04:05+00:00",
    subject: "demo: rework the switch event entirely",
    upstream: "89abcdef0123456789abcdef0123456789abcdef",
    elsewhere: [],
  },
};

/** Notes in which the changes of demo_switch have a commit. */
function notesOf(): Notes {
  const report = compareSnapshots(BEFORE, AFTER);
  const origins = new Map(report.findings.map(({ id, event }) => [id, event === "demo:demo_switch" ? [COMMIT] : []]));
  return createNotes(report, origins);
}

function check(text: string): NotesCheck {
  return checkText(text, notesOf(), IDS);
}

function missing(text: string): readonly string[] {
  return check(text)
    .missing.map(({ finding, isEventNamed }) => `${finding.rule}${isEventNamed ? " (event named)" : ""}`)
    .sort();
}

const ALL = ["argument-inserted", "event-renamed", "field-removed"];

describe("a change is mentioned", () => {
  test.each([
    ["nothing at all", "Bugs were fixed.", ALL],
    ["an empty text", "", ALL],
    [
      "the event and what changed of it",
      "demo:demo_switch lost its field status.",
      ["argument-inserted (event named)", "event-renamed"],
    ],
    ["by the function", "trace_demo_switch() has prev_state now", ["event-renamed", "field-removed (event named)"]],
    [
      "in the entry of a list",
      "- demo_switch:\n  status is gone,\n  prev_state came\n- demo_remap is demo_bio_remap",
      [],
    ],
    ["under a heading", "## demo_switch\n\nstatus is gone.\n\nprev_state came.\n\n## demo_remap\n\nrenamed", []],
    [
      "what belongs to another event does not count",
      "demo_switch changed.\n\ndemo:demo_same has status and prev_state.",
      ["argument-inserted (event named)", "event-renamed", "field-removed (event named)"],
    ],
    ["a renamed event by either name", "demo_bio_remap is new", ["argument-inserted", "field-removed"]],
    ["by a pattern", "All of demo:* changed: status, prev_state", []],
    [
      "by a pattern of names",
      "demo_sw* changed: status, prev_state",
      ["argument-inserted", "event-renamed", "field-removed"],
    ],
    ["by the commit's id", "0123456789ab demo: something else", ["event-renamed"]],
    ["by its mainline id", "commit 89abcdef0123456789abcdef0123456789abcdef upstream.", ["event-renamed"]],
    ["by its subject, wrapped", "Ann Author:\n  demo: rework the switch\n  event entirely\n", ["event-renamed"]],
    ["a name within another is none", "demo_switching status prev_state demo_remapped", ALL],
    ["in Markdown", "- **demo\\_switch**: `status` and *prev\\_state*\n- `demo:demo_remap`", []],
  ])("%s", (_, text, expected) => {
    expect(missing(text)).toEqual(expected);
  });

  test("tpabi's own notes mention everything and nothing else", () => {
    const text = notesAsMarkdown(notesOf(), { before: "v1", after: "v2" });
    expect(check(text)).toEqual({ dangerous: 3, missing: [], unmatched: [] });
  });
});

test.each(rules.map(({ id, example }) => [id, example] as const))(
  "the notes on the example of %s do so, too",
  (_, example) => {
    const [before, after] = [parseExample(example.before), parseExample(example.after)];
    const notes = createNotes(compareSnapshots(before, after), undefined);
    const text = notesAsMarkdown(notes, { before: "v1", after: "v2" });
    expect(checkText(text, notes, new Set([...idsOf(before), ...idsOf(after)]))).toMatchObject({
      missing: [],
      unmatched: [],
    });
  },
);

describe("a mention that matches nothing", () => {
  test.each([
    [
      "an event that did not change",
      "x\ndemo:demo_same changed",
      [{ mention: "demo:demo_same", line: 2, exists: true }],
    ],
    ["an event that there is not", "demo:demo_swich changed", [{ mention: "demo:demo_swich", line: 1, exists: false }]],
    [
      "a pattern of events that did not change",
      "demo:demo_sam* changed",
      [{ mention: "demo:demo_sam*", line: 1, exists: true }],
    ],
    ["one that changed", "demo:demo_switch and demo:demo_remap and demo:*", []],
    ["what is no event", "fs:ext4 at 10:30, http://demo:80, demo_same without its system", []],
  ])("%s", (_, text, expected) => {
    expect(check(text).unmatched).toEqual(expected);
  });
});

test("the result names what is missing and where the mentions stand", () => {
  const result = check("demo_switch: status\ndemo:demo_same");
  const text = showCheck(result, "NEWS", 200);
  expect(text).toContain("1 of 3 changes that break programs or are likely to are mentioned\n");
  expect(text).toContain("demo:demo_switch is mentioned, but not 'prev_state':\n");
  expect(text).toContain("demo:demo_remap is not mentioned:\n".replace("remap", "bio_remap"));
  expect(text).toContain("NEWS:2: 'demo:demo_same' is mentioned, but did not change\n");
});
