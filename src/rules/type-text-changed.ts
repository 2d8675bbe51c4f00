// Judges type names that differ without a difference. Invariant: one finding per diff, always `safe`.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { list, plural, quote } from "./words.ts";

export default defineRule({
  id: "type-text-changed",
  on: "type-text-changed",
  title: "type names changed, layout same",
  why: "Another typedef or spelling of the same size and sign: bytes, names and relocations are the same.",
  fix: "none needed",
  breaks: {},
  message: ({ fields, texts }) =>
    `types of ${plural(fields.length, "field")} are spelled differently (${list(texts.map((text) => `${quote(text.before)} is ${quote(text.after)}`))}); size and sign are the same`,
  example: {
    before: `
event demo:demo_exec
  field unsigned int flags
`,
    after: `
event demo:demo_exec
  field u32 flags
`,
  },
  nearMiss: {
    before: `
event demo:demo_exec
  field u32 flags
`,
    after: `
event demo:demo_exec
  field u64 flags
`,
  },
  links: [LINKS.events],
});
