// Small scripts that work with tracefs and trace-cmd, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { tracefsShell } from "../../../src/audit/readers/tracefs-shell.ts";
import { linesOf, readText } from "./uses.ts";

const SCRIPTS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "files of events and of systems",
    "cd /sys/kernel/tracing\necho 1 > events/sched/sched_switch/enable\ncat $T/events/irq/irq_handler_entry/format\n" +
      "echo 1 | sudo tee /sys/kernel/debug/tracing/events/timer/enable\n",
    ["2 perf existence sched:sched_switch", "3 perf existence irq:irq_handler_entry", "4 perf existence timer:*"],
  ],
  [
    "filters, also through variables",
    'filter=\'rwbs ~ "*R*"\'\nfilter="${filter}dev == $dev"\necho "$filter" > events/block/block_rq_issue/filter\n' +
      "echo 'prev_pid != 0 || next_prio < 100' > events/sched/sched_switch/filter\n",
    [
      "3 perf existence block:block_rq_issue",
      "3 perf fields block:block_rq_issue .rwbs=string",
      "3 perf fields block:block_rq_issue .dev=number",
      "4 perf existence sched:sched_switch",
      "4 perf fields sched:sched_switch .prev_pid=number",
      "4 perf fields sched:sched_switch .next_prio=number",
    ],
  ],
  [
    "histograms and other triggers",
    "echo 'hist:keys=call_site.sym,pid:vals=bytes_req,hitcount:sort=bytes_req if bytes_alloc > 9' > events/kmem/kmalloc/trigger\n" +
      "echo 'hist:keys=next_pid:lat=common_timestamp.usecs-$ts0:onmatch(sched.sched_waking).trace(w,$lat,next_prio)' >> events/sched/sched_switch/trigger\n" +
      "echo 'enable_event:a:b:1' > events/a/c/trigger\n" +
      "echo 'hist:keys=x:ts=common_timestamp.usecs,st=stacktrace  if y == 1' > events/a/d/trigger\n",
    [
      "1 perf existence kmem:kmalloc",
      "1 perf fields kmem:kmalloc .call_site",
      "1 perf fields kmem:kmalloc .pid",
      "1 perf fields kmem:kmalloc .bytes_req",
      "1 perf fields kmem:kmalloc .bytes_alloc=number",
      "2 perf existence sched:sched_switch",
      "2 perf fields sched:sched_switch .next_pid",
      "2 perf fields sched:sched_switch .next_prio",
      "2 perf existence sched:sched_waking",
      "3 perf existence a:c",
      "3 perf existence a:b",
      "4 perf existence a:d",
      "4 perf fields a:d .x",
      "4 perf fields a:d .y=number",
    ],
  ],
  [
    "names in variables and loops",
    "e=b\n[ $x ] && e=c\necho 1 > events/a/$e/enable\nfor n in d e; do\n  echo 1 > events/a/${n}/enable\ndone\n",
    ["3 perf existence a:b", "3 perf existence a:c", "5 perf existence a:d", "5 perf existence a:e"],
  ],
  [
    "set_event and probes on events",
    "echo 'a:b c:*' '!a:x' >> $T/set_event\necho 'e:mine sched/sched_switch pid=$prev_pid:u32' >> dynamic_events\n",
    [
      "1 perf existence a:b",
      "1 perf existence c:*",
      "2 perf existence sched:sched_switch",
      "2 perf fields sched:sched_switch .prev_pid",
    ],
  ],
  [
    "a test for an event",
    "if [ -d events/a/b ]; then\n  echo 1 > events/a/b/enable\nfi\n[ `cat events/a/c/hist` = x ]\necho 1 > events/a/c/enable\n",
    ["2 perf existence a:b [event if [ -d events/a/b ]]", "4 perf existence a:c", "5 perf existence a:c"],
  ],
  [
    "lines that are taken apart",
    "echo 1 > events/a/ev_b/enable\ncat trace_pipe | awk '\n  /ev_b/ { print $5 }'\n",
    ["1 perf existence a:ev_b", "2 perf text a:ev_b"],
  ],
  [
    "trace-cmd",
    "trace-cmd record -e sched:sched_switch -f 'prev_pid == 1' \\\n  -e irq -R 'hist:keys=vec' -e all ls\n" +
      "trace-cmd start -e sched_switch\ntrace-cmd report -e a:b\n",
    [
      "1 perf existence sched:sched_switch",
      "1 perf fields sched:sched_switch .prev_pid=number",
      "2 perf existence irq:*",
      "2 perf fields irq:* .vec",
      "3 ?? may be a system or an event: only SYSTEM:EVENT tells",
    ],
  ],
  [
    "a name that is computed",
    "echo 1 > events/$1/enable\necho 1 > events/a/$2/enable\n",
    ["1 ?? the event's name is computed", "2 ?? the event's name is computed"],
  ],
  [
    "near misses",
    "# echo 1 > events/a/b/enable\necho 1 > events/enable\nls /var/log/events/today/list\ncurl http://x/events/a/b\n" +
      "echo 1 > events/kprobes/mine/enable\necho 1 > events/synthetic/$n/enable\n",
    [],
  ],
];

describe("shell scripts", () => {
  test.each(SCRIPTS)("%s", (_, text, expected) => {
    expect(linesOf(readText(tracefsShell, "tool.sh", text))).toEqual(expected);
  });
});

const OTHERS: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "Python that reads lines",
    "x.py",
    'write("/sys/kernel/tracing/events/a/b/enable", "1")\nfor line in open("/sys/kernel/tracing/trace_pipe"):\n  pass\n',
    ["1 perf existence a:b", "2 perf text a:b"],
  ],
  ["C", "x.c", 'open("/sys/kernel/debug/tracing/events/a/b/id", 0);\n// events/a/c/id\n', ["1 perf existence a:b"]],
  [
    "C that computes names",
    "x.c",
    'snprintf(p, n, "%s/events/%s/%s/id", base, s, e);',
    ["1 ?? the event's name is computed"],
  ],
  [
    "a comment in a program within Python",
    "x.py",
    'text = """\n// from events/a/b/format\nint x; // events/a/c/format\n"""\n',
    [],
  ],
  ["a unit of systemd", "x.service", "[Service]\nExecStart=trace-cmd record -e a:b\n", ["2 perf existence a:b"]],
];

describe("other files", () => {
  test.each(OTHERS)("%s", (_, path, text, expected) => {
    expect(linesOf(readText(tracefsShell, path, text))).toEqual(expected);
  });
});
