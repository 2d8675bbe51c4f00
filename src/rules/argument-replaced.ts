// Judges an argument whose place another value took. Invariant: always silent for raw_tp programs.

import { chooseByType } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { declareArg, ordinal, quote } from "./words.ts";

export default defineRule({
  id: "argument-replaced",
  on: "argument-replaced",
  title: "argument replaced by another value",
  why: "The number of arguments is the same and the position is filled, so nothing tells raw_tp programs that they read another value; tp_btf programs notice only if the type is another kind.",
  fix: "append the new value and keep the old one",
  guard: chooseByType("demo_prio", 1, "task_struct"),
  breaks: { args: "silent", readers: { module: "build" } },
  message: ({ before, after, position, countAfter }) =>
    `argument ${ordinal(position, countAfter)} is ${quote(declareArg(after))}, was ${quote(declareArg(before))}: raw_tp programs get another value without any error`,
  example: {
    before: `
event demo:demo_prio
  proto struct task_struct *tsk, int newprio
  field int prio
`,
    after: `
event demo:demo_prio
  proto struct task_struct *tsk, struct task_struct *pi_task
  field int prio
`,
    program: `SEC("raw_tp/demo_prio")
int on_prio(struct bpf_raw_tracepoint_args *ctx) { return (int)ctx->args[1]; }`,
  },
  nearMiss: {
    before: `
event demo:demo_prio
  proto struct task_struct *tsk, int newprio
  field int prio
`,
    after: `
event demo:demo_prio
  proto struct task_struct *tsk, int new_prio
  field int prio
`,
  },
  links: [LINKS.rawTracepoint],
});
