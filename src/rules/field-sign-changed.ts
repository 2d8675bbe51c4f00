// Judges a field of another sign. Invariant: hard only where CO-RE tells the types apart, since the bytes are the same.

import { bpf } from "./guards.ts";
import { LINKS } from "./links.ts";
import { coreOfRetype, textOf } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, quote } from "./words.ts";

export default defineRule({
  id: "field-sign-changed",
  on: "field-sign-changed",
  title: "field has another sign",
  why: "The bytes are the same; tools that take the sign from the format file print and compare large or negative values differently. libbpf does not relocate between integers and enums (bpf_core_fields_are_compat), so CO-RE programs fail to load where one became the other.",
  fix: "keep the sign, or say in the commit message which values change their meaning",
  guard: bpf(`
struct trace_event_raw_demo_commit___any {
	int transaction;
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_commit")
int on_commit(struct trace_event_raw_demo_commit___any *ctx)
{
	bool is_signed = __CORE_RELO(ctx, transaction, SIGNED);
	s64 transaction = is_signed ? (s64)ctx->transaction : (s64)(u32)ctx->transaction;

	bpf_printk("transaction %lld", transaction);
	return 0;
}`),
  breaks: ({ before, after, effect }) => ({
    fields: "cosmetic",
    layout: "cosmetic",
    core: coreOfRetype(before, after),
    text: textOf(effect),
  }),
  message: ({ before, after }) =>
    `${quote(declare(before))} is ${after.signed === true ? "signed" : "unsigned"} now (${quote(after.type)}): values above the sign bit read differently` +
    (coreOfRetype(before, after) === "load" ? ", and CO-RE programs that read it fail to load" : ""),
  example: {
    before: `
event demo:demo_commit
  field int transaction
`,
    after: `
event demo:demo_commit
  field u32 transaction
`,
    program: `bpftrace -e 'tracepoint:demo:demo_commit /args.transaction < 0/ { @ = count(); }'`,
  },
  nearMiss: {
    before: `
char signed
event demo:demo_commit
  field char name[16]
`,
    after: `
event demo:demo_commit
  field char name[16]
`,
  },
  links: [LINKS.events],
});
