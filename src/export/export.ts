// The pipeline of `tpabi export`: kernels one after another, and of each the rows that it adds to every table.
// Invariant: rows go on as soon as they are made, so what is held does not grow with the number of kernels.

import type { Step } from "../history/walk.ts";
import type { Row } from "./column.ts";
import { toExportStep } from "./table.ts";
import type { TableName } from "./names.ts";
import { TABLES } from "./tables/index.ts";

/** Takes the rows that one kernel adds to a table. */
export type TakeRows = (table: TableName, rows: Iterable<Row>) => Promise<void>;

export async function exportSteps(
  steps: AsyncIterable<Step>,
  tables: readonly TableName[],
  takeRows: TakeRows,
): Promise<void> {
  for await (const step of steps) {
    const exported = toExportStep(step);
    for (const name of tables) await takeRows(name, TABLES[name].rowsOf(exported));
  }
}
