// Judges a field that is stored in another way: in place, as an array, or behind a location word.

import { bpf } from "./guards.ts";
import { isText } from "../diff/type-text.ts";
import { LINKS } from "./links.ts";
import { coreOfRetype, memberName, readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, quote } from "./words.ts";

export default defineRule({
  id: "field-kind-changed",
  on: "field-kind-changed",
  title: "field stored in another way",
  why: "An array that becomes __string is a 4-byte __data_loc word in the record: readers at fixed offsets take the word for the text, and what follows moves. In BTF the member is called __data_loc_<name>, so CO-RE programs do not load. libtraceevent and bpftrace read strings either way; bcc's generated struct spells the field data_loc_<name> and no longer compiles.",
  fix: "keep the array; where the text must grow, append a __string beside it",
  guard: bpf(`
struct trace_event_raw_demo_exit___array {
	char comm[16];
} __attribute__((preserve_access_index));

struct trace_event_raw_demo_exit___string {
	u32 __data_loc_comm;
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_exit")
int on_exit(void *ctx)
{
	struct trace_event_raw_demo_exit___string *string = ctx;
	struct trace_event_raw_demo_exit___array *array = ctx;
	char comm[16];

	if (bpf_core_field_exists(string->__data_loc_comm))
		bpf_probe_read_kernel_str(comm, sizeof(comm), ctx + (string->__data_loc_comm & 0xffff));
	else
		bpf_core_read_str(comm, sizeof(comm), &array->comm);
	bpf_printk("%s", comm);
	return 0;
}`),
  breaks: ({ before, after, effect }) => ({
    layout: worst(readerOfOldBytes(before, effect), readersOfShifted(effect)),
    fields: isText(before) && isText(after) ? "cosmetic" : "build",
    core: coreOfRetype(before, after),
    text: textOf(effect),
    readers: { bcc: "build" },
  }),
  message: ({ before, after, effect }) =>
    `${quote(declare(before))} became ${quote(declare(after))}: the bytes mean something else, and CO-RE programs that read ${quote(memberName(before))} fail to load${describeLayout(effect)}`,
  example: {
    before: `
event demo:demo_exit
  field char comm[16]
  field pid_t pid
`,
    after: `
event demo:demo_exit
  field __data_loc char[] comm
  field pid_t pid
`,
    program: `SEC("tp/demo/demo_exit")
int on_exit(struct trace_event_raw_demo_exit *ctx) { return ctx->comm[0]; }`,
  },
  nearMiss: {
    before: `
event demo:demo_exit
  field char comm[16]
  field pid_t pid
`,
    after: `
event demo:demo_exit
  field char comm[32]
  field pid_t pid
`,
  },
  links: [LINKS.stages, LINKS.relocations],
});
