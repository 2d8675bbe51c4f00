import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { readBytes, readText, writeAtomically } from "../../src/sources/files.ts";

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

test("what killed runs left is removed when nobody can be at it any more", async () => {
  const path = join(directory, "kept.json");
  const then = new Date(Date.now() - 7_200_000);
  for (const name of ["kept.json.1-2.tmp", "kept.json.3-4.tmp", "kept.json.x.tmp", "other.json.1-2.tmp"]) {
    await writeFile(join(directory, name), "half");
    if (!name.includes("3-4")) await utimes(join(directory, name), then, then);
  }
  await writeAtomically(path, "whole");
  const left = (await readdir(directory)).filter((name) => /kept|other/.test(name)).sort();
  expect(left).toEqual(["kept.json", "kept.json.3-4.tmp", "kept.json.x.tmp", "other.json.1-2.tmp"]);
});

test("a device that never ends is read up to the limit", async () => {
  await expect(readBytes("/dev/zero")).rejects.toMatchObject({
    code: "limit-exceeded",
    message: "'/dev/zero' is larger than 256 MiB",
  });
});

test("a file beyond the limit, and a small one that unpacks to more, are refused", async () => {
  const [large, bomb] = [join(directory, "large.json"), join(directory, "bomb.json.gz")];
  await writeFile(large, "");
  await truncate(large, 256 * 1024 * 1024 + 1);
  await writeFile(bomb, gzipSync(Buffer.alloc(256 * 1024 * 1024 + 1), { level: 1 }));
  for (const path of [large, bomb]) {
    const message = `'${path}' is larger than 256 MiB`;
    await expect(readText(path)).rejects.toMatchObject({ code: "limit-exceeded", message });
  }
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
