// Judges an event of another class: the struct of its record has another name. Invariant: only CO-RE programs are hurt.

import { bpf } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "event-class-changed",
  on: "event-class-changed",
  title: "event changed its class",
  why: "BTF names the record trace_event_raw_<class>. Turning TRACE_EVENT into DECLARE_EVENT_CLASS + DEFINE_EVENT, or moving an event to another class, renames the struct without any change of the format file. libbpf finds no candidate of the old name and the program does not load; if the old struct lives on with other fields, offsets are silently relocated to those.",
  fix: "give the class the name of the event that was there first, or keep TRACE_EVENT for it",
  guard: bpf(`
struct trace_event_raw_demo_completion___any {
	u32 dev;
} __attribute__((preserve_access_index));

struct trace_event_raw_demo_complete___any {
	u32 dev;
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_complete")
int on_complete(void *ctx)
{
	struct trace_event_raw_demo_completion___any *is = ctx;
	struct trace_event_raw_demo_complete___any *was = ctx;

	if (bpf_core_type_exists(struct trace_event_raw_demo_complete___any))
		bpf_printk("dev %u", BPF_CORE_READ(was, dev));
	else
		bpf_printk("dev %u", BPF_CORE_READ(is, dev));
	return 0;
}`),
  breaks: ({ oldStruct }) => ({ core: oldStruct === "gone" ? "load" : oldStruct === "other" ? "silent" : "none" }),
  message: ({ event, before, after, oldStruct }) => {
    const change = `record of ${quote(event.id)} is 'struct trace_event_raw_${after}', was 'struct trace_event_raw_${before}'`;
    if (oldStruct === "gone") return `${change}: CO-RE programs that name the old struct fail to load`;
    if (oldStruct === "same") return `${change}: the old struct is still there with the same fields`;
    return `${change}: the old struct lives on with other fields than this record, so CO-RE programs that name it read wrong offsets without any error`;
  },
  example: {
    before: `
event demo:demo_complete
  field dev_t dev
event demo:demo_error
  class demo_completion
  field dev_t dev
`,
    after: `
event demo:demo_complete
  class demo_completion
  field dev_t dev
event demo:demo_error
  class demo_completion
  field dev_t dev
`,
    program: `SEC("tp/demo/demo_complete")
int on_complete(struct trace_event_raw_demo_complete *ctx) { return ctx->dev; }`,
  },
  nearMiss: {
    before: `
event demo:demo_complete
  class demo_template
  field dev_t dev
`,
    after: `
event demo:demo_complete
  class demo_template
  field dev_t dev
event demo:demo_error
  class demo_template
  field dev_t dev
`,
  },
  links: [LINKS.relocations, LINKS.coreGuide],
});
