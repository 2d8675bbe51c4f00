import { describe, expect, test } from "@jest/globals";

import { createJudge } from "../../src/audit/judge.ts";
import { viewOf, wantedBy } from "../../src/audit/kernel-view.ts";
import type { Guard, Subject, Use } from "../../src/audit/use.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";

const BASE: Use = {
  reader: "test",
  file: "tool.c",
  line: 1,
  program: "p",
  attach: "tp",
  contract: "fields",
  target: { system: "demo", name: "demo_issue" },
};

/** An event of today. */
const NEW = `
event demo:demo_issue
  class demo_rq
  proto struct request *rq, int err
  field dev_t dev
  field u64 sector
  field char comm[16]
  field __data_loc char[] cmd
  field int err
  print "%d,%d %llu", MAJOR(REC->dev), MINOR(REC->dev), REC->sector
  symbols REC->err { 0 "OK", 5 "IO" }
event demo:demo_done
  class demo_rq
  field dev_t dev
  field u64 sector
  field char comm[16]
  field __data_loc char[] cmd
  field int err
`;

/** The same in older kernels: another argument in front, and a record that differs in each field. */
const OLD = `
event demo:demo_issue
  proto struct request_queue *q, struct request *rq
  field dev_t dev
  field u32 sector
  field __data_loc char[] comm
  print "%d,%d %u", MAJOR(REC->dev), MINOR(REC->dev), REC->sector
  symbols REC->err { 0 "OK", 4 "IO" }
`;

function kernel(version: string, text: string, change: Partial<Snapshot> = {}): Snapshot {
  const snapshot = parseExample(text);
  return { ...snapshot, kernel: { ...snapshot.kernel, version }, ...change };
}

/** What becomes of a use on each kernel: the status or outcome, and how. */
function judge(use: Partial<Use>, ...snapshots: readonly Snapshot[]): readonly string[] {
  const whole = { ...BASE, ...use };
  const wanted = wantedBy([whole]);
  const views = snapshots.map((snapshot) => viewOf(`v${snapshot.kernel.version}`, snapshot, wanted));
  const one = createJudge(views, [whole]);
  return views.map((view) => {
    const { status, outcome, how } = one(whole, view);
    return [status === "breaks" ? outcome : status, how].filter((part) => part !== undefined).join(": ");
  });
}

const [OLD_KERNEL, NEW_KERNEL] = [kernel("5.10.1", OLD), kernel("6.1.1", NEW)];

describe("a use on a kernel of yesterday and on one of today", () => {
  const raw = { attach: "raw_tp", contract: "args", target: { name: "demo_issue" } } as const;
  const typed = { ...raw, attach: "tp_btf" } as const;
  const bytes = (offset: number, size: number, name?: string): Partial<Use> => ({
    contract: "layout",
    subject: { is: "bytes", offset, size, ...(name === undefined ? {} : { name }) },
  });
  const member = (name: string, facts: Partial<Subject> = {}): Partial<Use> => ({
    contract: "core",
    subject: { is: "member", struct: "trace_event_raw_demo_rq", name, ...facts } as Subject,
  });
  const field = (name: string, facts: object = {}): Partial<Use> => ({ subject: { is: "field", name, ...facts } });

  test.each<[string, Partial<Use>, string, string]>([
    ["an event", {}, "holds", "holds"],
    [
      "an event that came",
      { target: { system: "demo", name: "demo_done" } },
      "absent: no event 'demo:demo_done'",
      "holds",
    ],
    ["a glob", { target: { system: "demo", name: "demo_*" } }, "holds", "holds"],
    [
      "a glob that finds nothing",
      { target: { system: "demo", name: "rq_*" } },
      "absent: no event matches 'demo:rq_*'",
      "absent: no event matches 'demo:rq_*'",
    ],
    ["an event without its system", { target: { name: "demo_issue" } }, "holds", "holds"],

    ["a field", field("dev"), "holds", "holds"],
    ["a common field", field("common_pid"), "holds", "holds"],
    ["a field that came", field("err"), "missing: no field 'err'", "holds"],
    ["a string that is one in both", field("comm", { as: "string" }), "holds", "holds"],
    [
      "a number read as a string",
      field("dev", { as: "string" }),
      "silent: 'dev' is 'dev_t', and is read as a string",
      "silent: 'dev' is 'dev_t', and is read as a string",
    ],
    [
      "an address read as a string",
      field("sector", { as: "string" }),
      "silent: 'sector' is 'u32', and is read as a string",
      "holds",
    ],
    [
      "a string read as a number",
      field("comm", { as: "number" }),
      "build: 'comm' is '__data_loc char[]', and is read as a number",
      "build: 'comm' is 'char[16]', and is read as a number",
    ],
    [
      "bcc on an array",
      { ...field("comm"), kind: "bcc" },
      "build: 'comm' is '__data_loc char[]', which bcc calls 'data_loc_comm'",
      "holds",
    ],
    [
      "bcc on a dynamic field",
      { ...field("data_loc_comm"), kind: "bcc" },
      "holds",
      "build: 'comm' is 'char[16]', and no dynamic field",
    ],

    ["bytes of a field that stayed", bytes(8, 4, "dev"), "holds", "holds"],
    ["bytes under a name of the tool's own", bytes(8, 4, "device"), "holds", "holds"],
    ["bytes of a field that moved", bytes(16, 8), "attach: reads bytes 16 to 24, and the record ends at 20", "holds"],
    [
      "bytes of a field that was stored elsewhere",
      bytes(12, 4, "sector"),
      "holds",
      "silent: 'sector' is at 16, and is read from 12, where no field begins there",
    ],
    ["bytes past the end", bytes(44, 4, "err"), "attach: reads bytes 44 to 48, and the record ends at 20", "holds"],
    [
      "bytes that are never readable",
      bytes(0, 8),
      "load: the first 8 bytes cannot be read by BPF programs",
      "load: the first 8 bytes cannot be read by BPF programs",
    ],
    [
      "bytes of several fields, copied by a helper",
      bytes(0, 20),
      "unknown: several fields are copied at once; which of them are used is not known",
      "unknown: several fields are copied at once; which of them are used is not known",
    ],
    ["a part of an array", bytes(28, 4), "attach: reads bytes 28 to 32, and the record ends at 20", "holds"],
    ["the common fields, from user space", { ...bytes(4, 4, "common_pid"), attach: "perf" }, "holds", "holds"],

    [
      "a member of a struct that came",
      member("dev"),
      "load: no 'struct trace_event_raw_demo_rq'; the record of 'demo_issue' is 'trace_event_raw_demo_issue'",
      "holds",
    ],
    [
      "a dynamic member",
      member("__data_loc_cmd"),
      "load: no 'struct trace_event_raw_demo_rq'; the record of 'demo_issue' is 'trace_event_raw_demo_issue'",
      "holds",
    ],
    [
      "a member that was never dynamic",
      { ...member("__data_loc_comm"), target: { system: "demo", name: "demo_done" } },
      "absent: no event 'demo:demo_done'",
      "load: 'struct trace_event_raw_demo_rq' has no member '__data_loc_comm'; it is 'comm' there",
    ],
    [
      "the header",
      member("ent"),
      "load: no 'struct trace_event_raw_demo_rq'; the record of 'demo_issue' is 'trace_event_raw_demo_issue'",
      "holds",
    ],
    [
      "an unsigned member of another size",
      member("sector", { size: 4, signed: false }),
      "load: no 'struct trace_event_raw_demo_rq'; the record of 'demo_issue' is 'trace_event_raw_demo_issue'",
      "holds",
    ],
    [
      "a signed member of another size",
      member("err", { size: 8, signed: true }),
      "load: no 'struct trace_event_raw_demo_rq'; the record of 'demo_issue' is 'trace_event_raw_demo_issue'",
      "load: 'err' has 4 bytes here and 8 in the program, and one of them is signed",
    ],

    [
      "a raw argument",
      { ...raw, subject: { is: "argument", index: 0 } },
      "silent: argument 1 is 'struct request_queue *q', and 'struct request *rq' in v6.1.1",
      "holds",
    ],
    [
      "a raw argument with its type",
      { ...raw, subject: { is: "argument", index: 0, type: "struct request *" } },
      "silent: argument 1 is 'struct request_queue *q', and is read as 'struct request *'",
      "holds",
    ],
    [
      "a raw argument of an old program",
      { ...raw, subject: { is: "argument", index: 1, type: "struct request *" } },
      "holds",
      "silent: argument 2 is 'int err', and is read as 'struct request *'",
    ],
    [
      "a raw argument past the last",
      { ...raw, subject: { is: "argument", index: 2 } },
      "attach: argument 3 of 2 is read",
      "attach: argument 3 of 2 is read",
    ],
    [
      "a typed argument that is a number",
      { ...typed, subject: { is: "argument", index: 1, type: "struct request *" } },
      "holds",
      "load: argument 2 is 'int err', and is read as 'struct request *'",
    ],
    [
      "a typed argument past the last",
      { ...typed, subject: { is: "argument", index: 2 } },
      "load: argument 3 of 2 is read",
      "load: argument 3 of 2 is read",
    ],
    [
      "a pointer taken as a number",
      { ...raw, subject: { is: "argument", index: 1, type: "u64" } },
      "silent: argument 2 is 'struct request *rq', and 'int err' in v6.1.1",
      "holds",
    ],
    [
      "an argument by its name",
      { ...raw, subject: { is: "argument", name: "err" } },
      "missing: no argument 'err'",
      "holds",
    ],
    [
      "a module's prototype",
      { ...raw, attach: "module", kind: "module", subject: { is: "argument", index: 1, type: "int" } },
      "build: argument 2 is 'struct request *rq', not 'int'",
      "holds",
    ],

    [
      "all fields by position",
      { kind: "perf-python", subject: { is: "positions", names: ["dev", "sector", "comm", "cmd", "err"] } },
      "missing: takes 5 fields, and the event has 3: dev, sector, comm",
      "holds",
    ],
    [
      "fields in another order",
      { kind: "perf-python", subject: { is: "positions", names: ["sector", "dev", "comm"] } },
      "silent: 'sector' is taken from the place of 'dev'",
      "missing: takes 3 fields, and the event has 5: dev, sector, comm, cmd, err",
    ],
    [
      "a field by its index",
      { subject: { is: "field-index", index: 8 } },
      "missing: no field 8: the event has 7",
      "holds",
    ],
    [
      "a label",
      { contract: "values", subject: { is: "symbol", name: "IO", value: 5 } },
      "silent: 'IO' is 4, and 5 in the program",
      "holds",
    ],
    ["printed text", { contract: "text" }, "unknown: the line is printed in another way than in v6.1.1", "holds"],
  ])("%s", (_, use, then, now) => {
    expect(judge(use, OLD_KERNEL, NEW_KERNEL)).toEqual([then, now]);
  });
});

describe("guards", () => {
  const guard = (facts: Partial<Guard>): Partial<Use> => ({
    subject: { is: "field", name: "err" },
    guards: [{ kind: "version", text: "check", line: 7, ...facts }],
  });

  test.each<[string, Partial<Guard>, string, string]>([
    ["a version that fits", { range: ">=5.14" }, "guarded: not reached: 'check' in line 7", "holds"],
    [
      "a version that a branch makes wrong",
      { range: ">=5.4" },
      "missing: no field 'err'; 'check' in line 7 lets it through",
      "holds",
    ],
    [
      "the other branch of it",
      { range: ">=5.14", negated: true },
      "missing: no field 'err'; 'not check' in line 7 lets it through",
      "guarded: not reached: 'not check' in line 7",
    ],
    [
      "a member",
      { kind: "field", subject: "trace_event_raw_demo_rq.err" },
      "guarded: not reached: 'check' in line 7",
      "holds",
    ],
    [
      "a type",
      { kind: "type", subject: "trace_event_raw_demo_rq" },
      "guarded: not reached: 'check' in line 7",
      "holds",
    ],
    [
      "a type of something else",
      { kind: "type", subject: "request_queue" },
      "guarded: no field 'err'; behind 'check' in line 7",
      "holds",
    ],
    ["another event", { kind: "event", subject: "demo:demo_done" }, "guarded: not reached: 'check' in line 7", "holds"],
    [
      "a tracepoint",
      { kind: "event", subject: "demo_issue" },
      "missing: no field 'err'; 'check' in line 7 lets it through",
      "holds",
    ],
    ["a macro of the build", { kind: "ifdef" }, "guarded: no field 'err'; behind 'check' in line 7", "holds"],
  ])("%s", (_, facts, then, now) => {
    expect(judge(guard(facts), OLD_KERNEL, NEW_KERNEL)).toEqual([then, now]);
  });
});

test.each<[string, Partial<Use>, Partial<Snapshot["knows"]>]>([
  ["existence", { target: { system: "demo", name: "gone" } }, { existence: false }],
  ["layout", { subject: { is: "bytes", offset: 8, size: 4 } }, { layout: false }],
  [
    "arguments",
    { attach: "raw_tp", target: { name: "demo_issue" }, subject: { is: "argument", index: 9 } },
    { args: false },
  ],
  ["values", { subject: { is: "symbol", name: "IO", value: 1 } }, { values: false }],
])("what a source does not know of %s is unknown", (_, use, knows) => {
  const poor = kernel("6.1.1", NEW, { knows: { ...NEW_KERNEL.knows, ...knows } });
  expect(judge(use, poor)[0]).toMatch(/^unknown: /);
});

test("what a program reads does not matter where it cannot load", () => {
  const use: Partial<Use> = { attach: "tp_btf", target: { name: "demo_issue" }, subject: { is: "argument", index: 0 } };
  expect(judge(use, kernel("5.4.200", NEW))).toEqual(["absent: tp_btf programs exist since 5.5"]);
});

test("typed programs do not load on kernels that are older than they", () => {
  expect(judge({ attach: "tp_btf", target: { name: "demo_issue" } }, kernel("5.4.200", NEW), NEW_KERNEL)).toEqual([
    "load: tp_btf programs exist since 5.5",
    "holds",
  ]);
});

test("programs on system calls see a struct of their own, and not what the record has besides", () => {
  const syscalls = kernel(
    "6.19",
    `
event syscalls:sys_enter_open
  field int __syscall_nr
  field const char * filename @16
  field __data_loc char[] __filename_val
context sys_enter int syscall_nr; unsigned long args[6]
`,
  );
  const use = (subject: Subject): readonly string[] =>
    judge({ target: { system: "syscalls", name: "sys_enter_open" }, subject }, syscalls);
  expect(use({ is: "bytes", offset: 16, size: 8 })).toEqual(["holds"]);
  expect(use({ is: "field", name: "filename", as: "string" })).toEqual(["holds"]);
  expect(use({ is: "field", name: "__filename_val" })[0]).toMatch(/^silent: /);
});

test("a prototype with too few arguments does not build", () => {
  const event: Use = { ...BASE, attach: "module", contract: "args", kind: "module", target: { name: "demo_issue" } };
  const first: Use = { ...event, subject: { is: "argument", index: 0, type: "struct request *" } };
  const view = viewOf("v6.1.1", NEW_KERNEL, wantedBy([event, first]));
  expect(createJudge([view], [event, first])(event, view)).toMatchObject({ status: "breaks", outcome: "build" });
});
