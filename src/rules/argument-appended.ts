// Judges an argument added at the end. Invariant: harmless for every BPF program.

import { chooseByCount } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { declareArg, ordinal, quoteAll } from "./words.ts";

export default defineRule({
  id: "argument-appended",
  on: "argument-appended",
  title: "argument appended",
  why: "This is the way to extend a tracepoint: positions stay, and the kernel accepts programs that read fewer arguments. Modules that register probes are compiled against the whole prototype and need the new one.",
  fix: "none needed; this is the way to add an argument",
  guard: chooseByCount("demo_switch", 3),
  breaks: { readers: { module: "build" } },
  message: ({ args, position, countAfter }) =>
    `${quoteAll(args.map(declareArg))} appended as argument ${ordinal(position, countAfter)}: BPF programs are not affected; modules that register probes need the new prototype`,
  example: {
    before: `
event demo:demo_switch
  proto struct task_struct *prev, struct task_struct *next
  field pid_t pid
`,
    after: `
event demo:demo_switch
  proto struct task_struct *prev, struct task_struct *next, unsigned int prev_state
  field pid_t pid
`,
    program: `static void probe(void *data, struct task_struct *prev, struct task_struct *next) {}
register_trace_demo_switch(probe, NULL);`,
  },
  nearMiss: {
    before: `
event demo:demo_switch
  proto struct task_struct *prev, struct task_struct *next
  field pid_t pid
`,
    after: `
event demo:demo_switch
  proto unsigned int prev_state, struct task_struct *prev, struct task_struct *next
  field pid_t pid
`,
  },
  links: [LINKS.rawTracepoint],
});
