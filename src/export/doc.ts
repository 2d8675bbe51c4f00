// What is published about the tables: their columns in docs/export.md, and docs/export.schema.json for rows as JSON.

import type { Column, ColumnType } from "./column.ts";
import { TABLE_NAMES } from "./names.ts";
import { EXPORT_SCHEMA_VERSION, TABLES } from "./tables/index.ts";

/** The section of docs/export.md that lists all tables and columns. */
export function renderTables(): string {
  return TABLE_NAMES.map((name) => {
    const { meaning, key, columns } = TABLES[name];
    const rows = Object.entries(columns).map(
      ([column, { type, nullable, meaning: says }]) =>
        `| \`${column}\` | ${type}${nullable ? ", may be empty" : ""} | ${says.replaceAll("|", "\\|")} |\n`,
    );
    return `### \`${name}\`

${meaning}.
Key: ${key.map((column) => `\`${column}\``).join(", ")}.

| column | type | meaning |
|---|---|---|
${rows.join("")}`;
  }).join("\n");
}

const JSON_TYPES: Readonly<Record<ColumnType, string>> = {
  string: "string",
  int32: "integer",
  int64: "integer",
  double: "number",
  boolean: "boolean",
};

/** The schema of one line of each table as JSON: `definitions` has one for every table. */
export function exportSchema(): object {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Rows that `tpabi export --format jsonl` writes",
    description: `Version ${EXPORT_SCHEMA_VERSION} of the tables; a line of TABLE.jsonl is described by definitions/TABLE.`,
    definitions: Object.fromEntries(
      TABLE_NAMES.map((name) => {
        const { meaning, columns } = TABLES[name];
        const properties = Object.entries(columns).map(([column, own]) => [column, propertyOf(own)]);
        return [
          name,
          {
            description: meaning,
            type: "object",
            required: Object.keys(columns),
            additionalProperties: false,
            properties: Object.fromEntries(properties),
          },
        ];
      }),
    ),
  };
}

function propertyOf({ type, nullable, meaning }: Column): object {
  return { description: meaning, type: nullable ? [JSON_TYPES[type], "null"] : JSON_TYPES[type] };
}
