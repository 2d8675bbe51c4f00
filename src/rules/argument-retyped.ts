// Judges an argument of another type. Invariant: pointers to something else are silent for raw_tp programs, numbers only break
// builds.

import type { Arg } from "../snapshot/model.ts";
import { chooseByType } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { declareArg, ordinal, quote } from "./words.ts";

const isPointer = ({ type }: Arg): boolean => type.includes("*");
const isOpaque = ({ type }: Arg): boolean => /^(?:const )?void \*$/.test(type);

function effectOf(before: Arg, after: Arg): string {
  if (!isPointer(before) && !isPointer(after)) {
    return "the number may mean something else, and modules that register probes do not build";
  }
  if (isPointer(after) && isOpaque(before)) {
    return "the pointer is the same; modules that register probes do not build";
  }
  if (isPointer(before) && isOpaque(after)) {
    return "the pointer is the same, but tp_btf programs that follow it fail to load, and modules do not build";
  }
  return "programs take it for the old type, raw_tp without any error, tp_btf mostly failing to load";
}

export default defineRule({
  id: "argument-retyped",
  on: "argument-retyped",
  title: "argument has another type",
  why: "A raw_tp program goes on following the pointer as one to the old struct and reads other members. The verifier rejects a tp_btf program that follows it itself if it is a number now, or if the new struct has no number of that size at the offset of the old member; where it has one, and where BPF_CORE_READ fetches the member, nothing is noticed either. Between numbers BPF programs see the same 8 bytes, but the values may mean something else, and modules do not build. A `void *` points to what the type of the other kernel says: the value is the same, only programs that follow the pointer as a typed one are not loaded where it has no type.",
  fix: "keep the type, and append an argument of the new one",
  guard: chooseByType("demo_dirty", 0, "folio"),
  breaks: ({ before, after }) => {
    if (!isPointer(before) && !isPointer(after)) return { args: "build", readers: { module: "build" } };
    if (isPointer(after) && isOpaque(before)) return { args: "build", readers: { module: "build" } };
    if (isPointer(before) && isOpaque(after)) return { args: "load", readers: { raw_tp: "none", module: "build" } };
    return { args: "silent", readers: { module: "build" } };
  },
  message: ({ before, after, position, countAfter }) =>
    `argument ${ordinal(position, countAfter)} is ${quote(declareArg(after))}, was ${quote(declareArg(before))}: ` +
    effectOf(before, after),
  example: {
    before: `
event demo:demo_dirty
  proto struct page *page, int reason
  field int reason
`,
    after: `
event demo:demo_dirty
  proto struct folio *folio, int reason
  field int reason
`,
    program: `SEC("tp_btf/demo_dirty")
int BPF_PROG(on_dirty, struct page *page) { return page->_refcount.counter; }`,
  },
  nearMiss: {
    before: `
event demo:demo_dirty
  proto struct page *page
  field int reason
`,
    after: `
event demo:demo_dirty
  proto const struct page *page
  field int reason
`,
  },
  links: [LINKS.btfContext, LINKS.rawTracepoint],
});
