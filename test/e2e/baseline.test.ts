import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { makeRepository, type Repository } from "../notes/repository.ts";
import { demoTree } from "./demo-tree.ts";
import { run, tpabi } from "./run.ts";

let directory: string;
let repository: Repository;
let repo: string;
let kept: string;

/** A kernel of a series that tpabi has no baselines of. */
function tree(release: number, fields: string): Readonly<Record<string, string>> {
  return { ...demoTree(release, fields), Makefile: `VERSION = 9\nPATCHLEVEL = 9\nSUBLEVEL = ${release}\n` };
}

const baseline = (...args: readonly string[]) => tpabi("baseline", ...args, "--dir", kept);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
  kept = join(directory, "kept");
  repository = makeRepository();
  repo = repository.path;
  for (const release of [1, 2, 3, 10])
    repository.release(`v9.9.${release}`, tree(release, `__field(int, f${release})`));
  repository.release("v9.9.11", {
    ...tree(11, "__field(int, f10)"),
    "include/linux/tracepoint.h": "struct other { int x; };",
  });
});
afterAll(() => {
  repository.remove();
  rmSync(directory, { recursive: true });
});

test("an update makes a baseline of each tag, and a second one has nothing to do", () => {
  const tags = ["--repo", repo, "--tags", "v9.9.1*", "--arch", "x86_64", "--arch", "arm64"];
  expect(baseline("update", ...tags)).toMatchObject({
    status: 0,
    stderr: `6 baselines made, 0 there already, in ${kept}\n`,
  });
  expect(baseline("update", ...tags).stderr).toBe(`0 baselines made, 6 there already, in ${kept}\n`);
  const { baselines } = JSON.parse(baseline("list", "9.9.x", "--json").stdout) as {
    baselines: { version: string; arch: string }[];
  };
  expect(baselines.map(({ version, arch }) => `${version} ${arch}`)).toEqual(
    ["9.9.1", "9.9.10", "9.9.11"].flatMap((version) => [`${version} arm64`, `${version} x86_64`]),
  );
  expect(baseline("verify", "9.9.x", "--repo", repo)).toMatchObject({
    status: 0,
    stdout: "2 of 2 baselines are right\n",
  });
});

test("what was made in one session is what `tpabi snapshot` makes, byte for byte", () => {
  const [shown, made] = [join(directory, "shown.json"), join(directory, "made.json")];
  expect(baseline("show", "9.9.11", "-o", shown).status).toBe(0);
  expect(tpabi("snapshot", "git:v9.9.11", "--repo", repo, "--no-cache", "-o", made).status).toBe(0);
  expect(readFileSync(shown, "utf8")).toBe(readFileSync(made, "utf8"));
});

test("one kernel is added from a source tree, and other commands find it by its version", () => {
  expect(baseline("add", `tree:${repo}`)).toMatchObject({ status: 0, stderr: `added 9.9.11 for x86_64 to ${kept}\n` });
  const { stdout } = baseline("show", "9.9.11");
  expect(stdout).toContain("source       read from source\n");
  const diff = run("env", [`TPABI_BASELINES=${kept}`, process.execPath, "dist/cli/main.js", "diff", "9.9.1", "9.9.10"]);
  expect([diff.status, diff.stderr]).toEqual([1, ""]);
  expect(diff.stdout).toContain("demo:demo_tick");
});

test("a damaged pack is one clear error where it is read, and a fault where it is verified", () => {
  const pack = join(kept, "baselines/9.br");
  const bytes = readFileSync(pack);
  writeFileSync(pack, bytes.subarray(0, -9));
  const { status, stderr } = baseline("show", "9.9.1");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: '.*9\.br' is damaged: .*\nhelp: .*\n$/);
  expect(baseline("verify", "9.9.1")).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("9.9.1 for x86_64: '"),
  });
});

test.each([
  [["list", "five"], "error: 'five' is no range of kernel versions"],
  [["show", "9.8.1"], "error: there is no baseline of '9.8.1' for x86_64"],
  [["update", "--repo", "/nowhere"], "error: '/nowhere' does not exist"],
  [["update"], "error: required option '--repo <dir>' not specified"],
  [
    ["add", "tracefs:test/fixtures/tracefs-6.1.192"],
    "error: 'tracefs:test/fixtures/tracefs-6.1.192' does not say its version",
  ],
  [["merge", "/nowhere"], "error: there are no baselines in '/nowhere'"],
  [["merge"], "error: missing required argument 'dir'"],
  [["frobnicate"], "error: unknown command 'frobnicate'"],
])("baseline %j is refused in one line", (args, message) => {
  const { status, stderr } = baseline(...args);
  expect(status).toBe(2);
  expect(stderr.split("\n")[0]).toBe(message);
});
