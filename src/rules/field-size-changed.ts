// Judges a field of another size. Invariant: by name it is harmless, since the format file tells the size.

import { bpf } from "./guards.ts";
import type { Outcome } from "./finding.ts";
import { LINKS } from "./links.ts";
import { coreOfRetype, readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, plural, quote } from "./words.ts";

export default defineRule({
  id: "field-size-changed",
  on: "field-size-changed",
  title: "field has another size",
  why: "Readers by name take the size from the format file. libbpf adjusts a CO-RE load only between unsigned integers or pointers; a signed one is poisoned and the program rejected. BPF_CORE_READ adjusts nothing: of a field that is narrower now it reads the bytes behind, too. Readers at fixed offsets read too many or too few bytes, and later fields move.",
  fix: "append a wider field beside the old one",
  guard: bpf(`
struct trace_event_raw_demo_state___any {
	u16 protocol;
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_state")
int on_state(struct trace_event_raw_demo_state___any *ctx)
{
	/* as many bytes as the running kernel has */
	bpf_printk("protocol %llu", BPF_CORE_READ_BITFIELD(ctx, protocol));
	return 0;
}`),
  breaks: ({ before, after, effect }) => ({
    layout: worst(
      readersOfShifted(effect),
      (after.size ?? 0) < (before.size ?? 0) ? readerOfOldBytes(before, effect) : "cosmetic",
    ),
    core: coreOfRetype(before, after),
    text: textOf(effect),
  }),
  message: ({ before, after, effect }) => {
    const core = describeCore(coreOfRetype(before, after));
    const [was, is] = [declare(before), declare(after)];
    const type = was === is ? `${quote(is)} has` : `${quote(was)} became ${quote(is)},`;
    return `${type} ${plural(after.size ?? 0, "byte")} instead of ${before.size}${core}${describeLayout(effect)}`;
  },
  example: {
    before: `
event demo:demo_state
  field u16 sport
  field u8 protocol
  field u8 saddr[4]
  field int err
`,
    after: `
event demo:demo_state
  field u16 sport
  field u16 protocol
  field u8 saddr[4]
  field int err
`,
    program: `struct demo_state { u64 common; u16 sport; u8 protocol; u8 saddr[4]; };
SEC("tp/demo/demo_state") int on_state(struct demo_state *ctx) { return ctx->saddr[0]; }`,
  },
  nearMiss: {
    before: `
event demo:demo_state
  field int state
`,
    after: `
event demo:demo_state
  field unsigned int state
`,
  },
  links: [LINKS.relocations],
});

function describeCore(outcome: Outcome): string {
  if (outcome === "load") return "; CO-RE programs that load it fail, since it is not unsigned on both sides";
  return outcome === "silent" ? "; BPF_CORE_READ of the old size gets the bytes behind it without any error" : "";
}
