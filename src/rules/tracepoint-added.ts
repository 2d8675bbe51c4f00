// Judges a new tracepoint without an event. Invariant: never more than `safe`.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "tracepoint-added",
  on: "tracepoint-added",
  title: "tracepoint added",
  why: "Nobody relies on a tracepoint that did not exist.",
  fix: "none needed",
  breaks: {},
  message: ({ event }) => `tracepoint ${quote(event.name)} is new`,
  example: {
    before: ``,
    after: `
tracepoint demo_enqueue(struct rq *rq, int cpu)
`,
    program: `SEC("raw_tp/demo_enqueue") int on_enqueue(void *ctx) { return 0; }`,
  },
  nearMiss: {
    before: ``,
    after: `
event demo:demo_enqueue
  proto struct rq *rq, int cpu
  field int cpu
`,
  },
  links: [LINKS.tracepoints],
});
