// The table `consumers`: known programs that findings hurt.

import { int32, KERNEL, text } from "../column.ts";
import { table } from "../table.ts";

export const consumers = table({
  meaning: "A place in a known program that a finding hurts",
  key: ["kernel", "arch", "finding", "tool", "place"],
  columns: {
    ...KERNEL,
    finding: int32("number of the finding in `findings`"),
    tool: text("the program"),
    place: text("file and line in its source"),
    outcome: text("what it meets: `silent`, `attach`, `load`, `missing` or `build`"),
  },
  *rowsOf({ key, findings }) {
    for (const [rank, { finding }] of findings.entries()) {
      for (const { tool, where, outcome } of finding.consumers)
        yield { ...key, finding: rank, tool, place: where, outcome };
    }
  },
});
