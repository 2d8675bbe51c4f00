// The names of tables and formats, apart from all that makes them: help texts need these alone.

export const EXPORT_FORMATS = ["parquet", "jsonl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const TABLE_NAMES = [
  "kernels",
  "events",
  "fields",
  "tracepoints",
  "arguments",
  "enum_values",
  "symbol_labels",
  "changes",
  "change_events",
  "findings",
  "consumers",
] as const;
export type TableName = (typeof TABLE_NAMES)[number];
