// Judges a record whose fields lie further apart although none of them changed. Invariant: has no other cause.

import { readRelocated } from "./guards.ts";
import { LINKS } from "./links.ts";
import { readersOfShifted, textOf } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { describeLayout } from "./words.ts";

export default defineRule({
  id: "record-grown",
  on: "record-grown",
  title: "record packed looser",
  why: "The same fields lie at other offsets, for instance because a struct in the record lost its packing or the architecture aligns it otherwise. Readers at fixed offsets get other bytes without any error.",
  fix: "keep the alignment of the record's members",
  guard: readRelocated("demo_sample", "u64 value", "value"),
  breaks: ({ effect }) => ({ layout: readersOfShifted(effect), text: textOf(effect) }),
  message: ({ effect }) =>
    `the record ends at byte ${effect.endAfter ?? "?"} instead of ${effect.endBefore ?? "?"} with the same fields${describeLayout(effect)}`,
  example: {
    before: `
event demo:demo_sample
  field int cpu
  field u64 value @12
`,
    after: `
event demo:demo_sample
  field int cpu
  field u64 value
`,
    program: `struct demo_sample { u64 common; int cpu; u64 value; } __attribute__((packed));
SEC("tp/demo/demo_sample") int on_sample(struct demo_sample *ctx) { return ctx->value; }`,
  },
  nearMiss: {
    before: `
event demo:demo_sample
  field int cpu
`,
    after: `
event demo:demo_sample
  field int cpu
  field u64 value
`,
  },
  links: [LINKS.attachTracepoint],
});
