// Rows as lines of JSON (docs/export.schema.json). Invariant: every row has all columns of its table in their order, so that
// readers which guess a schema from the first rows guess right.

import type { Encoder } from "./encoder.ts";
import type { TableName } from "./names.ts";
import { TABLES } from "./tables/index.ts";

/** Rows are handed on in pieces of this many characters, which costs less than one by one. */
const PIECE = 1 << 20;

export function createJsonlEncoder(name: TableName): Encoder {
  const columns = Object.keys(TABLES[name].columns);
  const keys = columns.map((column, index) => `${index === 0 ? "{" : ","}${JSON.stringify(column)}:`);
  return {
    *add(rows) {
      let piece = "";
      for (const row of rows) {
        for (const [index, key] of keys.entries()) piece += key + JSON.stringify(row[columns[index] as string] ?? null);
        piece += "}\n";
        if (piece.length < PIECE) continue;
        yield Buffer.from(piece);
        piece = "";
      }
      if (piece !== "") yield Buffer.from(piece);
    },
    finish: () => [],
  };
}
