// Judges a change of the header of every record. Invariant: one finding, however many events it moves.

import { c } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural, quoteAll } from "./words.ts";

export default defineRule({
  id: "common-fields-changed",
  on: "common-fields-changed",
  title: "common fields of every record changed",
  why: "Hand-written structs, vmlinux.h of another kernel and powertop 1.x count the header in bytes; PREEMPT_RT and RHEL kernels append common_migrate_disable and common_preempt_lazy_count and move every field of every event. CO-RE programs on system call events fail to attach then, since BTF moves args while the context that the kernel hands them does not (kernel/trace/trace_syscalls.c).",
  fix: "use the spare bits of a common field, or keep padding in the place of a removed one",
  guard: c(`
/* the offset of a field from the format file, at run time */
static const void *value_of(struct tep_event *event, struct tep_record *record)
{
	struct tep_format_field *field = tep_find_field(event, "demo");

	return field ? (const char *)record->data + field->offset : NULL;
}`),
  breaks: ({ shiftBytes, removed }) => ({
    layout: shiftBytes === 0 && removed.length === 0 ? "cosmetic" : "silent",
    fields: removed.length === 0 ? "none" : "missing",
    core: shiftBytes > 0 ? "attach" : "none",
  }),
  message: ({ removed, added, shiftBytes }) => {
    const parts = [
      ...(removed.length === 0 ? [] : [`${quoteAll(removed)} gone`]),
      ...(added.length === 0 ? [] : [`${quoteAll(added)} new`]),
    ];
    const what = parts.length === 0 ? "common fields changed" : `common fields: ${parts.join(", ")}`;
    if (shiftBytes === 0) return `${what}; the fields of events stay where they were`;
    const way = shiftBytes > 0 ? "up" : "down";
    return `${what}; every field of every event moves ${way} by ${plural(Math.abs(shiftBytes), "byte")}, so readers at fixed offsets get other bytes without any error`;
  },
  example: {
    before: `
event demo:demo_done
  field int err
`,
    after: `
common unsigned char common_migrate_disable
common unsigned char common_preempt_lazy_count
event demo:demo_done
  field int err
`,
    program: `struct demo_done { u64 common; int err; };
SEC("tp/demo/demo_done") int on_done(struct demo_done *ctx) { return ctx->err; }`,
  },
  nearMiss: {
    before: `
event demo:demo_done
  field int err
`,
    after: `
event demo:demo_done
  field int err
  field int extra
`,
  },
  links: [LINKS.powertop, LINKS.traceEntry],
});
