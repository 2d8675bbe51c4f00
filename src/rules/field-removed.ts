// Judges a field that is gone. Invariant: hard for every kind of reader of that field.

import { readIfThere } from "./guards.ts";
import { LINKS } from "./links.ts";
import { readerOfOldBytes, readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, describeLayout, describeOldBytes, quote } from "./words.ts";

export default defineRule({
  id: "field-removed",
  on: "field-removed",
  title: "field removed",
  why: "Readers by name do not find it (bpftrace and filters refuse, libtraceevent returns an error that tools often read as zero), CO-RE relocations of the member fail, and readers at fixed offsets get whatever lies there now, parsers of printed lines miss its value; a tp/ program that reads past the new end of the record is refused with EACCES when it is attached.",
  fix: "keep the field and fill it with a harmless value, or replace it in place by one of the same size",
  guard: readIfThere("demo_runtime", "u64 vruntime", "vruntime"),
  breaks: ({ field, printed, effect }) => ({
    layout: worst(readerOfOldBytes(field, effect), readersOfShifted(effect)),
    fields: "missing",
    core: "load",
    text: printed ? "missing" : textOf(effect),
  }),
  message: ({ field, effect }) =>
    `${quote(declare(field))} removed: readers by name do not find it, CO-RE programs that read it fail to load, ` +
    `readers of its bytes ${describeOldBytes(readerOfOldBytes(field, effect))}${describeLayout(effect)}`,
  example: {
    before: `
event demo:demo_runtime
  field pid_t pid
  field u64 runtime
  field u64 vruntime
  print "pid=%d runtime=%llu vruntime=%llu", REC->pid, REC->runtime, REC->vruntime
`,
    after: `
event demo:demo_runtime
  field pid_t pid
  field u64 runtime
  print "pid=%d runtime=%llu", REC->pid, REC->runtime
`,
    program: `bpftrace -e 'tracepoint:demo:demo_runtime { @[args.pid] = max(args.vruntime); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_runtime
  field pid_t pid
  field u64 runtime
`,
    after: `
event demo:demo_runtime
  field pid_t pid
  field u64 run_time
`,
  },
  links: [LINKS.attachTracepoint, LINKS.relocations],
});
