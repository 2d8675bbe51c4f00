// Parts that jobs have made, brought together: the same bytes in whatever order, and nothing where two contradict each other.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { mergeBaselines } from "../../src/baselines/merge.ts";
import { listBaselines, readBaseline, writeBaselines } from "../../src/baselines/store.ts";
import { toAddition } from "../../src/baselines/update.ts";
import { encode } from "../../src/snapshot/codec.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { SNAPSHOT } from "../samples.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tpabi-merge-"));
});
afterAll(() => rmSync(root, { recursive: true }));

let made = 0;
const fresh = (): string => join(root, `${++made}`);

function kernel(version: string, arch = "x86_64", changes: Partial<Snapshot> = {}, commit = "a".repeat(40)): Snapshot {
  return { ...SNAPSHOT, kernel: { version, arch, origin: ["source"], ref: `v${version}`, commit }, ...changes };
}

/** A directory with baselines, as a job leaves it. */
async function part(...kernels: readonly Snapshot[]): Promise<string> {
  const directory = fresh();
  await writeBaselines(
    directory,
    kernels.map((one) => toAddition(encode(one), one.kernel.ref, new Map())),
  );
  return directory;
}

/** All files of a directory, by name. */
function filesOf(directory: string): Readonly<Record<string, string>> {
  const names = ["kernels.json", ...readdirSync(join(directory, "baselines")).map((name) => `baselines/${name}`)];
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), "base64")]));
}

test("the order of the parts does not matter, nor how many there were", async () => {
  const kernels = [kernel("5.10.1"), kernel("5.10.2", "x86_64", { enums: {} }), kernel("5.10.2", "arm64"), kernel("6.1")];
  const parts = [await part(kernels[0]!, kernels[2]!), await part(kernels[1]!), await part(kernels[3]!)];
  const [one, other, again] = [fresh(), fresh(), fresh()];
  expect(await mergeBaselines(parts, one)).toEqual({ added: 4, present: 0 });
  await mergeBaselines(parts.toReversed(), other);
  for (const single of parts) await mergeBaselines([single], again);
  const whole = await part(...kernels);
  expect(filesOf(one)).toEqual(filesOf(whole));
  expect(filesOf(other)).toEqual(filesOf(whole));
  expect(filesOf(again)).toEqual(filesOf(whole));
  const merged = await listBaselines([one]);
  expect(merged.map(({ version, arch }) => `${version} ${arch}`)).toEqual([
    "5.10.1 x86_64",
    "5.10.2 arm64",
    "5.10.2 x86_64",
    "6.1 x86_64",
  ]);
  expect(encode(await readBaseline(merged[2]!))).toBe(encode(kernels[1]!));
});

test("a release that two parts have, and the directory too, counts once", async () => {
  const there = await part(kernel("6.1"));
  const before = filesOf(there);
  expect(await mergeBaselines([await part(kernel("6.1")), await part(kernel("6.1"))], there)).toEqual({
    added: 0,
    present: 2,
  });
  expect(filesOf(there)).toEqual(before);
});

test("what is known of series comes along", async () => {
  const [one, other] = [await part(kernel("6.1.5")), await part(kernel("5.10.1"))];
  const path = join(one, "kernels.json");
  const registry = JSON.parse(readFileSync(path, "utf8")) as object;
  writeFileSync(path, JSON.stringify({ ...registry, series: { "6.1": { lts: true, endOfLife: "2027-12" } } }));
  const out = fresh();
  await mergeBaselines([other, one], out);
  expect((await listBaselines([out])).map(({ lts }) => lts?.endOfLife)).toEqual([undefined, "2027-12"]);
});

test.each([
  ["another content", kernel("6.1", "x86_64", { enums: { A: 1 } }), "6.1 for x86_64"],
  ["another commit of the same release", kernel("6.1", "arm64", {}, "b".repeat(40)), "the source of 6.1"],
])("%s is an error that names both, and nothing is written", async (_, contradicting, what) => {
  const [one, other] = [await part(kernel("6.1")), await part(contradicting, kernel("6.2"))];
  const out = fresh();
  await expect(mergeBaselines([one, other], out)).rejects.toThrow(`${what} is not the same in '${one}' and '${other}'`);
  expect(await listBaselines([out])).toEqual([]);
  const before = filesOf(one);
  await expect(mergeBaselines([other], one)).rejects.toThrow(`${what} is not the same in '${one}' and '${other}'`);
  expect(filesOf(one)).toEqual(before);
});

test("a part without baselines is an error: a job that failed is not the same as one with nothing to do", async () => {
  await expect(mergeBaselines([await part(kernel("6.1")), fresh()], fresh())).rejects.toThrow("there are no baselines in");
});
