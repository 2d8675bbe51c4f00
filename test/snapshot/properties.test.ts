// What holds for any snapshot, on snapshots made from fixed seeds, half of them with names that nobody would choose.

import { expect, test } from "@jest/globals";

import { toLines, toSnapshot } from "../../src/baselines/lines.ts";
import { decodePack, encodePack, linesOf } from "../../src/baselines/pack.ts";
import { decode, encode } from "../../src/snapshot/codec.ts";
import { compareVersions } from "../../src/snapshot/version.ts";
import { randomSnapshot } from "./random-snapshot.ts";

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const kernelOf = (seed: number) => randomSnapshot(seed, seed % 2 === 0);

test.each(SEEDS)("seed %i: what is saved comes back, and is saved again with the same bytes", (seed) => {
  const snapshot = kernelOf(seed);
  const text = encode(snapshot);
  const decoded = decode(text, "x.json");
  expect(decoded).toEqual(snapshot);
  expect(encode(decoded)).toBe(text);
});

test.each([1, 2, 3, 4, 5, 6, 26])("seed %i: a pack gives back each of its kernels, whatever their order", (seed) => {
  const kernels = [0, 1, 2, 3].map((more) => {
    const snapshot = kernelOf(seed + 1000 * more);
    return { ...snapshot, kernel: { ...snapshot.kernel, version: `6.1.${more}` } };
  });
  const memory = new Map();
  const lines = kernels.map((kernel) => toLines(encode(kernel), memory));
  const [first, second, ...rest] = lines as [(typeof lines)[0], (typeof lines)[0]];
  const file = encodePack(lines);
  const pack = decodePack(file, "a.br");
  const read = pack.entries.map((entry) => toSnapshot(linesOf(pack, entry)));
  const sorted = kernels.toSorted((one, other) => compareVersions(one.kernel.version, other.kernel.version));
  expect(read.map(encode)).toEqual(sorted.map(encode));
  expect(encodePack(lines.toReversed()).equals(file)).toBe(true);
  // Nor does it matter which were there before.
  const grown = decodePack(encodePack(rest, decodePack(encodePack([second, first]), "a.br")), "a.br");
  expect(grown.entries.map((entry) => encode(toSnapshot(linesOf(grown, entry))))).toEqual(read.map(encode));
});
