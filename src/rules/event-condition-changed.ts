// Judges an event that exists under another condition. Invariant: hard only if it became conditional.

import { loadIfThere } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "event-condition-changed",
  on: "event-condition-changed",
  title: "event exists under another condition",
  why: "An event inside #ifdef is absent from kernels built without the option; programs that attached on every kernel now fail on some.",
  fix: "define the event unconditionally, or say in the commit message which configurations lose it",
  guard: loadIfThere("demo_done", "on_done"),
  breaks: ({ before, after }) => ({
    existence: after === undefined ? "none" : before === undefined ? "missing" : "cosmetic",
  }),
  message: ({ event, before, after }) => {
    if (after === undefined)
      return `${quote(event.id)} exists in every configuration, was under ${quote(before ?? "")}`;
    if (before === undefined) return `${quote(event.id)} exists only under ${quote(after)} now: other kernels lack it`;
    return `${quote(event.id)} exists under ${quote(after)}, was under ${quote(before)}`;
  },
  example: {
    before: `
event demo:demo_done
  field int err
`,
    after: `
event demo:demo_done
  when CONFIG_DEMO_DEBUG
  field int err
`,
    program: `bpftrace -e 'tracepoint:demo:demo_done { @ = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_done
  when CONFIG_DEMO
  field int err
`,
    after: `
event demo:demo_done
  when CONFIG_DEMO
  field int err
`,
  },
  links: [LINKS.events],
});
