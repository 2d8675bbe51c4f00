// The baselines that are shipped: that all are there and listed, and that one of each pack is what it was.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, test } from "@jest/globals";
import { Ajv } from "ajv";

import { decodePack } from "../../src/baselines/pack.ts";
import { encodeRegistry, readRegistry, type Registry, SHIPPED } from "../../src/baselines/registry.ts";
import { listBaselines, readBaseline } from "../../src/baselines/store.ts";
import { verifyBaselines } from "../../src/baselines/verify.ts";
import { decode, encode } from "../../src/snapshot/codec.ts";
import { compareVersions } from "../../src/snapshot/version.ts";
import { additionsOf } from "./baseline-samples.ts";

const require = createRequire(import.meta.url);
const isValid = new Ajv().compile(require("../../docs/kernels.schema.json") as object);
const registry = await readRegistry(SHIPPED);
const baselines = await listBaselines();

test("kernels.json is what its schema says, one release of each version, sorted", () => {
  expect([isValid(registry), isValid.errors]).toEqual([true, null]);
  const versions = registry.kernels.map(({ version }) => version);
  expect([...new Set(versions)].sort(compareVersions)).toEqual(versions);
  expect(readFileSync(`${SHIPPED}kernels.json`, "utf8")).toBe(encodeRegistry(registry));
});

test.each<[string, (registry: Registry) => unknown]>([
  ["no source", ({ kernels: [first] }) => ({ ...registry, kernels: [{ ...first, source: undefined }] })],
  ["a digest that is none", ({ kernels: [first] }) => ({
    ...registry,
    kernels: [{ ...first, arches: { x86_64: { events: 1, tracepoints: 1, sha256: "00" } } }],
  })],
  ["a day in place of a month", () => ({ ...registry, series: { "6.1": { lts: true, endOfLife: "2027-12-31" } } })],
])("the schema refuses %s", (_, change) => {
  expect(isValid(JSON.parse(JSON.stringify(change(registry))))).toBe(false);
});

test("what tpabi writes into a registry is what the schema says", () => {
  const kernels = additionsOf(["6.1.2"]).map(({ kernel, source, entry }) => ({
    ...{ version: kernel.version, series: "6.1", source, pack: "baselines/6.br" },
    arches: { [kernel.arch]: entry },
  }));
  expect([isValid(JSON.parse(encodeRegistry({ ...registry, kernels }))), isValid.errors]).toEqual([true, null]);
});

const packs = [...new Set(baselines.map(({ pack }) => pack))];

test("the packs hold exactly the kernels that are listed", () => {
  const packed = packs.flatMap((path) =>
    decodePack(readFileSync(path), path).entries.map(({ kernel: { version, arch } }) => `${version} ${arch}`),
  );
  expect(packed.sort()).toEqual(baselines.map(({ version, arch }) => `${version} ${arch}`).sort());
});

test("every series with long-term support has a baseline", () => {
  const shipped = new Set(baselines.map(({ series }) => series));
  expect(Object.keys(registry.series).filter((series) => !shipped.has(series))).toEqual([]);
});

// They are read without the check that other saved snapshots get. `tpabi baseline verify` does it for all.
test.each(packs.map((path) => [path.slice(SHIPPED.length), baselines.findLast(({ pack }) => pack === path)] as const))(
  "the newest baseline of %s is valid, and the one that kernels.json means",
  async (_, baseline) => {
    if (baseline === undefined) throw new Error("no baseline");
    for await (const { fault } of verifyBaselines([baseline])) expect(fault).toBeUndefined();
    const { version, arch } = baseline;
    expect(decode(encode(await readBaseline(baseline)), version).kernel).toMatchObject({ version, arch });
  },
);
