// Judges a new event. Invariant: never more than `safe`.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "event-added",
  on: "event-added",
  title: "event added",
  why: "Nobody relies on an event that did not exist. Tools that list or enable whole systems see one more.",
  fix: "none needed",
  breaks: {},
  message: ({ event }) => `${quote(event.id)} is new`,
  example: {
    before: ``,
    after: `
event demo:demo_started
  field int pid
`,
    program: `bpftrace -e 'tracepoint:demo:demo_started { @[args.pid] = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_start
  field int pid
  field u64 cookie
`,
    after: `
event demo:demo_started
  field int pid
  field u64 cookie
`,
  },
  links: [LINKS.events],
});
