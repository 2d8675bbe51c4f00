// Judges a field of another sign. Invariant: never hard, since the bytes are the same.

import { LINKS } from "./links.ts";
import { textOf } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, quote } from "./words.ts";

export default defineRule({
  id: "field-sign-changed",
  on: "field-sign-changed",
  title: "field has another sign",
  why: "The bytes are the same; tools that take the sign from the format file print and compare large or negative values differently.",
  fix: "keep the sign, or say in the commit message which values change their meaning",
  breaks: ({ effect }) => ({ fields: "cosmetic", layout: "cosmetic", text: textOf(effect) }),
  message: ({ before, after }) =>
    `${quote(declare(before))} is ${after.signed === true ? "signed" : "unsigned"} now (${quote(after.type)}): values above the sign bit read differently`,
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
