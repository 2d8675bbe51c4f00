// All tables that `tpabi export` writes. docs/export.md and docs/export.schema.json are made of them.
// Invariant: who reads a table must not notice what is added to it: new columns stand at the end, and any other change of a
// table is a new EXPORT_SCHEMA_VERSION.

import type { TableName } from "../names.ts";
import type { Table } from "../table.ts";
import { argumentTable } from "./arguments.ts";
import { changeEvents } from "./change-events.ts";
import { changes } from "./changes.ts";
import { consumers } from "./consumers.ts";
import { enumValues } from "./enum-values.ts";
import { events } from "./events.ts";
import { fields } from "./fields.ts";
import { findings } from "./findings.ts";
import { kernels } from "./kernels.ts";
import { symbolLabels } from "./symbol-labels.ts";
import { tracepoints } from "./tracepoints.ts";

/** Version of the tables that this code writes. */
export const EXPORT_SCHEMA_VERSION = 1;

export const TABLES: Readonly<Record<TableName, Table>> = {
  kernels,
  events,
  fields,
  tracepoints,
  arguments: argumentTable,
  enum_values: enumValues,
  symbol_labels: symbolLabels,
  changes,
  change_events: changeEvents,
  findings,
  consumers,
};
