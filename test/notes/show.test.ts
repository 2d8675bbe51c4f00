import { describe, expect, test } from "@jest/globals";

import { compareSnapshots } from "../../src/compare.ts";
import { createNotes, type Notes, type Origin } from "../../src/notes/notes.ts";
import { notesAsHtml } from "../../src/notes/show-html.ts";
import { notesAsMarkdown } from "../../src/notes/show-markdown.ts";
import { describeOrigin } from "../../src/notes/words.ts";
import { parseExample } from "../../src/rules/example.ts";

const NAMES = { before: "v6.1", after: "v6.2" };

function notesOf(before: string, after: string, origin?: Origin, noCommits?: string): Notes {
  const report = compareSnapshots(parseExample(before), parseExample(after));
  const origins = origin && new Map(report.findings.map(({ id }) => [id, [origin]]));
  return createNotes(report, origins, noCommits);
}

const COMMIT = {
  id: "0123456789abcdef0123456789abcdef01234567",
  author: "Ann Author",
  date: "2026-01-02T03:04:05+00:00",
  subject: "demo: drop the status",
  elsewhere: [],
};

const TWO_FIELDS = "event demo:demo_run\n  field int status\n  field int cpu\n";
const ONE_FIELD = "event demo:demo_run\n  field int cpu\n";

test("nothing changed is said plainly", () => {
  const text = notesAsMarkdown(notesOf(ONE_FIELD, ONE_FIELD, undefined, "no repository"), NAMES);
  expect(text).toBe(
    "## Tracepoints: v6.1 to v6.2\n\nNo tracepoint changed: what worked with the one works with the other.\n",
  );
});

test("only harmless changes are said to be that", () => {
  const text = notesAsMarkdown(notesOf(ONE_FIELD, `${ONE_FIELD}event demo:demo_new\n  field int x\n`), NAMES);
  expect(text).toContain("1 change in 1 subsystem; it hurts nobody.");
  expect(text).toContain("- `demo:demo_new`: **Event added** (harmless)\n");
});

test("a change says what, for whom and by which commit", () => {
  const origin: Origin = {
    is: "commit",
    side: "after",
    commit: {
      ...COMMIT,
      upstream: "f".repeat(40),
      tag: "v6.1.5",
      elsewhere: [{ id: "f".repeat(40), tag: "v6.2-rc1" }],
    },
  };
  const text = notesAsMarkdown(notesOf(TWO_FIELDS, ONE_FIELD, origin), NAMES);
  expect(text).toContain(
    "### demo\n\n- `demo:demo_run`: **Field removed** (likely to break): `int status at 8, 4 bytes`\n",
  );
  expect(text).toContain("  - For whom: programs that read the record at fixed offsets ");
  expect(text).toContain(
    '  - By 0123456789ab ("demo: drop the status", Ann Author), upstream ffffffffffff, first in v6.1.5, v6.2-rc1\n',
  );
});

test.each<[string, Origin, string]>([
  ["another branch", { is: "commit", side: "before", commit: COMMIT }, "only the earlier kernel has"],
  [
    "a squashed import",
    { is: "import", version: "6.1.9", commit: COMMIT },
    "came with 6.1.9, which this history has as one commit",
  ],
  ["a shipped kernel", { is: "release", version: "6.1.9", previous: "6.1.4" }, "first in 6.1.9, not yet in 6.1.4"],
  ["nothing", { is: "unknown", reason: "a blob is missing" }, "origin unknown: a blob is missing"],
])("the origin in %s", (_, origin, lead) => {
  expect(describeOrigin(origin).lead).toBe(lead);
});

test("what was not compared or not understood is said", () => {
  const before = parseExample(TWO_FIELDS);
  const configured = { ...before, kernel: { ...before.kernel, config: "0".repeat(64) } };
  const problem = { code: "unknown-type", message: "type 'foo_t' is not known", file: "demo.h", line: 7 };
  const notes = createNotes(compareSnapshots(before, { ...configured, problems: [problem] }), undefined);
  for (const text of [notesAsMarkdown(notes, NAMES), notesAsHtml(notes, NAMES)]) {
    expect(text).toContain("One kernel was read with its configuration and the other without");
    expect(text).toContain("Not understood in the later kernel: 1 place, the first is demo.h:7: ");
  }
});

test("a missing history is said once", () => {
  const text = notesAsMarkdown(notesOf(TWO_FIELDS, ONE_FIELD, undefined, "there is no repository"), NAMES);
  expect(text.split("No commits are named: there is no repository.")).toHaveLength(2);
});

test("most dangerous first, and harmless changes of one kind and commit in one entry", () => {
  const origin: Origin = { is: "commit", side: "after", commit: COMMIT };
  const text = notesAsMarkdown(
    notesOf(
      `event aaa:aaa_one\n  field int x\n${TWO_FIELDS}`,
      `event aaa:aaa_one\n  field int x\nevent aaa:aaa_two\n  field int x\nevent aaa:aaa_three\n  field int y\n${ONE_FIELD}`,
      origin,
    ),
    NAMES,
  );
  expect(text.indexOf("### demo")).toBeLessThan(text.indexOf("### aaa"));
  expect(text).toContain(
    "- `aaa:aaa_three`: **Event added** (harmless)\n  - Likewise: `aaa:aaa_two`\n  - By 0123456789ab",
  );
});

describe("hostile text stays text", () => {
  const subject = "![x](http://evil) <script>alert(1)</script> [a](javascript:b) @everyone #1 `tick`\u202e";
  const origin: Origin = { is: "commit", side: "after", commit: { ...COMMIT, subject, author: "<b>Bob</b> | x" } };
  const notes = notesOf(TWO_FIELDS, ONE_FIELD, origin);

  test("in Markdown", () => {
    const text = notesAsMarkdown(notes, { before: "<img src=x>", after: "v2\n# head" });
    expect(text).not.toMatch(/(?<!\\)<(?:script|img|b)/);
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    expect(text).not.toContain("http://");
    expect(text).not.toContain("@everyone");
    expect(text).not.toContain("\u202e");
    expect(text).not.toMatch(/^# head/m);
    expect(text).not.toMatch(/(?<!\\)`tick/);
  });

  test("in HTML", () => {
    const text = notesAsHtml(notes, { before: "<img src=x>", after: "v2" });
    expect(text).not.toMatch(/<(?:script|img|b)\b/);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(text).toContain("default-src 'none'");
    expect(text).toContain("<title>Tracepoints: &lt;img src=x&gt; to v2</title>");
  });
});

test("long facts are cut to where they differ", () => {
  const print = (last: string): string =>
    `event demo:demo_run\n  field int x\n  print "%d", ${Array.from({ length: 60 }, (_, n) => `REC->x / ${n}`).join(", ")}, ${last}\n`;
  const text = notesAsMarkdown(notesOf(print("REC->x * 5"), print("REC->x * 6")), NAMES);
  expect(text).toMatch(/`…[^`]{20,100}REC->x \* 5` → `…[^`]{20,100}REC->x \* 6`/);
});
