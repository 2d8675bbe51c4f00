// Judges an argument that may be NULL or an error code now, or no longer. Invariant: hard only if it is less valid now.

import { VALIDITIES, type Validity } from "../diff/change.ts";
import { bpf } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural, quote, VALIDITY_TEXT } from "./words.ts";

export default defineRule({
  id: "argument-nullability-changed",
  on: "argument-nullability-changed",
  title: "argument may be NULL or an error code now, or no longer",
  why: "The verifier trusts arguments of tp_btf programs to be valid unless the kernel marks them (suffix __nullable in the BTF prototype, raw_tp_null_args in kernel/bpf/btf.c). Once one is marked as possibly NULL, a program that follows the pointer without a check is rejected. One that is marked as possibly an error code is a number for the verifier, so that even a program with a check is rejected, and has to read by bpf_probe_read_kernel.",
  fix: "pass a valid pointer, or say in the commit message what programs must check",
  guard: bpf(`
SEC("tp_btf/demo_drop")
int BPF_PROG(on_drop, struct sk_buff *skb)
{
	if (!skb)
		return 0;
	bpf_printk("%u bytes", skb->len);
	return 0;
}`),
  breaks: (change) => (isWorse(change) ? { args: "load", readers: { raw_tp: "none", module: "none" } } : {}),
  message: (change) => {
    const { validityBefore, validityAfter, args, siblings } = change;
    const [first, ...more] = args;
    const [are, it, them] = more.length === 0 ? ["is", "it", "it"] : ["are", "one", "them"];
    const events = more.length === 0 ? "" : `${args.length} arguments of ${plural(siblings.length, "event")}, such as `;
    const names = `${events}${quote(first?.name ?? "")}`;
    if (!isWorse(change)) {
      const now = validityAfter === "valid" ? "" : ` ${VALIDITY_TEXT[validityAfter]} now, and`;
      return `${names}${now} ${are} never ${validityBefore === "null" ? "NULL" : "an error code"} any more`;
    }
    return validityAfter === "null"
      ? `${names} may be NULL now: tp_btf programs that follow ${it} without a check fail to load`
      : `${names} may be an error code now, so the verifier takes ${them} for a number: tp_btf programs that follow ${it} fail to load`;
  },
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

function isWorse(change: { readonly validityBefore: Validity; readonly validityAfter: Validity }): boolean {
  return VALIDITIES.indexOf(change.validityAfter) > VALIDITIES.indexOf(change.validityBefore);
}
