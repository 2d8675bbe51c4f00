import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import type { Native, SourceRequest } from "../../src/native.ts";
import { encode } from "../../src/snapshot/codec.ts";
import type { ReadOptions } from "../../src/sources/reader.ts";
import { findReader, READERS, readSnapshot } from "../../src/sources/source.ts";
import { SNAPSHOT } from "../samples.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tpabi-"));
});
afterAll(() => rm(directory, { recursive: true }));

test.each([
  ["v6.12.117", {}, "VERSION", "v6.12.117"],
  ["6.12", {}, "VERSION", "6.12"],
  ["latest", {}, "VERSION", "latest"],
  ["6.12-rc3", {}, "VERSION", "6.12-rc3"],
  ["v6.12", { repo: "." }, "git:REV", "v6.12"],
  ["origin/master", { repo: "." }, "git:REV", "origin/master"],
  ["baseline:v6.12", { repo: "." }, "VERSION", "v6.12"],
  ["git:v6.12", {}, "git:REV", "v6.12"],
  ["git:HEAD~3", { repo: "." }, "git:REV", "HEAD~3"],
  ["./v6.12", {}, "DIR", "./v6.12"],
  ["../linux", { repo: "." }, "DIR", "../linux"],
  ["/usr/src/linux", { repo: "." }, "DIR", "/usr/src/linux"],
  [".", {}, "DIR", "."],
  ["src", {}, "DIR", "src"],
  ["some/where", {}, "DIR", "some/where"],
  ["tree:v6.12", {}, "DIR", "v6.12"],
  ["tracefs:", {}, "tracefs:PATH", ""],
  ["tracefs:dump.tar.xz", { repo: "." }, "tracefs:PATH", "dump.tar.xz"],
  ["old.json", {}, "FILE.json", "old.json"],
  ["old.json.gz", { repo: "." }, "FILE.json", "old.json.gz"],
  ["file:old", {}, "FILE.json", "old"],
])("'%s' with %j is read as %s", (spelling, options, expected, target) => {
  const found = findReader(spelling, options);
  expect([found.reader.spelling, found.target]).toEqual([expected, target]);
});

test.each([
  ["", "bad-kernel", "the name of a kernel is empty"],
  ["nonsense", "bad-kernel", "'nonsense' is no version, no directory and no saved snapshot"],
  ["running", "not-supported", "'running' cannot be read yet"],
  ["btf:/sys/kernel/btf", "not-supported", "'btf:/sys/kernel/btf' cannot be read yet"],
])("'%s' is refused", (spelling, code, message) => {
  expect(() => findReader(spelling, {})).toThrow(expect.objectContaining({ code, message }));
});

test("no two readers have the same spelling or prefix", () => {
  expect(new Set(READERS.map(({ spelling }) => spelling)).size).toBe(READERS.length);
  expect(new Set(READERS.map(({ prefix }) => prefix)).size).toBe(READERS.length);
});

describe("reading", () => {
  const requests: (SourceRequest | string)[] = [];
  const native: Native = {
    readTracefs: (path) => {
      requests.push(path);
      return Promise.resolve(JSON.stringify(SNAPSHOT));
    },
    readSource: (request) => {
      requests.push(request);
      return Promise.resolve(JSON.stringify(SNAPSHOT));
    },
  };

  test.each<[string, ReadOptions, SourceRequest | string]>([
    ["tracefs:", {}, "/sys/kernel/tracing"],
    ["tracefs:x.tar", {}, "x.tar"],
    ["git:v6.12", {}, { kind: "git", path: ".", rev: "v6.12", arch: "x86_64", cacheDir: null }],
    [
      "v6.12",
      { repo: "/linux", arch: "x86_64", config: "CONFIG_SMP=y", cacheDir: "/cache" },
      { kind: "git", path: "/linux", rev: "v6.12", arch: "x86_64", config: "CONFIG_SMP=y", cacheDir: "/cache" },
    ],
    ["./test", {}, { kind: "tree", path: "./test", arch: "x86_64", cacheDir: null }],
  ])("%s with %j asks the addon for %j", async (spelling, options, expected) => {
    expect(await readSnapshot(spelling, { ...options, native })).toEqual(SNAPSHOT);
    expect(requests.at(-1)).toEqual(expected);
  });

  test("a kernel of another architecture than the one asked for is refused", async () => {
    await expect(readSnapshot("tracefs:", { native, arch: "arm64" })).rejects.toMatchObject({
      code: "bad-usage",
      message: "'tracefs:' is a kernel for x86_64, not for arm64",
    });
  });

  test("a saved snapshot comes back as it was", async () => {
    const path = join(directory, "saved.json");
    await writeFile(path, encode(SNAPSHOT));
    expect(await readSnapshot(path)).toEqual(SNAPSHOT);
  });

  test("a baseline is found through the list of kernels", async () => {
    await writeFile(join(directory, "a.json"), encode(SNAPSHOT));
    const kernelsFile = join(directory, "kernels.json");
    await writeFile(kernelsFile, '{"kernels": [{"version": "6.12.117", "arch": "x86_64", "file": "a.json"}]}');
    expect(await readSnapshot("v6.12", { kernelsFile })).toEqual(SNAPSHOT);
    await expect(readSnapshot("v6.13", { kernelsFile })).rejects.toMatchObject({
      code: "unknown-kernel",
      hint: expect.stringContaining("the nearest shipped: v6.12.117"),
    });
  });

  test.each([
    ["./no/such/tree", "not-found", "'./no/such/tree' does not exist"],
    ["missing.json", "not-found", "cannot read 'missing.json': it does not exist"],
    ["git:", "bad-kernel", "'git:' names no revision"],
  ])("%s fails with %s", async (spelling, code, message) => {
    await expect(readSnapshot(spelling, { native })).rejects.toMatchObject({ code, message });
  });
});
