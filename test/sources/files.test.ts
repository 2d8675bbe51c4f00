import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { readText, writeAtomically } from "../../src/sources/files.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tpabi-"));
});
afterAll(() => rm(directory, { recursive: true }));

test("a file is replaced as a whole, and nothing is left beside it", async () => {
  const path = join(directory, "out.json");
  await writeAtomically(path, "first");
  await writeAtomically(path, "second");
  expect(await readFile(path, "utf8")).toBe("second");
  expect((await readdir(directory)).filter((name) => name.startsWith("out.json"))).toEqual(["out.json"]);
});

test("what cannot be written leaves nothing behind", async () => {
  await expect(writeAtomically(directory, "text")).rejects.toMatchObject({ code: "io" });
  await expect(writeAtomically(join(directory, "no/such/x"), "text")).rejects.toMatchObject({ code: "not-found" });
  expect((await readdir(tmpdir())).filter((name) => name.startsWith(`${directory}.`))).toEqual([]);
});

test("gzip is unpacked by name, and damage is told", async () => {
  const packed = gzipSync("text ".repeat(100));
  await writeFile(join(directory, "a.json.gz"), packed);
  await writeFile(join(directory, "b.json.gz"), packed.subarray(0, 20));
  await writeFile(join(directory, "c.json.gz"), "no gzip");
  expect(await readText(join(directory, "a.json.gz"))).toBe("text ".repeat(100));
  await expect(readText(join(directory, "b.json.gz"))).rejects.toMatchObject({ code: "bad-archive" });
  await expect(readText(join(directory, "c.json.gz"))).rejects.toMatchObject({ code: "bad-archive" });
  await expect(readText(directory)).rejects.toMatchObject({ code: "io" });
});
