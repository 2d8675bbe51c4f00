// Judges an argument put before others. Invariant: always silent for raw_tp programs.

import { chooseByCount } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { describeArgShifts, ordinal, quoteAll } from "./words.ts";

export default defineRule({
  id: "argument-inserted",
  on: "argument-inserted",
  title: "argument inserted before others",
  why: "raw_tp programs read arguments by position and nothing checks types: in 5.18-rc sched_switch got prev_state in the middle, programs read it as a task pointer, and it was moved to the end before the release. tp_btf programs fail to load where they follow a pointer in whose position a number stands now, or a shorter struct; a number that they only store, a member that the other struct has bytes for, and all that BPF_CORE_READ fetches is silent for them, too. Modules do not build.",
  fix: "append the argument: programs that do not know it never see it",
  guard: chooseByCount("demo_switch", 4),
  breaks: { args: "silent", readers: { module: "build" } },
  message: ({ args, position, countAfter, shifted }) =>
    `${quoteAll(args.map((arg) => arg.name || arg.type))} inserted as argument ${ordinal(position, countAfter)}: raw_tp programs that read ` +
    `${shifted.length === 0 ? "this position" : `${describeArgShifts(shifted)} by position`} get another argument without any error`,
  example: {
    before: `
event demo:demo_switch
  proto bool preempt, struct task_struct *prev, struct task_struct *next
  field pid_t pid
`,
    after: `
event demo:demo_switch
  proto bool preempt, unsigned int prev_state, struct task_struct *prev, struct task_struct *next
  field pid_t pid
`,
    program: `SEC("raw_tp/demo_switch")
int on_switch(struct bpf_raw_tracepoint_args *ctx) { struct task_struct *prev = (void *)ctx->args[1]; return !prev; }`,
  },
  nearMiss: {
    before: `
event demo:demo_switch
  proto bool preempt, struct task_struct *prev, struct task_struct *next
  field pid_t pid
`,
    after: `
event demo:demo_switch
  proto bool preempt, struct task_struct *prev, struct task_struct *next, unsigned int prev_state
  field pid_t pid
`,
  },
  links: [LINKS.schedSwitch, LINKS.rawTracepoint],
});
