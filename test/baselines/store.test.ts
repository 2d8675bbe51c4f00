import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { listBaselines, readBaseline, writeBaselines } from "../../src/baselines/store.ts";
import { type Job, updateBaselines } from "../../src/baselines/update.ts";
import { verifyBaselines } from "../../src/baselines/verify.ts";
import { ToolError } from "../../src/errors.ts";
import { encode } from "../../src/snapshot/codec.ts";
import { additionsOf, sampleOf } from "./baseline-samples.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tpabi-"));
});
afterEach(() => rm(directory, { recursive: true }));

const versions = async (): Promise<readonly string[]> =>
  (await listBaselines([directory])).map(({ version, arch }) => `${version} ${arch}`);

test("what is written is read again, from the pack of its major version", async () => {
  await writeBaselines(directory, additionsOf(["6.1.2"], ["5.10.9"]));
  const [old, young] = await listBaselines([directory]);
  expect(old).toMatchObject({ version: "5.10.9", series: "5.10", events: 1, tracepoints: 2, shipped: false });
  expect(young).toMatchObject({ source: { kind: "git", tag: "v6.1.2", commit: "1".repeat(40) } });
  expect([old?.pack, young?.pack]).toEqual(["5.br", "6.br"].map((name) => join(directory, "baselines", name)));
  expect(young && (await readBaseline(young))).toEqual(sampleOf("6.1.2"));
});

test("a release that is there already is replaced, its other architectures stay", async () => {
  await writeBaselines(directory, additionsOf(["6.1.2"], ["6.1.2", "arm64"]));
  await writeBaselines(directory, additionsOf(["6.1.2"], ["6.1.3"]));
  expect(await versions()).toEqual(["6.1.2 arm64", "6.1.2 x86_64", "6.1.3 x86_64"]);
});

test("the user's baselines come before others of the same release", async () => {
  const other = join(directory, "other");
  await writeBaselines(directory, additionsOf(["6.1.2"]));
  await writeBaselines(other, additionsOf(["6.1.2"], ["6.1.3"]));
  const all = await listBaselines([directory, other, join(directory, "none")]);
  expect(all.map(({ version, pack }) => [version, pack.startsWith(other)])).toEqual([
    ["6.1.2", false],
    ["6.1.3", true],
  ]);
});

test("the same baselines are the same bytes, in whatever order they came", async () => {
  const other = join(directory, "other");
  await writeBaselines(directory, additionsOf(["6.1.2"], ["6.1.10"]));
  await writeBaselines(other, additionsOf(["6.1.10"]));
  await writeBaselines(other, additionsOf(["6.1.2"]));
  for (const file of ["kernels.json", "baselines/6.br"]) {
    expect((await readFile(join(directory, file))).equals(await readFile(join(other, file)))).toBe(true);
  }
});

test("two writers at once both succeed", async () => {
  await Promise.all(["6.1.1", "6.1.2", "6.1.3"].map((version) => writeBaselines(directory, additionsOf([version]))));
  expect(await versions()).toEqual(["6.1.1 x86_64", "6.1.2 x86_64", "6.1.3 x86_64"]);
});

test.each([
  ["of a process that is gone", "999999999", 0],
  ["that is very old", "1", 3600],
])("a lock %s does not keep others out", async (_, pid, age) => {
  const lock = join(directory, "baselines", "lock");
  await mkdir(join(directory, "baselines"));
  await writeFile(lock, pid);
  const then = Date.now() / 1000 - age;
  await utimes(lock, then, then);
  await writeBaselines(directory, additionsOf(["6.1.2"]));
  expect(await versions()).toEqual(["6.1.2 x86_64"]);
});

test.each([
  ["no JSON", "{", "bad-baseline", "is no JSON"],
  ["another JSON", "[]", "bad-baseline", "is no list of baselines"],
  ["a later version", '{"schemaVersion": 2, "kernels": []}', "newer-snapshot", "has format 2"],
])("a kernels.json that is %s is one clear error", async (_, text, code, message) => {
  await writeFile(join(directory, "kernels.json"), text);
  await expect(listBaselines([directory])).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

/** Reads as a repository would, and stops after some kernels, as if it were killed. */
function reader(asked: string[], stopAfter = Infinity) {
  return async function* read(jobs: readonly Job[]): AsyncGenerator<string | Error> {
    for (const { tag, arch } of jobs) {
      if (asked.length === stopAfter) throw new Error("killed");
      asked.push(`${tag} ${arch}`);
      yield tag === "v6.1.5" ? new ToolError("not-a-kernel", "no Makefile") : encode(sampleOf(tag.slice(1), arch));
    }
  };
}

test("an update makes what is missing, the oldest first, and goes on after a tag that is no kernel", async () => {
  await writeBaselines(directory, additionsOf(["6.1.2"]));
  const asked: string[] = [];
  const request = { directory, tags: ["v6.1.10", "v6.1.5", "v6.1.2"], arches: ["x86_64", "arm64"] };
  const { made, present, failed } = await updateBaselines({ ...request, readAll: reader(asked) });
  expect(asked).toEqual(["v6.1.2 arm64", "v6.1.5 x86_64", "v6.1.5 arm64", "v6.1.10 x86_64", "v6.1.10 arm64"]);
  expect([made.length, present, failed.map(({ tag }) => tag)]).toEqual([3, 1, ["v6.1.5", "v6.1.5"]]);
  expect(await versions()).toEqual(["6.1.2 arm64", "6.1.2 x86_64", "6.1.10 arm64", "6.1.10 x86_64"]);
  const again: string[] = [];
  await updateBaselines({ ...request, readAll: reader(again) });
  expect(again).toEqual(["v6.1.5 x86_64", "v6.1.5 arm64"]);
});

test("an update that was cut off goes on where it was", async () => {
  const request = { directory, tags: ["v6.1.1", "v6.1.2", "v6.1.3"], arches: ["x86_64"], keepAfterMs: 0 };
  await expect(updateBaselines({ ...request, readAll: reader([], 2) })).rejects.toThrow("killed");
  expect(await versions()).toEqual(["6.1.1 x86_64", "6.1.2 x86_64"]);
  const asked: string[] = [];
  await updateBaselines({ ...request, readAll: reader(asked) });
  expect(asked).toEqual(["v6.1.3 x86_64"]);
});

test("verification tells what is damaged, what is another snapshot, and what its source no longer gives", async () => {
  await writeBaselines(directory, additionsOf(["4.9.1"], ["5.4.1"], ["6.1.1"], ["7.0.1"]));
  const registry = join(directory, "kernels.json");
  const [, , middle] = await listBaselines([directory]);
  await writeFile(registry, (await readFile(registry, "utf8")).replace(middle?.sha256 ?? "", "0".repeat(64)));
  await writeFile(join(directory, "baselines", "5.br"), "tpabi-b1");
  const extract = ({ version }: { version: string }) =>
    Promise.resolve(version === "7.0.1" ? sampleOf("7.0.1", "x86_64", 3) : sampleOf(version));
  const faults: (string | undefined)[] = [];
  for await (const { fault } of verifyBaselines(await listBaselines([directory]), extract)) faults.push(fault);
  expect(faults).toEqual([
    undefined,
    expect.stringContaining("is damaged"),
    "its content is not what kernels.json says",
    "its source gives another snapshot now",
  ]);
});
