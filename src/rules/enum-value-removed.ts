// Judges enum constants that are gone. Invariant: loud for programs that relocate them.

import { askForConstant } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural, quoteAll } from "./words.ts";

export default defineRule({
  id: "enum-value-removed",
  on: "enum-value-removed",
  title: "enum constants removed",
  why: "bpf_core_enum_value of a constant that is gone is poisoned and the program does not load; numbers compiled in no longer occur.",
  fix: "keep the constant, marked as unused",
  guard: askForConstant("demo_reason", "DEMO_FILTER"),
  breaks: { values: "load" },
  message: ({ constants }) =>
    `${plural(constants.length, "enum constant")} gone (${quoteAll(constants.map((constant) => constant.name))}): programs that relocate them fail to load`,
  example: {
    before: `
event demo:demo_drop
  field u32 reason
enum DEMO_FILTER = 3
`,
    after: `
event demo:demo_drop
  field u32 reason
`,
    program: `if (ctx->reason == bpf_core_enum_value(enum demo_reason, DEMO_FILTER)) filtered++;`,
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
  links: [LINKS.coreGuide],
});
