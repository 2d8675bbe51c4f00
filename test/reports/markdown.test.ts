// Markdown as a site renders it, and as long as a site takes it.

import { describe, expect, test } from "@jest/globals";
import MarkdownIt from "markdown-it";

import { fit, renderComment, renderMarkdown } from "../../src/reports/markdown.ts";
import { HOSTILE_REPORT, REPORT, reportWith } from "../samples.ts";

const OPTIONS = { color: false, width: 100, all: false };
const markdown = new MarkdownIt({ html: true, linkify: true });

test("dangerous findings in full by event, the others in one line", () => {
  expect(renderMarkdown(REPORT, OPTIONS)).toMatchInlineSnapshot(`
"## Tracepoints: 1 breaking, 1 likely, 1 possible, 1 safe

\`6.1.192 (x86_64, source) → a kernel of unknown version (tracefs)\`

- 4,840 events before, 5,500 after: 67 removed, 727 added, 4,773 in both
- not compared, because unknown after: args, values
- not understood in the kernel before (2 places): include/trace/events/foo.h:7: type 'foo\\_t' is not known
- broken by contract: layout 1, fields 1, core 1, args 1

### \`sched:sched_switch\`

- **breaking** 0.97 \`argument-inserted\`: argument 'prev\\_state' was inserted at position 1: raw\\_tp programs read another argument
  - was: \`(bool preempt, struct task_struct *prev, struct task_struct *next)\`
  - now: \`(bool preempt, unsigned int prev_state, struct task_struct *prev, struct task_struct *next)\`
  - readers: args: wrong data without an error
  - used by: sched-watch (src/switch.bpf.c:12)
  - instead: append new arguments at the end
  - finding: \`01b2\`

### \`block:block_rq_insert\`

Declared in \`include/trace/events/block.h:164\`

- **likely** 0.63 \`field-removed\`: field 'errors' is gone, and the three fields after it moved 4 bytes down: programs that read them at fixed offsets get other data
  - was: \`int errors at 24\`
  - readers: layout, perf-python: wrong data without an error; core: loading fails; fields: not found; text: looks different
  - stands for 8 effects: cmd moved 28 -\\> 24, comm moved 32 -\\> 28, bytes, block:block\\_rq\\_issue, e, f, g, h
  - confidence: 80 %
  - instead: keep the field and fill it with 0
  - place: \`include/trace/events/block.h:164\`
  - finding: \`77aa\`

### Merely possible

- 0.10 \`sched:sched_switch\` \`print-format-changed\`: the printed line changed
"
`);
});

describe("hostile text", () => {
  const tokens = markdown.parse(renderMarkdown(HOSTILE_REPORT, { ...OPTIONS, all: true }), {});
  const inline = tokens.flatMap(({ children }) => children ?? []);

  test("makes nothing but headings, lists, code and text", () => {
    const types = [...tokens, ...inline].map(({ type }) => type.replace(/_(open|close)$/, ""));
    expect([...new Set(types)].sort()).toEqual([
      "bullet_list",
      "code_inline",
      "heading",
      "inline",
      "list_item",
      "paragraph",
      "strong",
      "text",
    ]);
  });

  test("calls nobody and points nowhere", () => {
    const text = inline.map(({ type, content }) => (type === "code_inline" ? "" : content)).join("");
    expect(text).not.toMatch(/[@#~!]\w|GH-\d|www\.|\/\//);
  });

  test("adds no heading", () => {
    const headings = tokens.filter(({ type }) => type === "heading_open");
    expect(headings).toHaveLength(1 + HOSTILE_REPORT.findings.length);
  });
});

describe("the limit", () => {
  const blocks = Array.from({ length: 20 }, (_, index) => ({ text: `finding ${index}: ä\n`, findings: 1 }));
  const whole = blocks.map(({ text }) => text).join("");
  const sizeOf = (text: string): number => Buffer.byteLength(text);

  test.each([30, 60, 100, 200])("%i bytes are kept, and what is left out is counted", (limit) => {
    const text = fit(blocks, limit);
    const shown = text.match(/^finding/gm)?.length ?? 0;
    expect(sizeOf(text)).toBeLessThanOrEqual(limit);
    expect(text).toContain(`\n... and ${20 - shown} more findings.\n`);
    expect(whole.startsWith(text.slice(0, text.indexOf("\n... and")))).toBe(true);
  });

  test("what fits is shown whole", () => {
    expect(fit(blocks, sizeOf(whole))).toBe(whole);
    expect(fit(blocks, sizeOf(whole) - 1)).toContain("... and");
  });

  test("a job summary of any report is at most 1 MiB, a comment 64 KiB", () => {
    const huge = reportWith({ likely: 5000 });
    expect(sizeOf(renderMarkdown(huge, OPTIONS))).toBeLessThanOrEqual(1024 * 1024);
    expect(sizeOf(renderMarkdown(huge, OPTIONS))).toBeGreaterThan(1_000_000);
    expect(sizeOf(renderComment(huge, OPTIONS))).toBeLessThanOrEqual(65_536);
    expect(sizeOf(renderComment(huge, OPTIONS))).toBeGreaterThan(60_000);
  });

  test("a comment on a small report is the job summary", () => {
    expect(renderComment(REPORT, OPTIONS)).toBe(renderMarkdown(REPORT, OPTIONS));
  });
});
