// Values that several tests share: one snapshot with every kind of fact, and one report with every kind of finding.

import { createReport, type Report } from "../src/reports/report.ts";
import { type Finding, NO_OUTCOMES } from "../src/rules/finding.ts";
import type { Snapshot } from "../src/snapshot/model.ts";

export const SNAPSHOT: Snapshot = {
  schemaVersion: 1,
  kernel: { version: "6.12.117", arch: "x86_64", origin: ["source"], ref: "v6.12.117", commit: "0".repeat(40) },
  knows: { layout: true, types: true, args: true, printFormat: true, values: true, locations: true, existence: true },
  commonFields: [{ name: "common_type", type: "unsigned short", offset: 0, size: 2, signed: false, kind: "scalar" }],
  events: [
    {
      system: "block",
      name: "block_rq_insert",
      class: "block_rq",
      tracepoint: "block_rq_insert",
      fields: [
        { name: "dev", type: "dev_t", offset: 8, size: 4, signed: false, kind: "scalar" },
        { name: "comm", type: "char[16]", offset: 12, size: 16, signed: false, kind: "array", length: 16 },
        {
          name: "cmd",
          type: "__data_loc char[]",
          offset: 28,
          size: 4,
          signed: false,
          kind: "dynamic",
          when: "CONFIG_BLK_DEV_IO_TRACE",
          location: { file: "include/trace/events/block.h", line: 180 },
        },
      ],
      print: {
        format: "%d,%d %s",
        args: "((unsigned int) ((REC->dev) >> 20)), __get_str(cmd)",
        symbols: { "REC->dev": { b: 2, a: 1 } },
      },
      when: "CONFIG_BLOCK",
      location: { file: "include/trace/events/block.h", line: 164 },
    },
  ],
  tracepoints: [
    { name: "block_rq_insert", args: [{ name: "rq", type: "struct request *", nullable: false, error: true }] },
    { name: "sched_util_est_se_tp", args: [{ name: "se", type: "struct sched_entity *" }], bare: true },
  ],
  enums: { WB_REASON_SYNC: 2, WB_REASON_BACKGROUND: 0 },
  problems: [
    { code: "unknown-type", message: "type 'foo_t' is not known", file: "include/trace/events/foo.h", line: 7 },
  ],
};

/** The same kernel as SNAPSHOT, as its BTF tells it. */
export const BTF_SNAPSHOT: Snapshot = {
  schemaVersion: 1,
  kernel: { version: "", arch: "", origin: ["btf"] },
  knows: {
    layout: false,
    types: false,
    args: true,
    printFormat: false,
    values: false,
    locations: false,
    existence: false,
  },
  commonFields: SNAPSHOT.commonFields,
  events: [],
  tracepoints: [
    { name: "block_rq_insert", args: [{ name: "rq", type: "struct request *" }] },
    { name: "sched_util_est_se_tp", args: [{ name: "se", type: "struct sched_entity *" }] },
  ],
  classes: [
    {
      name: "block_rq",
      fields: [
        { name: "dev", type: "dev_t", offset: 8, size: 4, signed: false, kind: "scalar" },
        { name: "comm", type: "char[16]", offset: 12, size: 16, signed: false, kind: "array", length: 16 },
        { name: "cmd", type: "__data_loc", offset: 28, size: 4, kind: "dynamic" },
      ],
      size: 32,
    },
  ],
  enums: { WB_REASON_SYNC: 2 },
  problems: [],
};

export const FINDINGS: readonly Finding[] = [
  {
    id: "01b2",
    rule: "argument-inserted",
    event: "sched:sched_switch",
    subject: "prev_state",
    level: "breaking",
    likelihood: 0.97,
    contracts: { ...NO_OUTCOMES, args: "silent" },
    consumers: [{ tool: "sched-watch", where: "src/switch.bpf.c:12", outcome: "silent" }],
    before: "(bool preempt, struct task_struct *prev, struct task_struct *next)",
    after: "(bool preempt, unsigned int prev_state, struct task_struct *prev, struct task_struct *next)",
    message: "argument 'prev_state' was inserted at position 1: raw_tp programs read another argument",
    fix: "append new arguments at the end",
  },
  {
    id: "77aa",
    rule: "field-removed",
    event: "block:block_rq_insert",
    subject: "errors",
    level: "likely",
    likelihood: 0.625,
    confidence: 0.8,
    contracts: { ...NO_OUTCOMES, fields: "missing", core: "load", layout: "silent", text: "cosmetic" },
    readers: { "perf-python": "silent" },
    consumers: [],
    before: "int errors at 24",
    location: { file: "include/trace/events/block.h", line: 164 },
    message:
      "field 'errors' is gone, and the three fields after it moved 4 bytes down: programs that read them at fixed offsets get other data",
    fix: "keep the field and fill it with 0",
    folded: ["cmd moved 28 -> 24", "comm moved 32 -> 28", "bytes", "block:block_rq_issue", "e", "f", "g", "h"],
  },
  {
    id: "9c9c",
    rule: "print-format-changed",
    event: "sched:sched_switch",
    level: "possible",
    likelihood: 0.1,
    contracts: { ...NO_OUTCOMES, text: "cosmetic" },
    consumers: [],
    before: "\u001b[31mred\u001b[0m",
    after: "line\nbreak \u202eright to left",
    message: "the printed line changed",
    fix: "keep the order of what is printed",
  },
  {
    id: "5f1c",
    rule: "enum-value-added",
    event: "writeback:writeback_start",
    level: "safe",
    likelihood: 0,
    contracts: NO_OUTCOMES,
    consumers: [],
    after: "WB_REASON_FORKER_THREAD = 8",
    message: "value WB_REASON_FORKER_THREAD is new",
    fix: "",
  },
];

export const REPORT: Report = createReport({
  before: { version: "6.1.192", arch: "x86_64", origin: ["source"] },
  after: { version: "", arch: "", origin: ["tracefs"] },
  notComparable: [
    { fact: "args", missing: "after" },
    { fact: "values", missing: "after" },
  ],
  events: { before: 4840, after: 5500, both: 4773, removed: 67, added: 727 },
  problems: {
    before: [
      { code: "unknown-type", message: "type 'foo_t' is not known", file: "include/trace/events/foo.h", line: 7 },
      { code: "unknown-type", message: "type 'bar_t' is not known" },
    ],
    after: [],
  },
  findings: FINDINGS,
});

/** What somebody could write into a kernel to be taken for something else by whoever reads a report. */
export const HOSTILE_TEXTS: readonly string[] = [
  "</script><script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "\n::error file=x::owned",
  "%0A::warning::owned",
  "a,file=/etc/passwd::b",
  "x ##[add-mask]owned",
  "`` `code` ``` \n# heading",
  "@everyone @org/team #12 GH-34 ~label !5",
  "[link](https://evil.example) ![x](//evil.example) https://evil.example www.evil.example",
  "|table|*bold*|_em_|~~gone~~|$x^2$|&lt;b&gt;",
  "\u001b[2J\u001b]8;;https://evil.example\u0007\u0000\u0085",
  "\u202eright to left\u2066\u200b\ufeff",
  "\ud800 half a character \uffff",
  "]]> <!-- --> <?xml?> &amp; &#64;",
];

/** A report in which every text is hostile. */
export const HOSTILE_REPORT: Report = createReport({
  ...REPORT,
  events: REPORT.summary.events,
  before: { version: HOSTILE_TEXTS.join(" "), arch: "x86_64", origin: ["source"] },
  problems: {
    before: HOSTILE_TEXTS.map((text) => ({ code: "unknown-type", message: text, file: `../${text}`, line: 1 })),
    after: [],
  },
  findings: HOSTILE_TEXTS.map((text, index) => ({
    id: `${index}`.padStart(16, "0"),
    rule: text,
    event: `demo:${text}`,
    subject: text,
    level: index % 2 === 0 ? "likely" : "possible",
    likelihood: 0.5,
    contracts: { ...NO_OUTCOMES, args: "silent" },
    consumers: [{ tool: text, where: text, outcome: "silent" }],
    before: text,
    after: text,
    location: { file: `/../${text}`, line: 7 },
    message: text,
    fix: text,
    siblings: [text],
    folded: [text],
    arches: [text],
    commit: { id: text, subject: text, undoneBy: { subject: text } },
    ...(index % 5 === 0 && { accepted: { reason: text, owner: text } }),
    ...(index % 5 === 2 && { fails: true as const }),
  })),
});

/** The report with so many findings of each level. */
export function reportWith(counts: Partial<Record<Finding["level"], number>>): Report {
  const [sample] = FINDINGS;
  const levels = Object.entries(counts) as [Finding["level"], number][];
  return createReport({
    ...REPORT,
    events: REPORT.summary.events,
    findings: levels.flatMap(([level, count]) =>
      Array.from({ length: count }, (_, index) => ({
        ...(sample as Finding),
        id: `${level}${index}`,
        event: `demo:${level}_${String(index).padStart(3, "0")}`,
        level,
        ...(level === "breaking" && { fails: true as const }),
      })),
    ),
  });
}
