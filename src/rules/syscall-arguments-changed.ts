// Judges the arguments of a system call. Invariant: what counts to BPF programs is the position in args[], not the offset
// in the record.

import type { Field } from "../snapshot/model.ts";
import { bpf } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { declare, list, quoteAll } from "./words.ts";

export default defineRule({
  id: "syscall-arguments-changed",
  on: "syscall-arguments-changed",
  title: "arguments of a system call changed",
  why: "BPF programs on tp/syscalls/sys_enter_* read args[] by position, each argument as wide as a register: one that is removed or inserted in front gives them the next one without any error. A type alone changes nothing there. Attaching fails where a program reads past the last argument of the record. Readers of the record find arguments by name.",
  fix: "add arguments at the end, or make a new system call: the order is the interface of user space, too",
  guard: bpf(`
struct trace_event_raw_sys_enter___any {
	unsigned long args[6];
} __attribute__((preserve_access_index));

SEC("?tp/syscalls/sys_enter_demo")
int on_enter(struct trace_event_raw_sys_enter___any *ctx)
{
	/* an optional program: the loader decides by the names in the format file which positions are right */
	bpf_printk("%lu", ctx->args[1]);
	return 0;
}`),
  breaks: ({ gone, displaced, before, after, come }) => {
    const byPosition = displaced.length > 0 || gone.some((field) => isTaken(field, before, after)) ? "silent" : "none";
    const positions = byPosition === "none" && after.length < before.length ? "attach" : byPosition;
    return {
      layout: positions,
      core: positions,
      fields: gone.length > 0 ? "missing" : "cosmetic",
      readers: gone.length + come.length + displaced.length > 0 ? { "perf-python": "missing" } : {},
    };
  },
  message: ({ before, after, gone, come, displaced, retyped }) => {
    const parts = [
      ...(gone.length === 0 ? [] : [`${names(gone)} gone`]),
      ...(come.length === 0 ? [] : [`${names(come)} new`]),
      ...(displaced.length === 0 ? [] : [`${names(displaced)} at another position`]),
      ...(retyped.length === 0 ? [] : [`${names(retyped)} of another type`]),
    ];
    const isMoved = displaced.length > 0 || gone.some((field) => isTaken(field, before, after));
    const harm = isMoved
      ? "programs that read args[] get another argument without any error"
      : "args[] holds what it held";
    return `arguments (${list(after.map(declare))}): ${parts.join(", ")}; ${harm}`;
  },
  example: {
    before: `
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned long flags
  field unsigned long size
`,
    after: `
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned long size
`,
    program: `bpftrace -e 'tracepoint:syscalls:sys_enter_demo { @[args.flags] = count(); }'`,
  },
  nearMiss: {
    before: `
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned long flags
`,
    after: `
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned long flags
  field __data_loc char[] __flags_val
`,
  },
  links: [LINKS.syscallContext],
});

/** Whether another argument stands in the position of one that is gone. */
function isTaken(field: Field, before: readonly Field[], after: readonly Field[]): boolean {
  return before.indexOf(field) < after.length;
}

function names(fields: readonly Field[]): string {
  return quoteAll(fields.map(({ name }) => name));
}
