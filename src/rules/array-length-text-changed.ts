// Judges array lengths that format files spell by name or by number. Invariant: one finding per diff and direction.

import { python } from "./guards.ts";
import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { plural } from "./words.ts";

export default defineRule({
  id: "array-length-text-changed",
  on: "array-length-text-changed",
  title: "array lengths spelled differently",
  why: "Format files of old kernels print a macro's name as array length, newer ones the number; from 5.17 on TASK_COMM_LEN was an enum constant and stood there by name for a while. Offset and size are the same, but parsers that expect a number, or generate C from the text, fail on a name.",
  fix: "use a macro with a number, or TRACE_DEFINE_ENUM, for lengths in TP_STRUCT__entry",
  guard: python(`
# the columns of the format file say the size, whatever stands between the brackets
def array_length(size, element_size):
    return size // element_size`),
  breaks: ({ numbersAfter }) => ({ fields: numbersAfter ? "none" : "load" }),
  message: ({ fields, numbersAfter }) =>
    numbersAfter
      ? `array lengths of ${plural(fields.length, "field")} are numbers now, were names`
      : `array lengths of ${plural(fields.length, "field")} are names now, were numbers: parsers of format files that expect a number fail`,
  example: {
    before: `
event demo:demo_exec
  field char comm[16]
`,
    after: `
event demo:demo_exec
  field char comm[TASK_COMM_LEN]
`,
    program: `bpftrace -e 'tracepoint:demo:demo_exec { printf("%s", args.comm); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_exec
  field char comm[16]
`,
    after: `
event demo:demo_exec
  field char comm[32]
`,
  },
  links: [LINKS.events],
});
