// Judges enum constants that have other numbers. Invariant: always silent for whoever compares numbers.

import { askForConstant } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { describeValue, list, plural } from "./words.ts";

export default defineRule({
  id: "enum-value-changed",
  on: "enum-value-changed",
  title: "enum constants renumbered",
  why: "Records hold the number. Programs compiled with the old one, and tools with a table of their own, compare with what now means something else.",
  fix: "append new constants; keep a gap where one was removed",
  guard: askForConstant("demo_reason", "DEMO_NO_SOCKET"),
  breaks: { values: "silent" },
  message: ({ constants }) =>
    `${plural(constants.length, "enum constant")} renumbered (${list(constants.map(describeValue))}): programs that compare numbers get it wrong without any error`,
  example: {
    before: `
event demo:demo_drop
  field u32 reason
  print "reason=%s", DEMO_TEXT(REC->reason, DEMO_NO_SOCKET)
enum DEMO_NO_SOCKET = 2
`,
    after: `
event demo:demo_drop
  field u32 reason
  print "reason=%s", DEMO_TEXT(REC->reason, DEMO_NO_SOCKET)
enum DEMO_NO_SOCKET = 3
`,
    program: `bpftrace -e 'tracepoint:demo:demo_drop /args.reason == 2/ { @no_socket = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_drop
  field u32 reason
enum DEMO_NO_SOCKET = 2
`,
    after: `
event demo:demo_drop
  field u32 reason
enum DEMO_NO_SOCKET = 2
enum DEMO_FILTER = 3
`,
  },
  links: [LINKS.coreGuide],
});
