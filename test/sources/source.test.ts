import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { writeBaselines } from "../../src/baselines/store.ts";
import { toAddition } from "../../src/baselines/update.ts";
import type { Native, SourceRequest } from "../../src/native.ts";
import { encode } from "../../src/snapshot/codec.ts";
import type { ReadOptions } from "../../src/sources/reader.ts";
import { findReader, READERS, readSnapshot, splitSources } from "../../src/sources/source.ts";
import { BTF_SNAPSHOT, SNAPSHOT } from "../samples.ts";

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
  ["running", {}, "running", "running"],
  ["running", { repo: "." }, "running", "running"],
  ["git:running", { repo: "." }, "git:REV", "running"],
  ["btf:", {}, "btf:PATH", ""],
  ["btf:vmlinux", { repo: "." }, "btf:PATH", "vmlinux"],
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
])("'%s' is refused", (spelling, code, message) => {
  expect(() => findReader(spelling, {})).toThrow(expect.objectContaining({ code, message }));
});

test("no two readers have the same spelling or prefix", () => {
  expect(new Set(READERS.map(({ spelling }) => spelling)).size).toBe(READERS.length);
  expect(new Set(READERS.map(({ prefix }) => prefix)).size).toBe(READERS.length);
});

test.each([
  ["v6.12", ["v6.12"]],
  ["v6.12+tracefs:a+btf:b", ["v6.12", "tracefs:a", "btf:b"]],
  ["6.12.117+deb12-amd64", ["6.12.117+deb12-amd64"]],
  ["./linux+patches+btf:x+y", ["./linux+patches", "btf:x+y"]],
  ["tracefs:+btf:", ["tracefs:", "btf:"]],
])("'%s' names the sources %j", (spelling, expected) => {
  expect(splitSources(spelling)).toEqual(expected);
});

describe("reading", () => {
  const requests: (SourceRequest | string)[] = [];
  const native: Native = {
    readTracefs: (path) => {
      requests.push(path);
      return Promise.resolve(JSON.stringify(SNAPSHOT));
    },
    readBtf: (path, options) => {
      requests.push(`${path} ${JSON.stringify(options)}`);
      return Promise.resolve(JSON.stringify(BTF_SNAPSHOT));
    },
    readSource: (request) => {
      requests.push(request);
      return Promise.resolve(JSON.stringify(SNAPSHOT));
    },
    readChange: () => Promise.reject(new Error("no change is asked for")),
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
    ["btf:", {}, '/sys/kernel/btf {"symbols":[]}'],
    ["./test", {}, { kind: "tree", path: "./test", arch: "x86_64", cacheDir: null }],
  ])("%s with %j asks the addon for %j", async (spelling, options, expected) => {
    const { kernel } = await readSnapshot(spelling, { ...options, native });
    expect(kernel.origin).toEqual(spelling.startsWith("btf:") ? ["btf"] : ["source"]);
    expect(requests.at(-1)).toEqual(expected);
  });

  test("BTF is read last and asked for the constants that the others name", async () => {
    const { kernel } = await readSnapshot("btf:b+tracefs:a", { native });
    expect(kernel.origin).toEqual(["source", "btf"]);
    expect(requests.slice(-2)).toEqual(["a", 'b {"symbols":["WB_REASON_BACKGROUND","WB_REASON_SYNC"]}']);
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

  test("a baseline is found by its version", async () => {
    await writeBaselines(directory, [toAddition(encode(SNAPSHOT), undefined, new Map())]);
    expect(await readSnapshot("v6.12", { baselines: [directory] })).toEqual(SNAPSHOT);
    await expect(readSnapshot("v6.13", { baselines: [directory] })).rejects.toMatchObject({
      code: "unknown-kernel",
      hint: expect.stringContaining("the nearest: v6.12.117"),
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
