// Small bpftrace programs and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { bpftrace } from "../../../src/audit/readers/bpftrace.ts";
import { linesOf, readText } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "fields through a point and through an arrow",
    "tracepoint:sched:sched_switch { @[args.prev_pid] = args->next_pid; }",
    [
      "1 tp existence sched:sched_switch",
      "1 tp fields sched:sched_switch .prev_pid",
      "1 tp fields sched:sched_switch .next_pid",
    ],
  ],
  [
    "a list of probes, of which one is none of ours",
    "kprobe:f,\ntracepoint:a:b,\nt:a:c_* /pid == 1/\n{\n  print(args.x);\n}",
    ["2 tp existence a:b", "5 tp fields a:b .x", "3 tp existence a:c_*", "5 tp fields a:c_* .x"],
  ],
  [
    "how a field is read",
    't:a:b / args.n > 3 / { if (args.comm == "x") { print(str(args.name)); } $x = args.m == 4; }',
    [
      "1 tp existence a:b",
      "1 tp fields a:b .n=number",
      "1 tp fields a:b .comm=string",
      "1 tp fields a:b .name=string",
      "1 tp fields a:b .m=number",
    ],
  ],
  [
    "raw tracepoints by index and by name",
    "rawtracepoint:block_rq_issue { $r = (struct request *)arg0; @[args.rq->tag] = arg1; }",
    [
      "1 raw_tp existence block_rq_issue",
      "1 raw_tp args block_rq_issue #0:struct request *",
      "1 raw_tp args block_rq_issue #- rq",
      "1 raw_tp args block_rq_issue #1",
    ],
  ],
  ["a raw tracepoint of a module", "rt:xfs:xfs_buf_init { }", ["1 raw_tp existence xfs_buf_init"]],
  [
    "events that may be missing",
    'config = { missing_probes = "ignore" }\nt:a:b { @ = args.x }',
    [
      '2 tp existence a:b [optional missing_probes = "ignore"]',
      '2 tp fields a:b .x [optional missing_probes = "ignore"]',
    ],
  ],
  [
    "preprocessor conditions",
    "#ifdef OLD\nt:a:old { }\n#else\nt:a:new\n{\n#if X\n  @ = args.x;\n#endif\n}\n#endif\nt:a:all { }",
    [
      "2 tp existence a:old [ifdef #ifdef OLD]",
      "4 tp existence a:new [!ifdef #ifdef OLD]",
      "7 tp fields a:new .x [!ifdef #ifdef OLD; ifdef X]",
      "11 tp existence a:all",
    ],
  ],
  [
    "definitions beside probes",
    "#!/usr/bin/env bpftrace\n#include <linux/fs.h>\nstruct s { int x; };\nmacro twice(x) { x + x }\n" +
      "fn f($a: int64): int64 { return $a; }\nBEGIN { }\ninterval:s:1 { }\nt:a:b{}",
    ["8 tp existence a:b"],
  ],
  [
    "comments, strings and paths that look like something else",
    '// t:a:b { }\n/* t:a:c { args.x } */\nuprobe:/bin/*/x:f { printf("t:a:d { args.y }"); }\nt:a:e/args.z/{ }',
    ["4 tp existence a:e", "4 tp fields a:e .z"],
  ],
  [
    "what cannot be understood",
    "tracepoint:$1:x { }\ntracepoint:only { }\nmacro m() { args.x }\nt:a:b { }\nnonsense",
    [
      "4 tp existence a:b",
      "1 ?? the event is a parameter of the script",
      "2 ?? expected tracepoint:SYSTEM:EVENT",
      "3 ?? reads args outside of a probe",
      "5 ?? expected a probe: attach points, then a block in braces",
    ],
  ],
];

describe("bpftrace files", () => {
  test.each(PROGRAMS)("%s", (_, text, expected) => {
    expect(linesOf(readText(bpftrace, "tool.bt", text))).toEqual(expected);
  });

  test("a use names its probe", () => {
    const { uses } = readText(bpftrace, "tool.bt", "t:a:b { @ = args.x }");
    expect(uses.map(({ program }) => program)).toEqual(["t:a:b", "t:a:b"]);
  });
});

const EMBEDDED: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "a shell script",
    "x.sh",
    "#!/bin/sh\nsudo bpftrace -e '\n  tracepoint:a:b { @ = args.x; }'\n",
    ["3 tp existence a:b", "3 tp fields a:b .x"],
  ],
  ["a here-document", "x.sh", "bpftrace - <<'END' | sort\nt:a:b { }\nEND\necho t:a:c\n", ["2 tp existence a:b"]],
  [
    "a list of words in Python",
    "x.py",
    'import subprocess\nsubprocess.run(["bpftrace", "-q", "-e",\n  "t:a:b { @ = args.x }"])\n',
    ["3 tp existence a:b", "3 tp fields a:b .x"],
  ],
  ["a command in a string of Go", "x.go", "run(\"bpftrace -e 't:a:b { }'\")", ["1 tp existence a:b"]],
  ["no bpftrace at all", "x.py", 'print("run bpftrace for t:a:b { }")', []],
];

describe("bpftrace programs in other files", () => {
  test.each(EMBEDDED)("%s", (_, path, text, expected) => {
    expect(linesOf(readText(bpftrace, path, text))).toEqual(expected);
  });
});

test("scripts that other languages put together are counted, those that they run are read", () => {
  const text =
    'run("bpftrace", "-e", "tracepoint:a:b { }")\nscript.push("tracepoint:c:d\\n"); script.push("rawtracepoint:e,")\nlog("tracepoint:f:g is missing")';
  expect(linesOf(readText(bpftrace, "a.rs", text)).filter((line) => line.includes("??"))).toEqual([
    "2 ?? the script of this probe is put together at run time",
    "2 ?? the script of this probe is put together at run time",
  ]);
});
