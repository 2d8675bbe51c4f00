// Judges new fields after all others. Invariant: only readers that take all fields by position are hurt.

import { python } from "./guards.ts";
import { LINKS } from "./links.ts";
import { textOf } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, quoteAll } from "./words.ts";

export default defineRule({
  id: "field-appended",
  on: "field-appended",
  title: "field appended",
  why: "This is the way to extend an event: no offset moves, no name goes, CO-RE ignores the new member. Python handlers of perf script take all fields as positional parameters and fail with a TypeError. Records of system call entries are the exception: tools take every field after the number as an argument.",
  fix: "none needed; this is the way to add a field",
  guard: python(`
# perf script: take what comes
def demo__demo_queued(event_name, context, common_cpu, common_secs, common_nsecs, common_pid, common_comm, common_callchain, *fields):
    skbaddr = fields[0]`),
  breaks: ({ event, effect }) => ({
    fields: event.system === "syscalls" ? "silent" : "none",
    text: textOf(effect),
    readers: { "perf-python": "missing" },
  }),
  message: ({ fields, event }) =>
    `${quoteAll(fields.map(declare))} appended: ` +
    (event.system === "syscalls"
      ? "tools that take every field of a system call as an argument print it as one more"
      : "nothing moves; only Python handlers of perf script, which take all fields by position, fail"),
  example: {
    before: `
event demo:demo_queued
  field void * skbaddr
  field unsigned int len
`,
    after: `
event demo:demo_queued
  field void * skbaddr
  field unsigned int len
  field u64 net_cookie
`,
    program: `def demo__demo_queued(event_name, context, cpu, secs, nsecs, pid, comm, callchain, skbaddr, len): pass`,
  },
  nearMiss: {
    before: `
event demo:demo_queued
  field void * skbaddr
  field unsigned int len
`,
    after: `
event demo:demo_queued
  field void * skbaddr
  field u64 net_cookie
  field unsigned int len
`,
  },
  links: [LINKS.events, LINKS.perfPython],
});
