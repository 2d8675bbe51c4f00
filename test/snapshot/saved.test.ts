// The check of saved snapshots by hand and the public schema must accept the same files.

import { createRequire } from "node:module";

import { expect, test } from "@jest/globals";
import { Ajv } from "ajv";

import { decode, encode } from "../../src/snapshot/codec.ts";
import { BTF_SNAPSHOT, SNAPSHOT } from "../samples.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const require = createRequire(import.meta.url);
const isValid = new Ajv({ strictTypes: false }).compile(require("../../docs/snapshot.schema.json") as object);

/** The sample with everything that a snapshot may have, so that a wrong value can be tried in every place. */
const FULL = JSON.parse(
  encode({
    ...SNAPSHOT,
    kernel: { ...SNAPSHOT.kernel, config: "0".repeat(40) },
    commonFields: SNAPSHOT.commonFields.map((field) => ({ ...field, location: { file: "a.h", line: 1 } })),
    tracepoints: [
      ...SNAPSHOT.tracepoints,
      { name: "nbd", args: [], writable: true, when: "CONFIG_NBD", location: { file: "a.h", line: 2 } },
    ],
    classes: BTF_SNAPSHOT.classes ?? [],
    problems: [{ code: "unknown-type", message: "text", file: "a.h", line: 7, event: "nbd:nbd" }],
  }),
) as Json;

const OTHER_VALUES: readonly Json[] = [null, true, false, -1, 0, 1.5, 7, "", "scalar", [], {}, [1], { a: 1 }];

test("both accept the sample", () => {
  expect(accepts(FULL)).toBe(true);
  expect(isValid(FULL)).toBe(true);
});

test("both say the same of a wrong value in any place, of a missing key and of a key too many", () => {
  let tried = 0;
  const disagree: string[] = [];
  const compare = (what: string): void => {
    tried++;
    if (accepts(FULL) !== isValid(FULL)) disagree.push(`${what}: the schema says ${!accepts(FULL)}`);
  };
  for (const { parent, key, place } of places(FULL, "")) {
    const value = parent[key] as Json;
    for (const other of OTHER_VALUES) {
      parent[key] = other;
      compare(`${place} = ${JSON.stringify(other)}`);
    }
    if (!Array.isArray(parent)) {
      delete parent[key];
      compare(`${place} gone`);
      parent[`${key}X`] = value;
      compare(`${place} under another name`);
      delete parent[`${key}X`];
    }
    parent[key] = value;
  }
  expect(disagree).toEqual([]);
  expect(tried).toBeGreaterThan(1000);
});

interface Place {
  readonly parent: { [key: string]: Json };
  readonly key: string;
  readonly place: string;
}

function* places(value: Json, place: string): Generator<Place> {
  if (typeof value !== "object" || value === null) return;
  // The keys are read at once: the caller puts other values in their places meanwhile.
  for (const key of Object.keys(value)) {
    const parent = value as { [key: string]: Json };
    const below = parent[key] as Json;
    yield { parent, key, place: `${place}/${key}` };
    yield* places(below, `${place}/${key}`);
  }
}

function accepts(value: Json): boolean {
  try {
    decode(JSON.stringify(value), "sample.json");
    return true;
  } catch (error) {
    if (!["bad-snapshot", "newer-snapshot"].includes((error as { code: string }).code)) throw error;
    return false;
  }
}
