// Judges an event that is gone without a successor. Invariant: programs on it never start again, and say so.

import { loadIfThere } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "event-removed",
  on: "event-removed",
  title: "event removed",
  why: "A program attaches to an event by its id or its path in tracefs; without them perf_event_open and libbpf fail, bpftrace and perf refuse the name, and a program that attaches to several events often gives up on all.",
  fix: "keep the event and fire it from the new code, or deprecate it for a release with its successor named in the commit message",
  guard: loadIfThere("demo_done", "on_done"),
  breaks: ({ tracepointKept }) =>
    tracepointKept
      ? { existence: "attach" }
      : { existence: "attach", args: "attach", readers: { tp_btf: "load", module: "build" } },
  message: ({ event, tracepointKept }) =>
    `${quote(event.id)} is gone: programs on it fail to attach${tracepointKept ? "; its tracepoint is still there for raw_tp programs" : ""}`,
  example: {
    before: `
event demo:demo_done
  proto int err
  field int err
`,
    after: ``,
    program: `SEC("tp/demo/demo_done") int on_demo_done(void *ctx) { return 0; }`,
  },
  nearMiss: {
    before: `
event demo:demo_done
  field int err
`,
    after: `
event demo:demo_done
  field int err
event demo:other_thing
  field u64 cookie
`,
  },
  links: [LINKS.events, LINKS.attachTracepoint],
});
