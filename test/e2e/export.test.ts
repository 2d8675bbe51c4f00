// `tpabi export`: whole directories or none, one table on stdout, and the same rows in both formats over several kernels.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { TABLE_NAMES } from "../../src/export/names.ts";
import { tpabi } from "./run.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-export-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const small = (...args: readonly string[]) => tpabi("export", "--kernels", "2.6.31 || 2.6.32", ...args);

test("writes all tables, the same bytes each time, and replaces an export as a whole", () => {
  const output = join(directory, "new/tables");
  const first = small("-o", output);
  expect([first.status, first.stdout]).toEqual([0, ""]);
  expect(first.stderr).toMatch(/^wrote 11 tables, [\d,]+ rows, [\d.]+ MB to .*\n$/);
  const names = ["tpabi-export.json", ...TABLE_NAMES.map((name) => `${name}.parquet`)].sort();
  expect(readdirSync(output).sort()).toEqual(names);
  const bytes = names.map((name) => readFileSync(join(output, name)));
  expect(small("-o", output).status).toBe(0);
  expect(names.map((name, index) => readFileSync(join(output, name)).equals(bytes[index] as Buffer))).toEqual(
    names.map(() => true),
  );
  const { tables } = JSON.parse(readFileSync(join(output, "tpabi-export.json"), "utf8")) as {
    tables: Record<string, { file: string; rows: number }>;
  };
  expect(tables["kernels"]).toEqual({ file: "kernels.parquet", rows: 2 });
  // With fewer tables, those of before are gone: a directory is one export.
  expect(small("-o", output, "--format", "jsonl", "--table", "kernels").status).toBe(0);
  expect(readdirSync(output).sort()).toEqual(["kernels.jsonl", "tpabi-export.json"]);
  expect(readdirSync(join(directory, "new"))).toEqual(["tables"]);
}, 120_000);

test("prints one table as JSON lines", () => {
  const { status, stdout, stderr } = small("--format", "jsonl", "--table", "kernels");
  expect([status, stderr]).toEqual([0, ""]);
  const rows = stdout.split("\n").slice(0, -1);
  expect(rows.map((line) => (JSON.parse(line) as { kernel: string }).kernel)).toEqual(["2.6.31", "2.6.32"]);
}, 60_000);

test.each([
  [[], "error: tables are files: name a directory for them with -o DIR"],
  [["--format", "jsonl"], "error: tables are files: name a directory for them with -o DIR"],
  [["--table", "kernels"], "error: tables are files: name a directory for them with -o DIR"],
  [["-o", "DIR/x", "--table", "event"], "error: option '--table <name>' argument 'event' is invalid. Tables: kernels,"],
  [["-o", "DIR/x", "--format", "csv"], "error: option '--format <format>' argument 'csv' is invalid."],
  [["-o", "DIR/x", "--arch", "x87"], "error: option '--arch <arch>' argument 'x87' is invalid."],
  [["-o", "DIR/x", "--arch", "riscv64"], "error: no baseline for riscv64 is in the range '2.6.31 || 2.6.32'"],
  [["-o", "DIR/x", "--arch", "x86_64,riscv64"], "error: no baseline for riscv64 is in the range '2.6.31 || 2.6.32'"],
  [["-o", "DIR/x", "--kernels", "soon"], "error: 'soon' is no range of kernel versions"],
  [["-o", "DIR/x", "--dir", "DIR/none"], "error: there are no baselines in 'DIR/none'"],
  [["-o", "DIR/x", "--dir", "DIR", "--repo", "DIR"], "error: --dir and --repo exclude each other"],
  [["-o", "DIR/mine"], "error: 'DIR/mine' would be replaced, and this command has not written 'query.sql' in it"],
  [["-o", "DIR/precious"], "error: 'DIR/precious' is not empty, and nothing that this command has written"],
])("refuses %j in one line and leaves nothing behind", (args, message) => {
  mkdirSync(join(directory, "precious"), { recursive: true });
  writeFileSync(join(directory, "precious/thesis.txt"), "years");
  mkdirSync(join(directory, "mine"), { recursive: true });
  for (const name of ["tpabi-export.json", "events.parquet", "query.sql"]) {
    writeFileSync(join(directory, "mine", name), "");
  }
  const before = readdirSync(directory);
  const { status, stdout, stderr } = small(...args.map((arg) => arg.replace("DIR", directory)));
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.replaceAll(directory, "DIR")).toContain(message);
  expect(stderr.split("\n")).toHaveLength(3);
  expect(readdirSync(directory)).toEqual(before);
});
