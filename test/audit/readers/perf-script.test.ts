// Small scripts for perf, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { perfScript } from "../../../src/audit/readers/perf-script.ts";
import { linesOf, readText } from "./uses.ts";

const COMMON = "event_name, context, common_cpu, common_secs, common_nsecs, common_pid, common_comm";

const FILES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "handlers in Python",
    "x.py",
    `from perf_trace_context import *\ndef trace_begin():\n  pass\ndef a__b(${COMMON},\n  common_callchain, f, g):\n  pass\n` +
      `def raw_a__c(${COMMON}, f, perf_sample_dict):\n  pass\n`,
    [
      "4 perf existence a:b [optional handler a__b]",
      "4 perf fields a:b (f, g)",
      "7 perf existence raw_a:c [optional handler raw_a__c]",
      "7 perf fields raw_a:c (f)",
    ],
  ],
  [
    "handlers that do not take their fields one by one",
    "x.py",
    "from Core import *\ndef a__b(*args):\n  pass\ndef a__c(event_name, context):\n  pass\n",
    [
      "2 perf existence a:b [optional handler a__b]",
      "4 perf existence a:c [optional handler a__c]",
      "2 ?? takes its fields as one list",
      "4 ?? takes fewer arguments than perf passes",
    ],
  ],
  [
    "a handler in Perl",
    "x.pl",
    `use Perf::Trace::Core;\nsub trace_end\n{\n}\nsub a::b\n{\n  my (${COMMON.replaceAll(/\w+/g, "$$$&")}, $common_callchain,\n    $f, $g) = @_;\n}\n`,
    ["5 perf existence a:b [optional handler a::b]", "5 perf fields a:b (f, g)"],
  ],
  [
    "functions of any other Python program",
    "x.py",
    "import os\ndef a__b(x, y):\n  pass\ndef stat__x_k(cpu, thread, time, val, ena, run): pass\nclass C:\n  def __init__(self): pass\n",
    [],
  ],
  [
    "a script that records",
    "x-record",
    "#!/bin/bash\nperf record -a -e sched:sched_switch \\\n  -e irq:softirq_*:u,cycles:ppp --filter 'vec == 1 && comm != \"x\"' $@\n",
    [
      "2 perf existence sched:sched_switch",
      "3 perf existence irq:softirq_*",
      "3 perf fields irq:softirq_* .vec=number",
    ],
  ],
  [
    "groups, clusters of flags, other spellings",
    "x.sh",
    "sudo perf stat -ae '{a:ev_b,instructions:k}'\nperf trace --event=a:ev_c --no-syscalls\nif perf record -ea:ev_d; then :; fi\n",
    ["1 perf existence a:ev_b", "2 perf existence a:ev_c", "3 perf existence a:ev_d"],
  ],
  [
    "a list of words in Python",
    "x.py",
    'subprocess.run(["perf", "record", "-e",\n  "a:ev_b", "--filter", "x > 5"])\n',
    ["2 perf existence a:ev_b", "2 perf fields a:ev_b .x=number"],
  ],
  [
    "a unit of systemd",
    "x.service",
    "[Service]\nExecStart=/usr/bin/perf record -e a:ev_b\n",
    ["2 perf existence a:ev_b"],
  ],
  [
    "two commands of which one works",
    "x.sh",
    "#!/bin/bash\n(perf record -e raw_a:ev_b $@) || \\\nperf record -e a:ev_b $@ || exit 1\n",
    [
      "2 perf existence raw_a:ev_b [event perf record -e raw_a:ev_b $@]",
      "3 perf existence a:ev_b [!event perf record -e raw_a:ev_b $@]",
    ],
  ],
  ["a name in a variable", "x.sh", "perf record -e sched:$1\n", ["1 ?? the event's name comes from a variable"]],
  [
    "near misses",
    "x.sh",
    "# perf record -e a:ev_b\nperf probe -e a:ev_b\nperf record -e cycles:u -e probe:do_sys_open -e cpu/event=1/\n" +
      "perf report -e a:ev_b\necho 'sort -e a:ev_b'\ncat <<END\n  perf record -e a:ev_b\nEND\n",
    [],
  ],
];

describe("files for perf", () => {
  test.each(FILES)("%s", (_, path, text, expected) => {
    expect(linesOf(readText(perfScript, path, text))).toEqual(expected);
  });

  test("handlers are told as a kind of reader of their own", () => {
    const { uses } = readText(perfScript, "x.py", `from Core import *\ndef a__b(${COMMON}, f):\n  pass\n`);
    expect(uses.map(({ contract, kind }) => [contract, kind])).toEqual([
      ["existence", undefined],
      ["fields", "perf-python"],
    ]);
  });
});
