// Snapshots to and from JSON text. The same snapshot gives the same bytes: one event and one tracepoint per line, so that
// diffs of saved snapshots read well, and keys sorted; only the top level keeps an order of its own, identity first.

import { createRequire } from "node:module";

import type { ErrorObject, ValidateFunction } from "ajv";

import { ToolError } from "../errors.ts";
import { SNAPSHOT_SCHEMA_VERSION, type Snapshot } from "./model.ts";

/** The text of a snapshot file. */
export function encode(snapshot: Snapshot): string {
  const parts = [
    `"schemaVersion": ${snapshot.schemaVersion}`,
    `"kernel": ${toText(snapshot.kernel)}`,
    `"knows": ${toText(snapshot.knows)}`,
    `"commonFields": ${listToLines(snapshot.commonFields)}`,
    `"events": ${listToLines(snapshot.events)}`,
    `"tracepoints": ${listToLines(snapshot.tracepoints)}`,
    ...(snapshot.classes === undefined ? [] : [`"classes": ${listToLines(snapshot.classes)}`]),
    `"enums": ${recordToLines(snapshot.enums)}`,
    `"problems": ${listToLines(snapshot.problems)}`,
  ];
  return `{\n${parts.join(",\n")}\n}\n`;
}

/** The snapshot in a file's text; `name` is what messages call the file. */
export async function decode(text: string, name: string): Promise<Snapshot> {
  const value = parse(text, name);
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version !== "number") {
    throw new ToolError("bad-snapshot", `'${name}' is no tpabi snapshot: it has no schemaVersion`);
  }
  if (version > SNAPSHOT_SCHEMA_VERSION) {
    throw new ToolError(
      "newer-snapshot",
      `'${name}' has snapshot format ${version}; this tpabi reads up to ${SNAPSHOT_SCHEMA_VERSION}`,
    );
  }
  validator ??= await compileSchema();
  if (!validator(value)) {
    throw new ToolError("bad-snapshot", `'${name}' is no valid snapshot: ${firstError(validator.errors)}`);
  }
  return value;
}

// The validator takes longer to load than a saved snapshot takes to check, and most runs read none.
let validator: ValidateFunction<Snapshot> | undefined;

async function compileSchema(): Promise<ValidateFunction<Snapshot>> {
  const { Ajv } = await import("ajv");
  const schema: object = createRequire(import.meta.url)("../../docs/snapshot.schema.json");
  return new Ajv().compile<Snapshot>(schema);
}

function parse(text: string, name: string): unknown {
  if (text.trim() === "") throw new ToolError("bad-snapshot", `'${name}' is empty`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ToolError("bad-snapshot", `'${name}' is no JSON: ${describeSyntaxError(text, cause)}`, { cause });
  }
}

/** V8 says the position as an offset; a reader wants the line. */
function describeSyntaxError(text: string, error: unknown): string {
  const message = (error as Error).message;
  const position = Number(/at position (\d+)/.exec(message)?.[1]);
  if (message.includes("Unexpected end") || position >= text.trimEnd().length) return "it ends too early";
  // For a short text V8 quotes the text and leaves the position out.
  if (Number.isNaN(position)) return "syntax error";
  return `syntax error in line ${text.slice(0, position).split("\n").length}`;
}

/** `/events/3/fields/0/offset must be integer` as `events[3].fields[0].offset must be integer`. */
function firstError(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  if (!error) return "unknown reason";
  const place = error.instancePath
    .replace(/\/(\d+)/g, "[$1]")
    .replace(/\//g, ".")
    .replace(/^\./, "");
  const extra = (error.params as { additionalProperty?: string }).additionalProperty;
  return `${place || "the top level"} ${error.message ?? error.keyword}${extra === undefined ? "" : ` ('${extra}')`}`;
}

function listToLines(list: readonly unknown[]): string {
  return list.length === 0 ? "[]" : `[\n${list.map(toText).join(",\n")}\n]`;
}

function recordToLines(record: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(record).sort();
  return keys.length === 0
    ? "{}"
    : `{\n${keys.map((key) => `${JSON.stringify(key)}: ${toText(record[key])}`).join(",\n")}\n}`;
}

function toText(value: unknown): string {
  return JSON.stringify(value, sortKeys);
}

/** A replacer: every object with its keys in code unit order. */
function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
