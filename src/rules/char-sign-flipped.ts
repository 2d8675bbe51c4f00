// Judges the sign of plain char, which a compiler flag decides. Invariant: one finding per diff.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural } from "./words.ts";

export default defineRule({
  id: "char-sign-flipped",
  on: "char-sign-flipped",
  title: "plain char changed its sign",
  why: "Since 6.2 the kernel is built with -funsigned-char; before, the architecture decided. Format files of all char fields say signed:0 instead of signed:1. Text reads the same; only bytes above 127 compared as numbers differ.",
  fix: "none needed",
  breaks: { fields: "cosmetic" },
  message: ({ fields, signedAfter }) =>
    `plain 'char' is ${signedAfter ? "signed" : "unsigned"} now in ${plural(fields.length, "field")}, by a compiler flag: text reads the same`,
  example: {
    before: `
char signed
event demo:demo_exec
  field char comm[16]
`,
    after: `
event demo:demo_exec
  field char comm[16]
`,
  },
  nearMiss: {
    before: `
event demo:demo_exec
  field int status
`,
    after: `
event demo:demo_exec
  field unsigned int status
`,
  },
  links: [LINKS.unsignedChar],
});
