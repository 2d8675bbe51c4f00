// Judges an argument that changed places. Invariant: always silent for raw_tp programs.

import { chooseByType } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { ordinal, quote } from "./words.ts";

export default defineRule({
  id: "argument-moved",
  on: "argument-moved",
  title: "argument moved to another position",
  why: "raw_tp programs read arguments by position and nothing checks what they are. tp_btf programs fail to load only if the types differ and they follow the pointer themselves, not through BPF_CORE_READ.",
  fix: "leave the order of TP_PROTO alone",
  guard: chooseByType("demo_map", 0, "int"),
  breaks: { args: "silent", readers: { module: "build" } },
  message: ({ arg, positionBefore, position, countAfter }) =>
    `${quote(arg.name)} is argument ${ordinal(position, countAfter)}, was argument ${positionBefore + 1}: raw_tp programs that read by position get another argument without any error`,
  example: {
    before: `
event demo:demo_map
  proto unsigned long start, unsigned long end, int nid
  field int nid
`,
    after: `
event demo:demo_map
  proto int nid, unsigned long start, unsigned long end
  field int nid
`,
    program: `SEC("raw_tp/demo_map")
int on_map(struct bpf_raw_tracepoint_args *ctx) { return ctx->args[0] == 0; }`,
  },
  nearMiss: {
    before: `
event demo:demo_map
  proto unsigned long start, int nid
  field int nid
`,
    after: `
event demo:demo_map
  proto unsigned long start, unsigned long end, int nid
  field int nid
`,
  },
  links: [LINKS.rawTracepoint],
});
