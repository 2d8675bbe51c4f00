// The table `tracepoints`.

import { flag, int32, KERNEL, PLACE, text } from "../column.ts";
import { table } from "../table.ts";

export const tracepoints = table({
  meaning: "A tracepoint of a kernel: what raw BPF programs and modules attach to",
  key: ["kernel", "arch", "tracepoint"],
  columns: {
    ...KERNEL,
    tracepoint: text("its name"),
    argument_count: int32("its arguments"),
    is_bare: flag("whether it has no event; changes and findings call it `-:name`"),
    is_writable: flag("whether BPF programs may write to its first argument"),
    ...PLACE,
  },
  *rowsOf({ key, after }) {
    for (const { name, args, bare, writable, when, location } of after.tracepoints) {
      yield {
        ...key,
        tracepoint: name,
        argument_count: args.length,
        is_bare: bare ?? false,
        is_writable: writable ?? false,
        condition: when,
        file: location?.file,
        line: location?.line,
      };
    }
  },
});
