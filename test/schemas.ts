// The published schemas (docs/*.schema.json), compiled together as a program that reads our JSON would do it.

import { readdirSync, readFileSync } from "node:fs";

import { Ajv } from "ajv";

const DOCS = new URL("../docs/", import.meta.url);

/** What comes before `.schema.json`. */
export const SCHEMA_NAMES: readonly string[] = readdirSync(DOCS)
  .flatMap((name) => /^(.*)\.schema\.json$/.exec(name)?.[1] ?? [])
  .sort();

export function readSchema(name: string): object {
  return JSON.parse(readFileSync(new URL(`${name}.schema.json`, DOCS), "utf8")) as object;
}

const ajv = new Ajv({ strictTypes: false, strictRequired: false });
for (const name of SCHEMA_NAMES) ajv.addSchema(readSchema(name));

/** What a schema has against a value, one line each. */
export function faultsOf(name: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(`urn:tpabi:${name}:1`);
  if (validate === undefined) throw new Error(`docs/${name}.schema.json has another $id than urn:tpabi:${name}:1`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
