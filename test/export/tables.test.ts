// What rows say, that each is what its table says of it, and that both formats and the docs say the same.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Ajv, type ValidateFunction } from "ajv";

import type { Row } from "../../src/export/column.ts";
import { exportSchema, renderTables } from "../../src/export/doc.ts";
import { createEncoder } from "../../src/export/encoder.ts";
import { exportSteps } from "../../src/export/export.ts";
import { type ExportFormat, TABLE_NAMES, type TableName } from "../../src/export/names.ts";
import { TABLES } from "../../src/export/tables/index.ts";
import { walk } from "../../src/history/walk.ts";
import { parseExample } from "../../src/rules/example.ts";
import { rules } from "../../src/rules/index.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { SNAPSHOT } from "../samples.ts";

type Rows = Readonly<Record<TableName, readonly Row[]>>;

/** The rows of kernels that are compared in their order. */
async function rowsOf(kernels: Readonly<Record<string, Snapshot>>): Promise<Rows> {
  const rows = Object.fromEntries(TABLE_NAMES.map((name) => [name, [] as Row[]])) as Record<TableName, Row[]>;
  const steps = walk(Object.keys(kernels), { read: (version) => Promise.resolve(kernels[version] as Snapshot) });
  await exportSteps(steps, TABLE_NAMES, (name, own) => Promise.resolve(void rows[name].push(...own)));
  return rows;
}

async function encode(name: TableName, format: ExportFormat, rows: readonly Row[]): Promise<Buffer> {
  const encoder = await createEncoder(name, format);
  return Buffer.concat([...encoder.add(rows), ...encoder.finish()]);
}

const BEFORE = `
event block:block_rq_insert
  class block_rq
  proto struct request_queue *q, struct request *rq
  field dev_t dev
  field int cpu
event block:block_rq_issue
  class block_rq
  proto struct request_queue *q, struct request *rq
  field dev_t dev
  field int cpu
`;
const AFTER = BEFORE.replaceAll("struct request_queue *q, ", "");

describe("rows", () => {
  let rows: Rows;
  beforeAll(async () => {
    rows = await rowsOf({ "5.10": parseExample(BEFORE), "5.11": parseExample(AFTER), "6.12.117": SNAPSHOT });
  });
  const of = (name: TableName, kernel: string) => rows[name].filter((row) => row["kernel"] === kernel);

  test("say which kernel was compared with which", () => {
    expect(rows.kernels.map(({ kernel, arch, previous }) => [kernel, arch, previous])).toEqual([
      ["5.10", "x86_64", undefined],
      ["5.11", "x86_64", "5.10"],
      ["6.12.117", "x86_64", "5.11"],
    ]);
  });

  test("describe each event with its fields, the common ones once", () => {
    expect(of("events", "6.12.117")).toMatchObject([
      { event: "block:block_rq_insert", variant: 0, class: "block_rq", field_count: 3, record_bytes: 32, line: 164 },
    ]);
    expect(of("fields", "6.12.117").map(({ event, position, field }) => [event, position, field])).toEqual([
      ["*:*", 0, "common_type"],
      ["block:block_rq_insert", 0, "dev"],
      ["block:block_rq_insert", 1, "comm"],
      ["block:block_rq_insert", 2, "cmd"],
    ]);
    expect(of("fields", "6.12.117")[3]).toMatchObject({
      type: "__data_loc char[]",
      kind: "dynamic",
      offset_bytes: 28,
      size_bytes: 4,
      condition: "CONFIG_BLK_DEV_IO_TRACE",
    });
    expect(of("symbol_labels", "6.12.117").map(({ label, value }) => [label, value])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(of("arguments", "5.10")[1]).toEqual({
      kernel: "5.10",
      arch: "x86_64",
      tracepoint: "block_rq_insert",
      position: 1,
      argument: "rq",
      type: "struct request *",
      is_nullable: false,
    });
  });

  test("tell an event that is declared twice apart", async () => {
    const twice = parseExample(
      "event a:b\n  when CONFIG_X\n  field int x\nevent a:b\n  when !CONFIG_X\n  field long y\n",
    );
    const { events, fields } = await rowsOf({ "5.10": twice });
    expect(events.map(({ event, variant, condition }) => [event, variant, condition])).toEqual([
      ["a:b", 0, "CONFIG_X"],
      ["a:b", 1, "!CONFIG_X"],
    ]);
    expect(fields.flatMap(({ event, variant, field }) => (event === "a:b" ? [[variant, field]] : []))).toEqual([
      [0, "x"],
      [1, "y"],
    ]);
  });

  test("link a change with its events, its finding and those whom it hurts", () => {
    const [change, ...more] = of("changes", "5.11");
    expect(more).toEqual([]);
    expect(change).toMatchObject({
      previous: "5.10",
      change: 0,
      kind: "argument-removed",
      event: "block:block_rq_insert",
      event_count: 2,
      subject: "q",
    });
    expect(of("change_events", "5.11").map(({ event, role }) => [event, role])).toEqual([
      ["block:block_rq_insert", "named"],
      ["block:block_rq_issue", "sibling"],
    ]);
    const [finding] = of("findings", "5.11");
    expect(finding).toMatchObject({
      finding: 0,
      change: 0,
      rule: "argument-removed",
      level: "breaking",
      contract_args: "silent",
      contract_fields: "none",
      reader_module: "build",
    });
    const consumers = of("consumers", "5.11");
    expect(consumers).toHaveLength(finding?.["consumer_count"] as number);
    expect(consumers).toContainEqual(expect.objectContaining({ finding: 0, tool: "libbpf-tools", outcome: "silent" }));
  });
});

describe("every row of every rule's example", () => {
  const isValid = new Map<TableName, ValidateFunction>();
  beforeAll(() => {
    const ajv = new Ajv({ allowUnionTypes: true }).addSchema(exportSchema(), "export");
    for (const name of TABLE_NAMES) isValid.set(name, ajv.getSchema(`export#/definitions/${name}`) as ValidateFunction);
  });

  test.each(rules.map((rule) => [rule.id, rule] as const))("%s", async (_, { example }) => {
    const rows = await rowsOf({ "5.10": parseExample(example.before), "5.11": parseExample(example.after) });
    expect(rows.findings.length).toBeGreaterThan(0);
    for (const name of TABLE_NAMES) {
      const keys = rows[name].map((row) => JSON.stringify(TABLES[name].key.map((column) => row[column])));
      expect(new Set(keys).size).toBe(keys.length);
      const lines = (await encode(name, "jsonl", rows[name])).toString().split("\n").slice(0, -1);
      expect(lines).toHaveLength(rows[name].length);
      for (const line of lines) {
        const value = JSON.parse(line) as object;
        const valid = isValid.get(name);
        expect([valid?.(value), valid?.errors]).toEqual([true, null]);
        expect(Object.keys(value)).toEqual(Object.keys(TABLES[name].columns));
      }
    }
  });
});

describe("Parquet", () => {
  const directory = mkdtempSync(join(tmpdir(), "tpabi-parquet-"));
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(":memory:")).connect();
  }, 60_000);
  afterAll(() => {
    connection.closeSync();
    rmSync(directory, { recursive: true });
  });

  /** What DuckDB reads in a file. */
  async function query(sql: string): Promise<readonly object[]> {
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  }

  /** The rows of both formats as DuckDB sees them. */
  async function bothOf(name: TableName, rows: readonly Row[]): Promise<readonly (readonly object[])[]> {
    const files = (["parquet", "jsonl"] as const).map((format) => join(directory, `${name}.${format}`));
    for (const file of files) {
      writeFileSync(file, await encode(name, file.endsWith("parquet") ? "parquet" : "jsonl", rows));
    }
    const types = await query(`DESCRIBE SELECT * FROM '${files[0]}'`);
    const columns = types.map((row) => `"${String(Object.values(row)[0])}": '${String(Object.values(row)[1])}'`);
    return [
      await query(`SELECT * FROM '${files[0]}'`),
      await query(
        `SELECT * FROM read_json('${files[1]}', format='newline_delimited', columns={${columns.join(", ")}})`,
      ),
    ];
  }

  test.each(TABLE_NAMES.map((name) => [name]))(
    "has the same rows as JSON lines: %s",
    async (name) => {
      const rows = await rowsOf({ "5.10": parseExample(BEFORE), "5.11": parseExample(AFTER), "6.12.117": SNAPSHOT });
      expect(rows[name].length).toBeGreaterThan(0);
      const [parquet, jsonl] = await bothOf(name, rows[name]);
      expect(parquet).toHaveLength(rows[name].length);
      expect(parquet).toEqual(jsonl);
      const [none] = await bothOf(name, []);
      expect(none).toEqual([]);
    },
    60_000,
  );

  test("keeps odd texts and large numbers, over row groups", async () => {
    const base = { kernel: "5.10", arch: "x86_64" };
    const odd = [
      { ...base, symbol: 'quote " \\ \n\u0000 ünï \u{1f600}', value: Number.MAX_SAFE_INTEGER },
      { ...base, symbol: "", value: Number.MIN_SAFE_INTEGER },
    ];
    const rows = [...odd, ...Array.from({ length: 70_000 }, (_, value) => ({ ...base, symbol: `S${value}`, value }))];
    const encoder = await createEncoder("enum_values", "parquet");
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < rows.length; at += 7000) pieces.push(...encoder.add(rows.slice(at, at + 7000)));
    expect(pieces).toHaveLength(1);
    const file = join(directory, "large.parquet");
    writeFileSync(file, Buffer.concat([...pieces, ...encoder.finish()]));
    expect(await query(`SELECT symbol, value FROM '${file}' LIMIT 2`)).toEqual(
      odd.map(({ symbol, value }) => ({ symbol, value: BigInt(value) })),
    );
    expect(await query(`SELECT count(*) AS n, sum(value) AS s FROM '${file}' WHERE symbol LIKE 'S%'`)).toEqual([
      { n: 70_000n, s: (70_000n * 69_999n) / 2n },
    ]);
    expect(
      await query(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${file}')`),
    ).toEqual([
      { key: "tpabi.schemaVersion", value: "1" },
      { key: "tpabi.table", value: "enum_values" },
    ]);
  }, 60_000);
});

test("docs list every table and column as they are", () => {
  const doc = readFileSync(new URL("../../docs/export.md", import.meta.url), "utf8");
  expect(doc).toContain(renderTables());
  const schema = readFileSync(new URL("../../docs/export.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(schema)).toEqual(exportSchema());
});
