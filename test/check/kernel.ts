// A kernel in a git repository, small enough to be read in a blink: two events, a typedef and a constant in other headers.

import { demoTree } from "../e2e/demo-tree.ts";
import { type Repository, repository } from "../git/repository.ts";

export const HEADER = "include/trace/events/demo.h";
export const TYPES = "include/linux/demo_types.h";

/** The trace header; each part of it can be replaced. */
export function header({
  proto = "int cpu, int state",
  fields = "__field(int, cpu)",
  other = "__field(demo_t, id)",
} = {}): string {
  return `#undef TRACE_SYSTEM
#define TRACE_SYSTEM demo
#if !defined(_TRACE_DEMO_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_DEMO_H
#include <linux/tracepoint.h>
#include <linux/demo_types.h>

TRACE_EVENT(demo_tick,

	TP_PROTO(${proto}),

	TP_ARGS(cpu, state),

	TP_STRUCT__entry(
		${fields.split("; ").join("\n\t\t")}
	),

	TP_fast_assign(__entry->cpu = cpu;),

	TP_printk("cpu=%d", __entry->cpu)
);

TRACE_EVENT(demo_named,

	TP_PROTO(int cpu),

	TP_ARGS(cpu),

	TP_STRUCT__entry(
		${other.split("; ").join("\n\t\t")}
		__array(char, label, DEMO_LEN)
	),

	TP_fast_assign(__entry->id = cpu;),

	TP_printk("id=%d", (int)__entry->id)
);
#endif
#include <trace/define_trace.h>
`;
}

export function types({ demo = "int", length = 16 } = {}): string {
  return `#ifndef _DEMO_TYPES_H
#define _DEMO_TYPES_H
/* a comment */
typedef ${demo} demo_t;

#define DEMO_LEN ${length}
#endif
`;
}

/** What an event means outside of the stages: a tracepoint. */
const TRACEPOINT = `#ifndef _LINUX_TRACEPOINT_H
#define _LINUX_TRACEPOINT_H
#define PARAMS(args...) args
#define TP_PROTO(args...) args
#define __DECLARE_TRACE(name, proto, args, cond) extern int __tracepoint_##name;
#define DECLARE_TRACE(name, proto, args) __DECLARE_TRACE(name, PARAMS(proto), PARAMS(args), 1)
#define DEFINE_EVENT(template, name, proto, args) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define TRACE_EVENT(name, proto, args, entry, assign, print) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define DECLARE_EVENT_CLASS(name, proto, args, entry, assign, print)
#endif
`;

/** What an event means in the stages: a class and an event of it. */
const STAGES = `#undef TRACE_EVENT
#define TRACE_EVENT(name, proto, args, entry, assign, print) \\
	DECLARE_EVENT_CLASS(name, PARAMS(proto), PARAMS(args), PARAMS(entry), PARAMS(assign), PARAMS(print)); \\
	DEFINE_EVENT(name, name, PARAMS(proto), PARAMS(args));
`;

export const KERNEL: Readonly<Record<string, string>> = {
  ...demoTree(1, ""),
  "include/linux/tracepoint.h": TRACEPOINT,
  "include/trace/trace_events.h": STAGES,
  [HEADER]: header(),
  [TYPES]: types(),
  "drivers/quiet.c": "int quiet;\n",
};

/** A repository whose `main` has one commit with the kernel; `topic` is checked out there. */
export function kernelRepository(): Repository {
  const made = repository();
  made.commit("a kernel", KERNEL);
  made.git("checkout", "-q", "-b", "topic");
  return made;
}
