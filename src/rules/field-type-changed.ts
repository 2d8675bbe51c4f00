// Judges a field of another type with the same size and sign. Invariant: hard only where CO-RE tells the types apart.

import { bpf } from "./guards.ts";
import { LINKS } from "./links.ts";
import { coreOfRetype, textOf } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, quote } from "./words.ts";

export default defineRule({
  id: "field-type-changed",
  on: "field-type-changed",
  title: "field has another type of the same layout",
  why: "The bytes stay, their meaning may not: a pointer to another struct, a number that was an enum. libbpf does not relocate between integers, enums and pointers (bpf_core_fields_are_compat), so CO-RE programs fail to load there; scripts that follow the pointer find other members.",
  fix: "keep the type, or append a field of the new one",
  guard: bpf(`
enum demo_reason___any { DEMO_REASON___any };

struct trace_event_raw_demo_drop___enum {
	enum demo_reason___any reason;
} __attribute__((preserve_access_index));

struct trace_event_raw_demo_drop___number {
	u32 reason;
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_drop")
int on_drop(void *ctx)
{
	struct trace_event_raw_demo_drop___number *number = ctx;
	struct trace_event_raw_demo_drop___enum *named = ctx;

	/* a member of another kind counts as one that is not there */
	bpf_printk("reason %u", bpf_core_field_exists(named->reason) ? (u32)named->reason : number->reason);
	return 0;
}`),
  breaks: ({ before, after, effect }) => ({
    fields: "cosmetic",
    core: coreOfRetype(before, after),
    text: textOf(effect),
  }),
  message: ({ before, after }) =>
    `${quote(declare(before))} became ${quote(declare(after))} ${before.offset === after.offset ? "in the same bytes" : "of the same size"}` +
    (coreOfRetype(before, after) === "load"
      ? ": CO-RE programs that read it fail to load"
      : ": readers that follow it find something else"),
  example: {
    before: `
event demo:demo_drop
  field unsigned int reason
`,
    after: `
event demo:demo_drop
  field enum demo_reason reason
`,
    program: `SEC("tp/demo/demo_drop")
int on_drop(struct trace_event_raw_demo_drop *ctx) { return ctx->reason; }`,
  },
  nearMiss: {
    before: `
event demo:demo_drop
  field unsigned int reason
`,
    after: `
event demo:demo_drop
  field u32 reason
`,
  },
  links: [LINKS.relocations],
});
