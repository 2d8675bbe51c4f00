// Judges an array of another length. Invariant: readers by name are unharmed; CO-RE programs are if it grew.

import { bpf } from "./guards.ts";
import type { Field } from "../snapshot/model.ts";
import { LINKS } from "./links.ts";
import { readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, quote } from "./words.ts";

export default defineRule({
  id: "field-array-length-changed",
  on: "field-array-length-changed",
  title: "array field has another length",
  why: "The format file tells readers by name the new size, and CO-RE relocates the start whatever the length. Readers at fixed offsets find later fields elsewhere; if the array shrank, they take the bytes after it for its end. So do CO-RE programs that copy the old length; one that reads a single element past the new end fails to load.",
  fix: "append a second array for the longer value, or leave the spare bytes of the old length",
  guard: bpf(`
struct trace_event_raw_demo_issue___any {
	char rwbs[1];
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_issue")
int on_issue(struct trace_event_raw_demo_issue___any *ctx)
{
	u32 size = bpf_core_field_size(ctx->rwbs);
	char rwbs[16];

	bpf_probe_read_kernel_str(rwbs, size < sizeof(rwbs) ? size : sizeof(rwbs), ctx->rwbs);
	bpf_printk("%s", rwbs);
	return 0;
}`),
  breaks: ({ before, after, effect }) => ({
    layout: worst(readersOfShifted(effect), shrank(before, after) ? readerOfOldBytes(before, effect) : "none"),
    core: shrank(before, after) ? "silent" : "none",
    text: textOf(effect),
  }),
  message: ({ before, after, effect }) =>
    `${quote(declare(before))} has ${after.length} elements instead of ${before.length}` +
    (shrank(before, after) ? "; programs that copy the old length get the bytes after it without any error" : "") +
    describeLayout(effect),
  example: {
    before: `
event demo:demo_issue
  field char rwbs[8]
  field char comm[16]
`,
    after: `
event demo:demo_issue
  field char rwbs[10]
  field char comm[16]
`,
    program: `struct demo_issue { u64 common; char rwbs[8]; char comm[16]; };
SEC("tp/demo/demo_issue") int on_issue(struct demo_issue *ctx) { return ctx->comm[0]; }`,
  },
  nearMiss: {
    before: `
event demo:demo_issue
  field char rwbs[RWBS_LEN]
`,
    after: `
event demo:demo_issue
  field char rwbs[16]
`,
  },
  links: [LINKS.events],
});

function shrank(before: Field, after: Field): boolean {
  return (after.length ?? 0) < (before.length ?? 0);
}
