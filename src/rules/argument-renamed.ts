// Judges an argument that goes by another name. Invariant: never hard, since programs read positions.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { ordinal, quote } from "./words.ts";

export default defineRule({
  id: "argument-renamed",
  on: "argument-renamed",
  title: "argument renamed",
  why: "Programs read arguments by position; only bpftrace's rawtracepoint probes may name them (args.name, from BTF).",
  fix: "none needed",
  breaks: { args: "cosmetic" },
  message: ({ before, after, position, countAfter }) =>
    `argument ${ordinal(position, countAfter)} is called ${quote(after.name)}, was ${quote(before.name)}: only readers of its name notice`,
  example: {
    before: `
event demo:demo_wake
  proto struct task_struct *p
  field pid_t pid
`,
    after: `
event demo:demo_wake
  proto struct task_struct *task
  field pid_t pid
`,
    program: `bpftrace -e 'rawtracepoint:vmlinux:demo_wake { print(args.p->pid); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_wake
  proto struct task_struct *p, int cpu
  field pid_t pid
`,
    after: `
event demo:demo_wake
  proto struct task_struct *p, unsigned long deadline
  field pid_t pid
`,
  },
  links: [LINKS.btfContext],
});
