// Judges a table of __print_symbolic or __print_flags. Invariant: hard only if a label stands for another number.

import { askForConstant } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { describeValue, list, plural, quote, quoteAll } from "./words.ts";

export default defineRule({
  id: "symbol-table-changed",
  on: "symbol-table-changed",
  title: "symbol table changed",
  why: "The table says what the numbers in the record mean. If a label has another number, programs that compare with the old one count something else; the printed text stays right, since the kernel and libtraceevent print from the new table.",
  fix: "append new values; keep a gap where one was removed",
  guard: askForConstant("demo_reason", "DEMO_NO_SOCKET"),
  breaks: ({ renumbered, removed }) => ({
    values: renumbered.length > 0 ? "silent" : removed.length > 0 ? "cosmetic" : "none",
    text: removed.length > 0 ? "cosmetic" : "none",
  }),
  message: ({ expression, reads, renumbered, removed, added }) => {
    const parts = [
      ...(renumbered.length === 0
        ? []
        : [`${plural(renumbered.length, "label")} renumbered (${list(renumbered.map(describeValue))})`]),
      ...(removed.length === 0
        ? []
        : [`${removed.length} gone (${quoteAll(removed.map((value) => value.name.trim()))})`]),
      ...(added.length === 0 ? [] : [`${added.length} new (${quoteAll(added.map((value) => value.name.trim()))})`]),
    ];
    const harm = renumbered.length > 0 ? ": programs that compare numbers get it wrong without any error" : "";
    return `values of ${quote(reads ?? expression)}: ${parts.join(", ")}${harm}`;
  },
  example: {
    before: `
event demo:demo_drop
  field u32 reason
  print "reason=%s", __print_symbolic(REC->reason, { 1, "NO_SOCKET" }, { 2, "FILTER" })
  symbols REC->reason { 1 "NO_SOCKET", 2 "FILTER" }
`,
    after: `
event demo:demo_drop
  field u32 reason
  print "reason=%s", __print_symbolic(REC->reason, { 1, "NOT_SPECIFIED" }, { 2, "NO_SOCKET" }, { 3, "FILTER" })
  symbols REC->reason { 1 "NOT_SPECIFIED", 2 "NO_SOCKET", 3 "FILTER" }
`,
    program: `bpftrace -e 'tracepoint:demo:demo_drop /args.reason == 2/ { @filtered = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_drop
  field u32 reason
  print "reason=%s", __print_symbolic(REC->reason, { 1, "NO_SOCKET" })
  symbols REC->reason { 1 "NO_SOCKET" }
`,
    after: `
event demo:demo_drop
  field u32 reason
  print "reason=%s", __print_symbolic(REC->reason, { 0x1, "NO_SOCKET" })
  symbols REC->reason { 1 "NO_SOCKET" }
`,
  },
  links: [LINKS.events],
});
