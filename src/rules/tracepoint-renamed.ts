// Judges a tracepoint that goes by another name. Invariant: an event of the same name is unharmed.

import { c } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { percent, quote } from "./words.ts";

export default defineRule({
  id: "tracepoint-renamed",
  on: "tracepoint-renamed",
  title: "tracepoint renamed",
  why: "raw_tp programs attach by the tracepoint's name and tp_btf programs load by btf_trace_<name>. From 6.16 on DECLARE_TRACE appends _tp to the name it is given (include/linux/tracepoint.h), which renames bare tracepoints without a line of their own changing.",
  fix: "keep the name under which the tracepoint is known",
  guard: c(`
static struct bpf_link *attach(struct demo_bpf *skel)
{
	bool is_renamed = libbpf_find_vmlinux_btf_id("demo_enqueue_tp", BPF_TRACE_RAW_TP) > 0;

	return bpf_program__attach_raw_tracepoint(skel->progs.on_enqueue, is_renamed ? "demo_enqueue_tp" : "demo_enqueue");
}`),
  breaks: ({ event }) => ({
    existence: event.bare === true ? "attach" : "none",
    args: "attach",
    readers: { module: "build" },
  }),
  message: ({ before, after, confidence }) =>
    `tracepoint ${quote(before)} is gone, ${percent(confidence)} sure that it is ${quote(after)} now: raw_tp and tp_btf programs on the old name fail`,
  example: {
    before: `
tracepoint demo_enqueue(struct rq *rq, int cpu)
`,
    after: `
tracepoint demo_enqueue_tp(struct rq *rq, int cpu)
`,
    program: `SEC("raw_tp/demo_enqueue") int on_enqueue(void *ctx) { return 0; }`,
  },
  nearMiss: {
    before: `
tracepoint demo_enqueue(struct rq *rq, int cpu)
`,
    after: `
tracepoint other_thing(int flags)
`,
  },
  links: [LINKS.defineTrace, LINKS.rawTracepoint],
});
