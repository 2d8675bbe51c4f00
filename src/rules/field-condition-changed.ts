// Judges a field that exists under another condition. Invariant: hard only if it became conditional.

import { readIfThere } from "./guards.ts";
import { LINKS } from "./links.ts";
import { readersOfShifted, textOf, worst } from "./outcomes.ts";
import { defineRule } from "./rule.ts";
import { declare, quote } from "./words.ts";

export default defineRule({
  id: "field-condition-changed",
  on: "field-condition-changed",
  title: "field exists under another condition",
  why: "A field inside #ifdef is absent from records of kernels built without the option, and the fields after it lie elsewhere there.",
  fix: "declare the field always and fill it with zero where the option is off",
  guard: readIfThere("demo_done", "u64 cgroup", "cgroup"),
  breaks: ({ before, after, effect }) => {
    const outcome = after === undefined ? "none" : before === undefined ? "missing" : "cosmetic";
    return {
      fields: outcome,
      core: outcome === "missing" ? "load" : outcome,
      layout: worst(outcome === "missing" ? "silent" : "none", readersOfShifted(effect)),
      text: textOf(effect),
    };
  },
  message: ({ field, before, after }) => {
    if (after === undefined)
      return `${quote(declare(field))} exists in every configuration, was under ${quote(before ?? "")}`;
    if (before === undefined)
      return `${quote(declare(field))} exists only under ${quote(after)} now: records of other kernels lack it`;
    return `${quote(declare(field))} exists under ${quote(after)}, was under ${quote(before)}`;
  },
  example: {
    before: `
event demo:demo_done
  field u64 cgroup
  field int err
`,
    after: `
event demo:demo_done
  field u64 cgroup when CONFIG_CGROUPS
  field int err
`,
    program: `bpftrace -e 'tracepoint:demo:demo_done { @[args.cgroup] = count(); }'`,
  },
  nearMiss: {
    before: `
event demo:demo_done
  field u64 cgroup when CONFIG_CGROUPS
`,
    after: `
event demo:demo_done
  field u64 cgroup when CONFIG_CGROUPS
`,
  },
  links: [LINKS.events],
});
