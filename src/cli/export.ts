// `tpabi export`: kernels, events, fields, arguments, changes and findings as tables for DuckDB, Spark or BigQuery.

import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type Command, InvalidArgumentError, Option } from "commander";

import { ToolError } from "../errors.ts";
import type { Row } from "../export/column.ts";
import type { Encoder } from "../export/encoder.ts";
import type { TakeRows } from "../export/export.ts";
import { EXPORT_FORMATS, type ExportFormat, TABLE_NAMES, type TableName } from "../export/names.ts";
import type { Ours } from "../sources/directory.ts";
import { addSourceOptions, collectArches } from "./read-options.ts";
import { addRangeOptions, type KernelFlags, SERIES_HELP, withKernels } from "./series-options.ts";

const EXAMPLES = `
Examples:
  tpabi export -o tables                                      all shipped kernels as Parquet
  duckdb -c "SELECT * FROM 'tables/findings.parquet' WHERE level = 'breaking'"
  tpabi export -o tables --arch x86_64,arm64 --kernels '>=5.4'
  tpabi export --format jsonl --table findings --kernels 6.12 | jq .message
  tpabi export -o tables --dir merged                         the baselines of one directory alone
  tpabi export -o tables --repo ~/linux --kernels 6.12        the tags of a repository

Tables and columns: docs/export.md. The same kernels give the same bytes.
`;

/** By this a directory is known to be an export that may be replaced. */
const OURS: Ours = {
  marker: "tpabi-export.json",
  names: TABLE_NAMES.flatMap((name) => EXPORT_FORMATS.map((format) => `${name}.${format}`)),
};

interface Flags extends Omit<KernelFlags, "arch"> {
  readonly format: ExportFormat;
  readonly output?: string;
  readonly table?: readonly TableName[];
  readonly arch?: readonly string[];
}

export function define(command: Command): void {
  command
    .addOption(new Option("--format <format>", "the form of the files").choices(EXPORT_FORMATS).default("parquet"))
    .option("-o, --output <dir>", "the directory to write; one that is there must be empty, or such an export")
    .addOption(
      new Option("--table <name>", "only this table, repeatable; one table as jsonl needs no --output")
        .choices(TABLE_NAMES)
        .argParser(collectTables),
    )
    .option("--arch <arch>", "architectures, repeatable (default: x86_64)", collectArches);
  addRangeOptions(addSourceOptions(command))
    .addHelpText("after", EXAMPLES + SERIES_HELP)
    .action(run);
}

function collectTables(text: string, previous: readonly TableName[] = []): readonly TableName[] {
  const name = TABLE_NAMES.find((known) => known === text);
  if (name === undefined) throw new InvalidArgumentError(`Tables: ${TABLE_NAMES.join(", ")}.`);
  return [...previous, name];
}

async function run(flags: Flags): Promise<void> {
  const tables = TABLE_NAMES.filter((name) => flags.table?.includes(name) ?? true);
  const [only, ...more] = tables;
  if (flags.output !== undefined) await writeTables(flags.output, tables, flags);
  else if (only !== undefined && more.length === 0 && flags.format === "jsonl") await printTable(only, flags);
  else {
    throw new ToolError("bad-usage", "tables are files: name a directory for them with -o DIR", {
      hint: "one table alone goes to stdout with --format jsonl --table NAME",
    });
  }
}

/** Hands on the rows of all kernels, one architecture after the other. */
async function exportAll(flags: Flags, tables: readonly TableName[], takeRows: TakeRows): Promise<void> {
  const [{ exportSteps }, { walk }] = await Promise.all([import("../export/export.ts"), import("../history/walk.ts")]);
  for (const arch of flags.arch ?? ["x86_64"]) {
    await withKernels({ ...flags, arch }, ({ versions, ...options }) =>
      exportSteps(walk(versions, options), tables, takeRows),
    );
  }
}

async function printTable(name: TableName, flags: Flags): Promise<void> {
  const { createEncoder } = await import("../export/encoder.ts");
  const encoder = await createEncoder(name, "jsonl");
  const print = async (pieces: Iterable<Uint8Array>): Promise<void> => {
    // A failure is told by the stream (main.ts).
    for (const piece of pieces) await new Promise((resolve) => process.stdout.write(piece, resolve));
  };
  await exportAll(flags, [name], (_, rows) => print(encoder.add(rows)));
  await print(encoder.finish());
}

async function writeTables(output: string, tables: readonly TableName[], flags: Flags): Promise<void> {
  const [{ checkReplaceable, replaceDirectory }, { createEncoder }, { EXPORT_SCHEMA_VERSION }, { TOOL }, { count }] =
    await Promise.all([
      import("../sources/directory.ts"),
      import("../export/encoder.ts"),
      import("../export/tables/index.ts"),
      import("../reports/tool.ts"),
      import("../reports/text.ts"),
    ]);
  // Before the work, and again when it is written.
  await checkReplaceable(output, OURS);
  const written: TableFile[] = [];
  await replaceDirectory(output, OURS, async (directory) => {
    const files = new Map<TableName, TableFile>();
    try {
      for (const name of tables) {
        const encoder = await createEncoder(name, flags.format);
        files.set(name, await openTable(directory, `${name}.${flags.format}`, encoder));
      }
      await exportAll(flags, tables, async (name, rows) => files.get(name)?.add(rows));
      for (const file of files.values()) await file.finish();
    } finally {
      for (const file of files.values()) await file.close();
    }
    written.push(...files.values());
    const marker = {
      schemaVersion: EXPORT_SCHEMA_VERSION,
      tool: TOOL,
      tables: Object.fromEntries([...files].map(([table, { file, rows }]) => [table, { file, rows: rows() }])),
    };
    await writeFile(join(directory, OURS.marker), `${JSON.stringify(marker, undefined, 2)}\n`);
  });
  const rows = written.reduce((sum, file) => sum + file.rows(), 0);
  const megabytes = written.reduce((sum, file) => sum + file.bytes(), 0) / 1e6;
  console.error(
    `wrote ${count(written.length, "table")}, ${count(rows, "row")}, ${megabytes.toFixed(1)} MB to ${output}`,
  );
}

/** One file that is being written. */
interface TableFile {
  readonly file: string;
  readonly rows: () => number;
  readonly bytes: () => number;
  readonly add: (rows: Iterable<Row>) => Promise<void>;
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function openTable(directory: string, file: string, encoder: Encoder): Promise<TableFile> {
  const handle = await open(join(directory, file), "wx");
  let [rowCount, byteCount] = [0, 0];
  function* counted(rows: Iterable<Row>): Iterable<Row> {
    for (const row of rows) {
      rowCount++;
      yield row;
    }
  }
  const write = async (pieces: Iterable<Uint8Array>): Promise<void> => {
    for (const piece of pieces) {
      await handle.writeFile(piece);
      byteCount += piece.length;
    }
  };
  return {
    file,
    rows: () => rowCount,
    bytes: () => byteCount,
    add: (rows) => write(encoder.add(counted(rows))),
    finish: () => write(encoder.finish()),
    close: () => handle.close(),
  };
}
