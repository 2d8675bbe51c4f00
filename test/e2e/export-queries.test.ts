// The queries of docs/export.md in DuckDB on all shipped baselines for x86_64, which they are about, and the tables held against what other commands say.
// UPDATE_DOCS=1 writes what the queries give into the page.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { tpabi } from "./run.ts";

const PAGE = new URL("../../docs/export.md", import.meta.url);
const MINUTES = 60_000;

let directory: string;
let connection: DuckDBConnection;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-queries-"));
  const { status, stderr } = tpabi("export", "-o", join(directory, "tables"));
  if (status !== 0) throw new Error(stderr);
  connection = await (await DuckDBInstance.create(":memory:")).connect();
}, 15 * MINUTES);
afterAll(() => {
  connection?.closeSync();
  rmSync(directory, { recursive: true });
});

async function query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const reader = await connection.runAndReadAll(sql.replaceAll("'tables/", `'${directory}/tables/`));
  return reader.getRowObjectsJson();
}

function renderMarkdown(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const show = (cell: unknown): string => (typeof cell === "string" ? cell : cell === null ? "" : JSON.stringify(cell));
  const line = (cells: readonly unknown[]): string => `| ${cells.map(show).join(" | ")} |\n`;
  const titles = Object.keys(rows[0] ?? {});
  return line(titles) + `|${"---|".repeat(titles.length)}\n` + rows.map((row) => line(Object.values(row))).join("");
}

const QUERY = /(```sql\n([^`]*)```\n\n)((?:\|.*\n)+|RESULT\n)/g;

test(
  "the queries of the docs give what the docs say",
  async () => {
    const page = readFileSync(PAGE, "utf8");
    const queries = [...page.matchAll(QUERY)];
    expect(queries.length).toBeGreaterThan(3);
    let now = page;
    for (const [block, before = "", sql = ""] of queries) {
      const rows = await query(sql);
      expect(rows.length).toBeGreaterThan(0);
      now = now.replace(block, () => before + renderMarkdown(rows));
    }
    const updates = process.env["UPDATE_DOCS"] === "1";
    if (updates) writeFileSync(PAGE, now);
    expect(updates ? now : page).toBe(now);
  },
  5 * MINUTES,
);

test(
  "the tables count what `tpabi stats` counts",
  async () => {
    const rows = await query(`
      WITH there AS (
        SELECT kernel, event FROM 'tables/events.parquet' WHERE arch = 'x86_64'
        UNION SELECT kernel, '-:' || tracepoint FROM 'tables/tracepoints.parquet' WHERE arch = 'x86_64' AND is_bare
      ), touched AS (
        SELECT kernel, e.event,
          bool_or(rule IN ('event-added', 'tracepoint-added')) AS added,
          bool_or(rule IN ('event-removed', 'event-split', 'tracepoint-removed')) AS removed,
          bool_or(rule IN ('event-renamed', 'event-moved')) AS renamed,
          bool_or(level = 'breaking') AS breaking, bool_or(level = 'likely') AS likely
        FROM 'tables/findings.parquet' f JOIN 'tables/change_events.parquet' e USING (kernel, arch, change)
        WHERE arch = 'x86_64' AND role <> 'former' AND f.event <> '*:*'
        GROUP BY kernel, e.event
      )
      SELECT kernel, split_part(event, ':', 1) AS system, count(there.event) AS events,
        count(*) FILTER (added) AS added, count(*) FILTER (removed) AS removed, count(*) FILTER (renamed) AS renamed,
        count(*) FILTER (NOT (added OR removed OR renamed)) AS changed,
        count(*) FILTER (breaking) AS breaking, count(*) FILTER (likely) AS likely
      FROM there FULL JOIN touched USING (kernel, event) GROUP BY ALL`);
    const counted = rows.map((row) => Object.values(row).join(",")).sort();
    const said = tpabi("stats", "--format", "csv").stdout.split("\n").slice(1, -1);
    expect(counted.length).toBeGreaterThan(3000);
    expect(counted).toEqual(said.map((line) => line.replace(/^([^,]*),[^,]*,/, "$1,")).sort());
  },
  5 * MINUTES,
);

test.each(["sched:sched_switch", "block:block_rq_issue"])(
  "the tables have the findings of `tpabi history %s`",
  async (event) => {
    const rows = await query(`
      SELECT kernel, fingerprint FROM 'tables/findings.parquet' f
      JOIN 'tables/change_events.parquet' e USING (kernel, arch, change)
      WHERE arch = 'x86_64' AND e.event = '${event}'`);
    const { steps } = JSON.parse(tpabi("history", event, "--format", "json").stdout) as {
      steps: readonly { version: string; findings: readonly { id: string; event: string }[] }[];
    };
    // What concerns every event has a row of its own, and not one for each event.
    const told = steps.flatMap(({ version, findings }) =>
      findings.filter((finding) => finding.event !== "*:*").map(({ id }) => `${version} ${id}`),
    );
    expect(told.length).toBeGreaterThan(0);
    expect(rows.map((row) => `${String(row["kernel"])} ${String(row["fingerprint"])}`).sort()).toEqual(told.sort());
  },
  5 * MINUTES,
);

test(
  "rows have unique keys, in every table",
  async () => {
    const { TABLE_NAMES } = await import("../../src/export/names.ts");
    const { TABLES } = await import("../../src/export/tables/index.ts");
    for (const name of TABLE_NAMES) {
      const key = TABLES[name].key.join(", ");
      expect([
        name,
        await query(`SELECT ${key} FROM 'tables/${name}.parquet' GROUP BY ALL HAVING count(*) > 1 LIMIT 1`),
      ]).toEqual([name, []]);
    }
  },
  5 * MINUTES,
);
