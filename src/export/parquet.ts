// Rows as Apache Parquet: one schema for each table, row groups of whole kernels, compressed with snappy.
// Invariant: the same rows give the same bytes, on every platform and version of Node.

import { ByteWriter, ParquetWriter } from "hyparquet-writer";

import { TOOL } from "../reports/tool.ts";
import type { ColumnType, Columns, Row } from "./column.ts";
import type { Encoder } from "./encoder.ts";
import type { TableName } from "./names.ts";
import { EXPORT_SCHEMA_VERSION, TABLES } from "./tables/index.ts";

/** Rows of a group, at least; more where a kernel has more. Readers work on groups, and these are as large as they like. */
const GROUP_ROWS = 50_000;

/** How Parquet spells the types of columns. */
const TYPES = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  int32: { type: "INT32" },
  int64: { type: "INT64" },
  double: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
} as const satisfies Record<ColumnType, object>;

export function createParquetEncoder(name: TableName): Encoder {
  const { columns } = TABLES[name];
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(columns),
    createdBy: `${TOOL.name} ${TOOL.version}`,
    kvMetadata: [
      { key: "tpabi.schemaVersion", value: String(EXPORT_SCHEMA_VERSION) },
      { key: "tpabi.table", value: name },
    ],
  });
  /** What was written since the last time; positions in the file go on. */
  const take = (): Uint8Array => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    return taken;
  };
  let group = createGroup(columns);
  function* writeGroup(): Iterable<Uint8Array> {
    const [{ data: { length } } = { data: [] }] = group;
    if (length === 0) return;
    void writer.write({ columnData: group, rowGroupSize: length });
    group = createGroup(columns);
    yield take();
  }
  return {
    *add(rows) {
      // Taken apart at once: a row that lives no longer than this costs the garbage collector nothing.
      for (const row of rows) for (const { name: column, data, convert } of group) data.push(convert(row[column]));
      if ((group[0]?.data.length ?? 0) >= GROUP_ROWS) yield* writeGroup();
    },
    *finish() {
      yield* writeGroup();
      void writer.finish();
      yield take();
    },
  };
}

function schemaOf(columns: Columns) {
  const leaves = Object.entries(columns).map(([name, { type, nullable }]) => ({
    name,
    repetition_type: nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const),
    ...TYPES[type],
  }));
  return [{ name: "row", num_children: leaves.length }, ...leaves];
}

type Value = Row[string] | bigint;

/** The columns of the next row group, still empty. */
function createGroup(columns: Columns) {
  return Object.entries(columns).map(([name, { type }]) => ({
    name,
    data: [] as Value[],
    convert: type === "int64" ? toBigInt : keep,
  }));
}

function toBigInt(value: Row[string]): Value {
  return value === undefined ? undefined : BigInt(value);
}

function keep(value: Row[string]): Value {
  return value;
}
