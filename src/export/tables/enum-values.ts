// The table `enum_values`.

import { int64, KERNEL, text } from "../column.ts";
import { table } from "../table.ts";

export const enumValues = table({
  meaning: "An enum constant or macro that print formats name",
  key: ["kernel", "arch", "symbol"],
  columns: {
    ...KERNEL,
    symbol: text("its name"),
    value: int64("its value"),
  },
  *rowsOf({ key, after }) {
    for (const symbol of Object.keys(after.enums).sort()) yield { ...key, symbol, value: after.enums[symbol] ?? 0 };
  },
});
