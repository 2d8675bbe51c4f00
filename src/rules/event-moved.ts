// Judges an event that moved to another system. Invariant: raw_tp programs, which know no system, are unharmed.

import { c } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural, quote } from "./words.ts";

export default defineRule({
  id: "event-moved",
  on: "event-moved",
  title: "event moved to another system",
  why: "The system is part of the event's path in tracefs and of its name in every tool. Raw tracepoints have no system and keep working.",
  fix: "keep TRACE_SYSTEM as it was, even if the code moved",
  guard: c(`
static struct bpf_link *attach(struct demo_bpf *skel)
{
	const char *system = tracepoint_exists("memory", "demo_failed") ? "memory" : "demo";

	return bpf_program__attach_tracepoint(skel->progs.on_failed, system, "demo_failed");
}`),
  breaks: { existence: "attach" },
  message: ({ from, event, inside }) =>
    `${quote(from.id)} moved to system ${quote(event.system)}: programs on the old name fail to attach` +
    (inside.length === 0 ? "" : `, and the record changed too (${plural(inside.length, "change")})`),
  example: {
    before: `
event demo:demo_failed
  field unsigned long pfn
  field int result
`,
    after: `
event memory:demo_failed
  field unsigned long pfn
  field int result
`,
    program: `tep_register_event_handler(tep, -1, "demo", "demo_failed", handler, NULL);`,
  },
  nearMiss: {
    before: `
event demo:demo_failed
  field unsigned long pfn
event memory:demo_failed
  field unsigned long pfn
`,
    after: `
event demo:demo_failed
  field unsigned long pfn
`,
  },
  links: [LINKS.events],
});
