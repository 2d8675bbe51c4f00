// Judges a field that changed places with others. Invariant: readers by name are unharmed.

import { readRelocated } from "./guards.ts";
import { LINKS } from "./links.ts";
import { readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, describeOldBytes, quote } from "./words.ts";

export default defineRule({
  id: "field-moved",
  on: "field-moved",
  title: "field moved among the others",
  why: "Readers at fixed offsets get other bytes without any error, and Python handlers of perf script get values in the wrong parameters. Readers by name and CO-RE programs find the field where it is.",
  fix: "leave the order of TP_STRUCT__entry alone; holes may be filled by new fields only",
  guard: readRelocated("demo_mkdir", "int id", "id"),
  breaks: ({ before, effect }) => ({
    layout: worst(readerOfOldBytes(before, effect), readersOfShifted(effect)),
    text: textOf(effect),
    readers: { "perf-python": "silent" },
  }),
  message: ({ before, after, effect }) =>
    `${quote(declare(before))} moved from offset ${before.offset ?? "?"} to ${after.offset ?? "?"}${describeLayout(effect) || `: readers at fixed offsets ${describeOldBytes(readerOfOldBytes(before, effect))}`}`,
  example: {
    before: `
event demo:demo_mkdir
  field int root
  field int id
  field int level
`,
    after: `
event demo:demo_mkdir
  field int root
  field int level
  field int id
`,
    program: `struct demo_mkdir { u64 common; int root; int id; int level; };
SEC("tp/demo/demo_mkdir") int on_mkdir(struct demo_mkdir *ctx) { return ctx->id; }`,
  },
  nearMiss: {
    before: `
event demo:demo_mkdir
  field int root
  field int id
`,
    after: `
event demo:demo_mkdir
  field int flags
  field int root
  field int id
`,
  },
  links: [LINKS.attachTracepoint, LINKS.perfPython],
});
