// The table `arguments`.

import { flag, int32, KERNEL, maybe, text } from "../column.ts";
import { table } from "../table.ts";

// `arguments` is no name for a constant in a module.
export const argumentTable = table({
  meaning: "An argument of a tracepoint, which raw BPF programs read by its position",
  key: ["kernel", "arch", "tracepoint", "position"],
  columns: {
    ...KERNEL,
    tracepoint: text("name of the tracepoint"),
    position: int32("place among the arguments, from 0"),
    argument: maybe(text("its name; empty where the source has none")),
    type: text("its type in C"),
    is_nullable: maybe(flag("whether the kernel declares that it may be NULL; empty where unknown")),
  },
  *rowsOf({ key, after }) {
    for (const { name: tracepoint, args } of after.tracepoints) {
      for (const [position, { name, type, nullable }] of args.entries()) {
        yield { ...key, tracepoint, position, argument: name || undefined, type, is_nullable: nullable };
      }
    }
  },
});
