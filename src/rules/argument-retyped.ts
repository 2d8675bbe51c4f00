// Judges an argument of another type. Invariant: pointers are silent for raw_tp programs, numbers only break builds.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { declareArg, ordinal, quote } from "./words.ts";

export default defineRule({
  id: "argument-retyped",
  on: "argument-retyped",
  title: "argument has another type",
  why: "A raw_tp program goes on following the pointer as one to the old struct and reads other members. The verifier rejects a tp_btf program that follows it itself if it is a number now, or if the new struct has no number of that size at the offset of the old member; where it has one, and where BPF_CORE_READ fetches the member, nothing is noticed either. Between numbers BPF programs see the same 8 bytes, but the values may mean something else, and modules do not build.",
  fix: "keep the type, and append an argument of the new one",
  guard: `/* type of the argument in the prototype behind btf_trace_demo_dirty */
bool takes_folio = btf_is_ptr(btf__type_by_id(btf, btf_params(proto)[1].type));`,
  breaks: ({ before, after }) => ({
    args: before.type.includes("*") || after.type.includes("*") ? "silent" : "build",
    readers: { module: "build" },
  }),
  message: ({ before, after, position, countAfter }) =>
    `argument ${ordinal(position, countAfter)} is ${quote(declareArg(after))}, was ${quote(declareArg(before))}: ` +
    (before.type.includes("*") || after.type.includes("*")
      ? "programs take it for the old type, raw_tp without any error, tp_btf mostly failing to load"
      : "the number may mean something else, and modules that register probes do not build"),
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
