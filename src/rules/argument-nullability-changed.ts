// Judges an argument that may be NULL now, or no longer. Invariant: hard only if it may be NULL now.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "argument-nullability-changed",
  on: "argument-nullability-changed",
  title: "argument may be NULL now, or no longer",
  why: "The verifier trusts arguments of tp_btf programs to be valid unless the kernel marks them (suffix __nullable in the BTF prototype, raw_tp_null_args in kernel/bpf/btf.c). Once marked, a program that follows the pointer without a check is rejected.",
  fix: "pass a valid pointer, or say in the commit message that programs must check it",
  guard: `if (!skb)
	return 0;`,
  breaks: ({ after }) => ({ args: after.nullable === true ? "load" : "none" }),
  message: ({ after }) =>
    after.nullable === true
      ? `${quote(after.name)} may be NULL now: tp_btf programs that follow it without a check fail to load`
      : `${quote(after.name)} is never NULL any more`,
  example: {
    before: `
event demo:demo_drop
  proto struct sk_buff *skb
  field int reason
`,
    after: `
event demo:demo_drop
  proto struct sk_buff *skb__nullable
  field int reason
`,
    program: `SEC("tp_btf/demo_drop")
int BPF_PROG(on_drop, struct sk_buff *skb) { return skb->len; }`,
  },
  nearMiss: {
    before: `
event demo:demo_drop
  proto struct sk_buff *skb__nullable
  field int reason
`,
    after: `
event demo:demo_drop
  proto struct sk_buff *skb__nullable
  field int reason
`,
  },
  links: [LINKS.btfContext],
});
