// Judges what is printed into an unchanged literal. Invariant: never hard.

import { LINKS } from "./links.ts";
import { defineRule } from "./rule.ts";
import { quote } from "./words.ts";

export default defineRule({
  id: "print-args-changed",
  on: "print-args-changed",
  title: "printed values computed in another way",
  why: "The line looks the same, but a value in it is computed otherwise: another unit, another table, a function that user space cannot evaluate.",
  fix: "print a new value at the end of the line instead",
  breaks: { text: "cosmetic" },
  message: ({ event }) => `values in the printed line of ${quote(event.id)} are computed in another way`,
  example: {
    before: `
event demo:demo_done
  field u64 delay
  print "delay=%llu", REC->delay
`,
    after: `
event demo:demo_done
  field u64 delay
  print "delay=%llu", REC->delay / 1000
`,
    program: `perf script | sed -n 's/.*delay=\\([0-9]*\\).*/\\1/p'`,
  },
  nearMiss: {
    before: `
event demo:demo_done
  field u64 delay
  print "delay=%llu", REC->delay & (1UL << 4)
`,
    after: `
event demo:demo_done
  field u64 delay
  print "delay=%llu", REC->delay & (0x10)
`,
  },
  links: [LINKS.events],
});
