// Judges the literal of a print format. Invariant: never hard; fields that changed along tell it themselves.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "print-format-changed",
  on: "print-format-changed",
  title: "printed line changed",
  why: "Scripts that take lines of trace_pipe or perf script apart see another line; whoever reads fields does not.",
  fix: "append new text at the end of the line",
  breaks: { text: "cosmetic" },
  message: ({ event }) =>
    `the printed line of ${quote(event.id)} changed: parsers of trace_pipe and perf script output see other text`,
  example: {
    before: `
event demo:demo_done
  field int err
  print "err=%d", REC->err
`,
    after: `
event demo:demo_done
  field int err
  print "error: %d", REC->err
`,
    program: `perf script | sed -n 's/.*err=\\([-0-9]*\\).*/\\1/p'`,
  },
  nearMiss: {
    before: `
event demo:demo_done
  field int err
  print "err=%d ", REC->err
`,
    after: `
event demo:demo_done
  field int err
  print "err=%d", REC->err
`,
  },
  links: [LINKS.events],
});
