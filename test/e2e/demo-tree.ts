// The smallest kernel source tree with an event in it.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Its files by path; `fields` is the body of TP_STRUCT__entry. */
export function demoTree(sublevel: number, fields: string): Readonly<Record<string, string>> {
  return {
    Makefile: `VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = ${sublevel}\nEXTRAVERSION =\n`,
    Kbuild: "obj-y += kernel/\n",
    "kernel/Makefile": "obj-y += demo.o\n",
    "include/linux/tracepoint.h": "",
    "include/trace/trace_events.h": "",
    "include/linux/trace_events.h":
      "struct trace_entry {\n\tunsigned short type;\n\tunsigned char flags;\n\tunsigned char preempt_count;\n\tint pid;\n};\n",
    "include/trace/events/demo.h": `#undef TRACE_SYSTEM
#define TRACE_SYSTEM demo
#if !defined(_TRACE_DEMO_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_DEMO_H
#include <linux/tracepoint.h>
TRACE_EVENT(demo_tick,
	TP_PROTO(int cpu),
	TP_ARGS(cpu),
	TP_STRUCT__entry(${fields}),
	TP_fast_assign(__entry->cpu = cpu;),
	TP_printk("tick of %d ms", 4)
);
#endif
#include <trace/define_trace.h>
`,
    "kernel/demo.c": "#define CREATE_TRACE_POINTS\n#include <trace/events/demo.h>\n",
  };
}

export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
