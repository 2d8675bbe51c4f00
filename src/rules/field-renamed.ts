// Judges a field that goes by another name. Invariant: the layout suffers only if size or place changed as well.

import { bpf } from "./guards.ts";
import { unitOf } from "../diff/similarity.ts";
import type { Field } from "../snapshot/model.ts";
import { LINKS } from "./links.ts";
import { readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { describeLayout, percent, quote } from "./words.ts";

export default defineRule({
  id: "field-renamed",
  on: "field-renamed",
  title: "field renamed",
  why: "Readers by name and CO-RE programs look for the old name and do not find it. Readers at fixed offsets notice nothing, which is worse if the new name means another unit.",
  fix: "keep the old name: it is part of the interface, the names in the code are not",
  guard: bpf(`
struct trace_event_raw_demo_io___any {
	int error;
	int errors;
} __attribute__((preserve_access_index));

SEC("tp/demo/demo_io")
int on_io(struct trace_event_raw_demo_io___any *ctx)
{
	bpf_printk("error %d", bpf_core_field_exists(ctx->error) ? ctx->error : ctx->errors);
	return 0;
}`),
  breaks: ({ before, after, moved, effect }) => ({
    layout: worst(
      moved || before.size !== after.size || before.kind !== after.kind ? readerOfOldBytes(before, effect) : "none",
      changesUnit(before, after) ? "silent" : "none",
      readersOfShifted(effect),
    ),
    fields: "missing",
    core: "load",
    values: changesUnit(before, after) ? "silent" : "none",
    text: textOf(effect),
  }),
  message: ({ before, after, confidence, effect }) => {
    const type = before.type === after.type ? "" : ` with type ${quote(after.type)} instead of ${quote(before.type)}`;
    const unit = changesUnit(before, after)
      ? `; the unit is ${unitOf(after.name)} instead of ${unitOf(before.name)}`
      : "";
    return `${quote(before.name)} is gone, ${percent(confidence)} sure that it is ${quote(after.name)} now${type}: readers of the old name do not find it${unit}${describeLayout(effect)}`;
  },
  example: {
    before: `
event demo:demo_io
  field dev_t dev
  field int errors
  print "%d [%d]", REC->dev, REC->errors
`,
    after: `
event demo:demo_io
  field dev_t dev
  field int error
  print "%d [%d]", REC->dev, REC->error
`,
    program: `bpftrace -e 'tracepoint:demo:demo_io { @[args.errors] = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_io
  field dev_t dev
  field int errors
`,
    after: `
event demo:demo_io
  field dev_t dev
  field u64 sector
`,
  },
  links: [LINKS.relocations, LINKS.coreGuide],
});

/** Whether the names end in two units: `delay_ms` and `delay_ns`. */
function changesUnit(before: Field, after: Field): boolean {
  const [was, is] = [unitOf(before.name), unitOf(after.name)];
  return was !== undefined && is !== undefined && was !== is;
}
