// Judges a tracepoint that is gone while no event tells of it. Invariant: programs on it fail loudly.

import { c } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "tracepoint-removed",
  on: "tracepoint-removed",
  title: "tracepoint removed",
  why: "raw_tp programs fail to attach with ENOENT, tp_btf programs find no btf_trace_<name> and do not load, and modules that register a probe do not build.",
  fix: "keep the tracepoint and call it from the new code",
  guard: c(`
static void choose(struct demo_bpf *skel)
{
	if (libbpf_find_vmlinux_btf_id("demo_enqueue", BPF_TRACE_RAW_TP) < 0)
		bpf_program__set_autoload(skel->progs.on_enqueue, false);
}`),
  breaks: { existence: "attach", args: "attach", readers: { tp_btf: "load", module: "build" } },
  message: ({ event }) =>
    `tracepoint ${quote(event.name)} is gone: raw_tp and tp_btf programs on it fail to attach or load`,
  example: {
    before: `
tracepoint demo_enqueue(struct rq *rq, int cpu)
`,
    after: ``,
    program: `SEC("tp_btf/demo_enqueue") int BPF_PROG(on_enqueue, struct rq *rq, int cpu) { return 0; }`,
  },
  nearMiss: {
    before: `
event demo:demo_enqueue
  proto struct rq *rq, int cpu
  field int cpu
`,
    after: ``,
  },
  links: [LINKS.tracepoints, LINKS.rawTracepoint],
});
