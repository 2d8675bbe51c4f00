// Judges new enum constants. Invariant: never more than `safe`.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural, quoteAll } from "./words.ts";

export default defineRule({
  id: "enum-value-added",
  on: "enum-value-added",
  title: "enum constants added",
  why: "Records may hold numbers that a tool's own table does not know yet.",
  fix: "none needed; append them",
  breaks: {},
  message: ({ constants }) =>
    `${plural(constants.length, "enum constant")} new (${quoteAll(constants.map((constant) => constant.name))})`,
  example: {
    before: `
event demo:demo_drop
  field u32 reason
`,
    after: `
event demo:demo_drop
  field u32 reason
enum DEMO_FILTER = 3
`,
  },
  nearMiss: {
    before: `
event demo:demo_drop
  field u32 reason
enum DEMO_FILTER = 3
`,
    after: `
event demo:demo_drop
  field u32 reason
enum DEMO_FILTER = 4
`,
  },
  links: [LINKS.events],
});
