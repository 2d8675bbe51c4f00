// Judges what BPF programs on system call events get. Invariant: perf and tracefs read the record and are not concerned.

import { bpf } from "./guards.ts";
import type { Field } from "../snapshot/model.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quoteAll } from "./words.ts";

function hasMoved({ name, offset }: Field, after: readonly Field[]): boolean {
  return after.find((field) => field.name === name)?.offset !== offset;
}

export default defineRule({
  id: "syscall-context-changed",
  on: "syscall-context-changed",
  title: "context of system call programs changed",
  why: "BPF programs on tp/syscalls/* do not get the record that the format file describes but a struct that perf_call_bpf_enter and perf_call_bpf_exit fill on the stack (kernel/trace/trace_syscalls.c). Attaching checks only that no read goes past the record, so a member that moved or shrank is read from other bytes without any error.",
  fix: "keep the members at their offsets and sizes; a wider header of all records must not move them",
  guard: bpf(`
/* the number has been an int or an unsigned long: read the half that both have */
struct syscall_enter {
	u64 regs;
	int syscall_nr;
	u32 padding;
	u64 args[6];
};

SEC("tp/syscalls/sys_enter_demo")
int on_enter(struct syscall_enter *ctx)
{
	bpf_printk("%d %llu", ctx->syscall_nr, ctx->args[0]);
	return 0;
}`),
  // CO-RE programs take their offsets from the record, whose number has always been an int.
  breaks: ({ lost, after }) => ({
    layout: lost.length === 0 ? "none" : "silent",
    core: lost.some((field) => hasMoved(field, after)) ? "silent" : "none",
  }),
  message: ({ event, lost, added }) =>
    lost.length === 0
      ? `${quoteAll(added.map(({ name }) => name))} new in what programs on ${event.id} get; all else stays where it was`
      : `${quoteAll(lost.map(({ name }) => name))} moved or shrank in what programs on ${event.id} get: they read other bytes without any error`,
  example: {
    before: `
context sys_enter unsigned long syscall_nr; unsigned long args[6]
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned int fd @16
`,
    after: `
context sys_enter int syscall_nr; unsigned long args[6]
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned int fd @16
`,
    program: `struct context { unsigned long long regs; unsigned long nr; unsigned long args[6]; };
SEC("tp/syscalls/sys_enter_demo") int on_demo(struct context *ctx) { return ctx->nr == 2; }`,
  },
  nearMiss: {
    before: `
context sys_enter int syscall_nr; unsigned long args[6]
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned int fd @16
`,
    after: `
context sys_enter int syscall_nr; unsigned long args[6]
event syscalls:sys_enter_demo
  field int __syscall_nr
  field unsigned int fd @16
  field unsigned int flags @24
`,
  },
  links: [LINKS.syscallContext],
});
