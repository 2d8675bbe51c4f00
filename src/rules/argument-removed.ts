// Judges an argument that is gone. Invariant: silent if another one took its position, loud if the list got shorter there.

import { chooseByCount } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { declareArg, describeArgShifts, list, quoteAll } from "./words.ts";

export default defineRule({
  id: "argument-removed",
  on: "argument-removed",
  title: "argument removed",
  why: "raw_tp programs read arguments by position and the kernel checks their number only (EINVAL if a program reads past the last one): after an argument is removed in front, every later position holds another value. tp_btf programs are typed: they fail to load if the position is gone, and mostly if a pointer that they follow themselves is another one now. Modules do not build.",
  fix: "keep the argument and pass NULL or 0, or leave its position to one of the same meaning",
  guard: chooseByCount("demo_issue", 1),
  breaks: ({ shifted, position, countAfter }) => {
    const isLast = shifted.length === 0 && position >= countAfter;
    return isLast
      ? { args: "attach", readers: { tp_btf: "load", module: "build" } }
      : { args: "silent", readers: { module: "build" } };
  },
  message: ({ args, position, countBefore, countAfter, shifted }) => {
    const [numbers, declarations] = [args.map((_, index) => `${position + index + 1}`), args.map(declareArg)];
    const what = `${args.length === 1 ? "argument" : "arguments"} ${list(numbers)} of ${countBefore}, ${quoteAll(declarations)}, removed`;
    if (shifted.length === 0 && position >= countAfter) {
      return `${what}: programs that read ${args.length === 1 ? "it" : "them"} fail to attach or load`;
    }
    if (shifted.length === 0) return `${what}: raw_tp programs get what stands in its position without any error`;
    return `${what}: ${describeArgShifts(shifted)} moved up, so raw_tp programs get another argument without any error`;
  },
  example: {
    before: `
event demo:demo_issue
  proto struct request_queue *q, struct request *rq
  field int err
`,
    after: `
event demo:demo_issue
  proto struct request *rq
  field int err
`,
    program: `SEC("raw_tp/demo_issue")
int on_issue(struct bpf_raw_tracepoint_args *ctx) { struct request *rq = (void *)ctx->args[1]; return !rq; }`,
  },
  nearMiss: {
    before: `
event demo:demo_issue
  proto struct request *rq
  field int err
`,
    after: `
event demo:demo_issue
  proto struct request *rq, int err
  field int err
`,
  },
  links: [LINKS.rawTracepoint, LINKS.btfContext],
});
