// The form in which rows are written. Encoders only turn rows into bytes; whoever asked for them does the writing.

import type { Row } from "./column.ts";
import type { ExportFormat, TableName } from "./names.ts";

/** The file of one table, piece by piece. */
export interface Encoder {
  /** The bytes that are ready after these rows, which belong to one kernel; often none. */
  readonly add: (rows: Iterable<Row>) => Iterable<Uint8Array>;
  /** The bytes that end the file. */
  readonly finish: () => Iterable<Uint8Array>;
}

/** An encoder of a table. What each format needs is loaded when it is asked for. */
export async function createEncoder(name: TableName, format: ExportFormat): Promise<Encoder> {
  switch (format) {
    case "parquet":
      return (await import("./parquet.ts")).createParquetEncoder(name);
    case "jsonl":
      return (await import("./jsonl.ts")).createJsonlEncoder(name);
  }
}
