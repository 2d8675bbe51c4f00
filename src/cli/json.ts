// What commands print for programs. Invariant: an object with the version of its form, which docs/*.schema.json describe.

import { renderJson } from "../reports/json.ts";

/** It grows when a reader of any of these forms has to change. */
const SCHEMA_VERSION = 1;

/** The text of a JSON output. */
export function toJson(value: object): string {
  return renderJson({ schemaVersion: SCHEMA_VERSION, ...value });
}
