// Judges new fields before existing ones. Invariant: all that it moves is told here and nowhere else.

import { bpf } from "./guards.ts";
import { LINKS } from "./links.ts";
import { readersOfShifted, textOf } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, quoteAll } from "./words.ts";

export default defineRule({
  id: "field-inserted",
  on: "field-inserted",
  title: "field inserted before others",
  why: "Every later field moves. BPF programs with hand-copied structs, non-CO-RE vmlinux.h and readers of raw perf records go on reading the old offsets and get other bytes; nothing tells them. Readers by name and CO-RE programs are fine; Python handlers of perf script fail on the number of their parameters.",
  fix: "add the field at the end of TP_STRUCT__entry",
  guard: bpf(`
/* offsets come from the running kernel, not from a copied struct */
struct trace_event_raw_demo_issue___any {
	char comm[16];
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_issue")
int on_issue(struct trace_event_raw_demo_issue___any *ctx)
{
	char comm[16];

	bpf_core_read_str(comm, sizeof(comm), &ctx->comm);
	bpf_printk("%s", comm);
	return 0;
}`),
  breaks: ({ effect }) => ({
    layout: readersOfShifted(effect),
    text: textOf(effect),
    readers: { "perf-python": "missing" },
  }),
  message: ({ fields, effect }) => {
    const at = fields[0]?.offset === undefined ? "" : ` at offset ${fields[0].offset}`;
    const layout = describeLayout(effect);
    return `${quoteAll(fields.map(declare))} inserted${at}${layout === "" ? ": no other field moves" : layout}`;
  },
  example: {
    before: `
event demo:demo_issue
  field sector_t sector
  field unsigned int bytes
  field char rwbs[8]
  field char comm[16]
`,
    after: `
event demo:demo_issue
  field sector_t sector
  field unsigned int bytes
  field unsigned short ioprio
  field char rwbs[8]
  field char comm[16]
`,
    program: `struct demo_issue { u64 common; u64 sector; u32 bytes; char rwbs[8]; char comm[16]; };
SEC("tp/demo/demo_issue") int on_issue(struct demo_issue *ctx) { return ctx->comm[0]; }`,
  },
  nearMiss: {
    before: `
event demo:demo_issue
  field sector_t sector
  field unsigned int bytes
`,
    after: `
event demo:demo_issue
  field sector_t sector
  field unsigned int bytes
  field unsigned short ioprio
`,
  },
  links: [LINKS.attachTracepoint, LINKS.perfPython],
});
