import { createHash } from "node:crypto";

import { expect, test } from "@jest/globals";

import { toLines, toSnapshot } from "../../src/baselines/lines.ts";
import { decodePack, encodePack, linesOf } from "../../src/baselines/pack.ts";
import { encode } from "../../src/snapshot/codec.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { BTF_SNAPSHOT } from "../samples.ts";
import { sampleOf } from "./baseline-samples.ts";

const EMPTY: Snapshot = { ...BTF_SNAPSHOT, commonFields: [], tracepoints: [], classes: [], enums: {} };

const lines = (snapshot: Snapshot) => toLines(encode(snapshot), new Map());

test.each<[string, Snapshot]>([
  ["from source", sampleOf("6.1")],
  ["from BTF", BTF_SNAPSHOT],
  ["with nothing in it", EMPTY],
  ["with text that is not ASCII", { ...EMPTY, enums: { "\u00e9\u{1f600}": 1 } }],
])("a snapshot %s comes out of a pack as it went in", (_, snapshot) => {
  const pack = decodePack(encodePack([lines(snapshot)]), "a.br");
  const [entry] = pack.entries;
  expect(entry && encode(toSnapshot(linesOf(pack, entry)))).toBe(encode(snapshot));
});

test("events that only moved share their lines, and all places come back", () => {
  const kernels = [sampleOf("6.1"), sampleOf("6.2", "x86_64", 40), sampleOf("6.2", "arm64", 7)];
  const memory = new Map();
  const pack = decodePack(encodePack(kernels.map((kernel) => toLines(encode(kernel), memory))), "a.br");
  expect(pack.lines.filter((line) => line.includes('"block_rq_insert"')).length).toBe(2);
  const read = pack.entries.map((entry) => toSnapshot(linesOf(pack, entry)));
  expect(read).toEqual([kernels[0], kernels[2], kernels[1]]);
});

test("the order in which kernels are added makes no difference", () => {
  const kernels = ["6.12.117", "2.6.38.8", "6.1.9"].map((version) => lines(sampleOf(version)));
  expect(encodePack(kernels.toReversed()).equals(encodePack(kernels))).toBe(true);
});

test("a small pack that unpacks without end is refused", () => {
  const empty = { ...sampleOf("6.1"), enums: { ["x".repeat(2 ** 21)]: 1 } };
  const bomb = encodePack([lines(empty)]);
  expect(bomb.length).toBeLessThan(20_000);
  expect(() => decodePack(bomb, "a.br", 2 ** 20)).toThrow(
    expect.objectContaining({ code: "limit-exceeded", message: "'a.br' unpacks to more than 1 MiB" }),
  );
});

const FILE = encodePack([lines(sampleOf("6.1"))]);
/** Any bytes as the content of a pack, with the digest that they have. */
function sealed(bytes: Buffer): Buffer {
  return Buffer.concat([FILE.subarray(0, 8), createHash("sha256").update(bytes).digest(), bytes]);
}

const changed = (at: number): Buffer => Buffer.from(FILE.map((byte, i) => (i === at ? byte ^ 1 : byte)));

test.each([
  ["empty", Buffer.alloc(0), "bad-baseline", "'a.br' is no pack of baselines"],
  ["of another kind", Buffer.from('{"schemaVersion": 1}'), "bad-baseline", "'a.br' is no pack of baselines"],
  ["of a later tpabi", Buffer.concat([Buffer.from("tpabi-b2"), FILE.subarray(8)]), "newer-snapshot", "'a.br' has a newer format"],
  ["cut off in its head", FILE.subarray(0, 20), "bad-baseline", "'a.br' is damaged"],
  ["cut off at its end", FILE.subarray(0, -1), "bad-baseline", "'a.br' is damaged"],
  ["changed in its digest", changed(10), "bad-baseline", "'a.br' is damaged"],
  ["changed in the middle", changed(FILE.length >> 1), "bad-baseline", "'a.br' is damaged"],
  ["with a byte too many", Buffer.concat([FILE, Buffer.from([0])]), "bad-baseline", "'a.br' is damaged"],
  ["no brotli", sealed(Buffer.from("no brotli")), "bad-baseline", "'a.br' is damaged: it is no brotli"],
])("a pack that is %s is one clear error", (_, file, code, message) => {
  expect(() => decodePack(file, "a.br")).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});
