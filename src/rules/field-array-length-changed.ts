// Judges an array of another length. Invariant: readers by name and CO-RE programs are unharmed.

import type { Field } from "../snapshot/model.ts";
import { LINKS } from "./links.ts";
import { readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, quote } from "./words.ts";

export default defineRule({
  id: "field-array-length-changed",
  on: "field-array-length-changed",
  title: "array field has another length",
  why: "The format file tells readers by name the new size, and CO-RE relocates the start whatever the length. Readers at fixed offsets find later fields elsewhere; if the array shrank, they take the bytes after it for its end.",
  fix: "append a second array for the longer value, or leave the spare bytes of the old length",
  breaks: ({ before, after, effect }) => ({
    layout: worst(readersOfShifted(effect), shrank(before, after) ? readerOfOldBytes(before, effect) : "none"),
    text: textOf(effect),
  }),
  message: ({ before, after, effect }) =>
    `${quote(declare(before))} has ${after.length} elements instead of ${before.length}${describeLayout(effect)}`,
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
