// Judges an event that goes by another name. Invariant: the likely successor and how sure it is are part of the finding.

import { c } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { percent, plural, quote } from "./words.ts";

export default defineRule({
  id: "event-renamed",
  on: "event-renamed",
  title: "event renamed",
  why: 'Names are how programs find events: SEC("tp/system/name"), perf -e, tracefs paths and bpftrace probes all fail on the old one, even if the record is the same.',
  fix: "keep the old name; where code converts (page to folio), the event need not follow",
  guard: c(`
static struct bpf_link *attach(struct demo_bpf *skel)
{
	bool is_renamed = tracepoint_exists("demo", "demo_write_folio");

	return bpf_program__attach_tracepoint(skel->progs.on_write, "demo", is_renamed ? "demo_write_folio" : "demo_writepage");
}`),
  breaks: { existence: "attach", args: "attach", core: "load", readers: { tp_btf: "load", module: "build" } },
  message: ({ from, event, confidence, inside }) =>
    `${quote(from.id)} is gone, ${percent(confidence)} sure that it is ${quote(event.id)} now: programs on the old name fail to attach` +
    (inside.length === 0 ? "" : `, and the record changed too (${plural(inside.length, "change")})`),
  example: {
    before: `
event demo:demo_writepage
  field unsigned long pfn
  field int reason
  print "pfn=%lu reason=%d", REC->pfn, REC->reason
`,
    after: `
event demo:demo_write_folio
  field unsigned long pfn
  field int reason
  print "pfn=%lu reason=%d", REC->pfn, REC->reason
`,
    program: `bpftrace -e 'tracepoint:demo:demo_writepage { @ = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_read
  field unsigned long pfn
`,
    after: `
event demo:demo_write
  field unsigned long pfn
`,
  },
  links: [LINKS.events],
});
