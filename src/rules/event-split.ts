// Judges an event that several new ones took the place of. Invariant: none of them alone tells what it told.

import { c } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { percent, quote, quoteAll } from "./words.ts";

export default defineRule({
  id: "event-split",
  on: "event-split",
  title: "event split into several",
  why: "Programs on the old name fail to attach. To see what it showed they need all of the new events, and a count of the old one is the sum of theirs.",
  fix: "keep the old event beside the new ones, or tell them apart by a field that is appended to it",
  guard: c(`
static void choose(struct demo_bpf *skel)
{
	bool is_split = tracepoint_exists("demo", "demo_update_done");

	bpf_program__set_autoload(skel->progs.on_update, !is_split);
	bpf_program__set_autoload(skel->progs.on_update_done, is_split);
	bpf_program__set_autoload(skel->progs.on_update_fail, is_split);
}`),
  breaks: { existence: "attach", args: "attach", core: "load", readers: { tp_btf: "load", module: "build" } },
  message: ({ event, parts, confidence }) =>
    `${quote(event.id)} is gone, ${percent(confidence)} sure that ${quoteAll(parts.map(({ id }) => id))} took its place: programs on the old name fail to attach`,
  example: {
    before: `
event demo:demo_update
  field u32 plane
  field u32 frame
  field int err
`,
    after: `
event demo:demo_update_done
  field u32 plane
  field u32 frame
event demo:demo_update_fail
  field u32 plane
  field u32 frame
  field int err
`,
    program: `bpftrace -e 'tracepoint:demo:demo_update { @[args.plane] = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_update
  field u32 plane
  field u32 frame
`,
    after: `
event demo:demo_update
  field u32 plane
  field u32 frame
event demo:demo_update_done
  field u32 plane
  field u32 frame
event demo:demo_update_fail
  field u32 plane
  field u32 frame
`,
  },
  links: [LINKS.events],
});
