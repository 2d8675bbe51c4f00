// The table `symbol_labels`: what numbers in records are printed as.

import { EVENT, int64, KERNEL, text } from "../column.ts";
import { table } from "../table.ts";

export const symbolLabels = table({
  meaning: "A label of a table by which `__print_symbolic` or `__print_flags` prints a value",
  key: ["kernel", "arch", "event", "variant", "expression", "label"],
  columns: {
    ...KERNEL,
    ...EVENT,
    expression: text("what is printed, such as `REC->reason`"),
    label: text("the text printed for the value"),
    value: int64("the value, or the bit of a flag"),
  },
  *rowsOf({ events }) {
    for (const { event, key } of events) {
      for (const [expression, labels] of sorted(event.print?.symbols ?? {})) {
        for (const [label, value] of sorted(labels)) yield { ...key, expression, label, value };
      }
    }
  },
});

function sorted<T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
}
