// Small kernel modules with probes, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import type { ToolFile } from "../../../src/audit/reader.ts";
import { kernelModule } from "../../../src/audit/readers/kernel-module.ts";
import { linesOf, readText, toolFile } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "an event of LTTng",
    "LTTNG_TRACEPOINT_EVENT(my_event,\n  TP_PROTO(struct rq *rq, unsigned int n),\n  TP_ARGS(rq, n),\n  TP_FIELDS()\n)\n",
    [
      "1 module existence my_event",
      "2 module args my_event #0 rq:struct rq *",
      "2 module args my_event #1 n:unsigned int",
    ],
  ],
  [
    "an instance, a renamed one, and their class",
    "LTTNG_TRACEPOINT_EVENT_CLASS(c, TP_PROTO(int a), TP_ARGS(a), TP_FIELDS())\n" +
      "LTTNG_TRACEPOINT_EVENT_INSTANCE(c, one, TP_PROTO(int a), TP_ARGS(a))\n" +
      "LTTNG_TRACEPOINT_EVENT_INSTANCE_MAP(c, two, lttng_two, TP_PROTO(void), TP_ARGS())\n" +
      "LTTNG_TRACEPOINT_EVENT_MAP(9p_three, lttng_three, TP_PROTO(char c), TP_ARGS(c), TP_FIELDS())\n",
    [
      "2 module existence one",
      "2 module args one #0 a:int",
      "3 module existence two",
      "4 module existence 9p_three",
      "4 module args 9p_three #0 c:char",
    ],
  ],
  [
    "versions of the kernel",
    "#if !defined(_X_H) || defined(TRACE_HEADER_MULTI_READ)\n#define _X_H\n" +
      "#if (LTTNG_KERNEL_RANGE(5,10,163, 5,11,0) || LTTNG_UBUNTU_KERNEL_RANGE(5,4,0,1, 5,5,0,0))\n" +
      "LTTNG_TRACEPOINT_EVENT_NOARGS(a)\n#elif LTTNG_LINUX_VERSION_CODE >= LTTNG_KERNEL_VERSION(5, 17, 0)\n" +
      "LTTNG_TRACEPOINT_EVENT_NOARGS(b)\n#else\nLTTNG_TRACEPOINT_EVENT_NOARGS(c)\n#endif\n#endif\n",
    [
      "4 module existence a [version >=5.10.163 <5.11.0]",
      "6 module existence b [!version >=5.10.163 <5.11.0; version >=5.17.0]",
      "8 module existence c [!version >=5.10.163 <5.11.0; !version >=5.17.0]",
    ],
  ],
  [
    "a macro of the file around LTTng's",
    "#define LTTNG_TRACEPOINT_EVENT_MINE(name) \\\n  LTTNG_TRACEPOINT_EVENT_INSTANCE(c, name, TP_PROTO(int x), TP_ARGS(x))\n" +
      "LTTNG_TRACEPOINT_EVENT_MINE(one)\n",
    ["3 module existence one", "3 module args one #0 x:int"],
  ],
  [
    "a macro that pastes names",
    "#define BOTH(name) \\\n  LTTNG_TRACEPOINT_EVENT_INSTANCE(c, name##_entry, TP_PROTO(int x), TP_ARGS(x)) \\\n" +
      "  LTTNG_TRACEPOINT_EVENT_INSTANCE(c, name ## _exit, TP_PROTO(int x), TP_ARGS(x))\nBOTH(irq)\n",
    [
      "4 module existence irq_entry",
      "4 module args irq_entry #0 x:int",
      "4 module existence irq_exit",
      "4 module args irq_exit #0 x:int",
    ],
  ],
  [
    "a macro from elsewhere",
    "LTTNG_TRACEPOINT_EVENT_OTHERS(one)\n",
    ["1 ?? a macro around LTTng's own: which tracepoint it attaches to is not known"],
  ],
  [
    "variants of a probe",
    "#if LINUX_VERSION_CODE < KERNEL_VERSION(5,18,0)\nTRACEPOINT_PROBE(probe, struct task_struct *prev)\n" +
      "#else\nTRACEPOINT_PROBE(probe, unsigned int state)\n#endif\n{\n}\n" +
      "int init(void) { return register_trace_sched_switch(probe, NULL); }\n",
    [
      "8 module existence sched_switch",
      "2 module args sched_switch #0 prev:struct task_struct * [version <5.18.0]",
      "4 module args sched_switch #0 state:unsigned int [!version <5.18.0]",
    ],
  ],
  [
    "a registered probe with a parameter that depends on the version",
    "static void probe(void *data, bool preempt,\n#if LINUX_VERSION_CODE < KERNEL_VERSION(5,18,0)\n" +
      "  struct task_struct *prev\n#else\n  unsigned int state\n#endif\n)\n{\n}\n" +
      "int init(void) { return register_trace_sched_switch(probe, NULL); }\n",
    [
      "10 module existence sched_switch",
      "1 module args sched_switch #0 preempt:bool",
      "3 module args sched_switch #1 prev:struct task_struct * [version <5.18.0]",
    ],
  ],
  [
    "names that a lookup compares with",
    "static void my_probe(void *data, int x) { }\n" +
      'static void visit(struct tracepoint *tp, void *priv) {\n  if (!strcmp(tp->name, "sys_enter"))\n    tp_enter = tp;\n}\n' +
      "int init(void) {\n  for_each_kernel_tracepoint(visit, NULL);\n" +
      "  return tracepoint_probe_register(tp_enter, my_probe, NULL);\n}\n",
    ["3 module existence sys_enter", "1 module args sys_enter #0 x:int"],
  ],
  [
    "a table that a lookup goes through",
    'static void p(void *data, int x) { }\nstruct t all[] = {\n  { .name = "one", .fun = p },\n};\n' +
      "int init(void) { for_each_kernel_tracepoint(visit, NULL); }\n",
    ["3 module existence one", "1 module args one #0 x:int"],
  ],
  [
    "a lookup of names that are not there",
    "int init(void) { for_each_kernel_tracepoint(visit, NULL); }\n",
    ["1 ?? the names of the tracepoints are not literals in this file"],
  ],
  [
    "near misses",
    "int register_trace_x(void (*probe)(void *, int), void *data);\n/* register_trace_y(p, NULL) */\n" +
      'const char *s = "register_trace_z(p, NULL)";\nunregister_trace_w(p, NULL);\n',
    [],
  ],
];

describe("kernel modules", () => {
  test.each(PROGRAMS)("%s", (_, text, expected) => {
    expect(linesOf(readText(kernelModule, "probes.c", text))).toEqual(expected);
  });

  test("names may stand in a list of macros in another file", () => {
    const header = toolFile("names.h", '#define LIST \\\n  X(ENTER, "sys_enter") \\\n  X(EXIT, "sys_exit")\n');
    const others = new Map<string, ToolFile>([[header.path, header]]);
    const file = toolFile(
      "main.c",
      '#include "names.h"\nTRACEPOINT_PROBE(probe, struct pt_regs *regs, long id) {\n}\n' +
        "void visit(void) { if (!strcmp(tp->name, names[ENTER])) tp_enter = tp; for_each_kernel_tracepoint(visit, 0); }\n" +
        "void on(void) { compat_register_trace(probe, names[i], tp_enter); }\n",
    );
    expect(linesOf(kernelModule.read(file, { find: (name) => others.get(name) }))).toEqual([
      "4 module existence sys_enter",
      "2 module args sys_enter #0 regs:struct pt_regs *",
      "2 module args sys_enter #1 id:long",
    ]);
  });
});
