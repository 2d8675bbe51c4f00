// docs/examples/fleet.yml as it stands: its shell text is run for two repositories, and then for what they have made.

import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";

import { demoTree, writeFiles } from "./demo-tree.ts";
import { type Result, run } from "./run.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
interface Workflow {
  readonly jobs: Readonly<Record<"make" | "merge", { readonly steps: readonly { readonly run?: string }[] }>>;
}
const { jobs } = parse(readFileSync(`${ROOT}docs/examples/fleet.yml`, "utf8")) as Workflow;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tpabi-fleet-"));
  mkdirSync(join(root, "bin"));
  const program = join(root, "bin/tpabi");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${ROOT}dist/cli/main.js' "$@"\n`);
  chmodSync(program, 0o755);
  for (const [series, releases] of [
    ["8.1", [1, 2]],
    ["9.2", [1]],
  ] as const) {
    const repo = join(root, `linux-${series}`);
    const git = (...args: readonly string[]): Result =>
      run("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-C", repo, ...args]);
    mkdirSync(repo);
    git("init", "--quiet");
    for (const release of releases) {
      const [major, minor] = series.split(".");
      writeFiles(repo, {
        ...demoTree(release, `__field(int, f${release})`),
        Makefile: `VERSION = ${major}\nPATCHLEVEL = ${minor}\nSUBLEVEL = ${release}\n`,
      });
      git("add", "-A");
      git("commit", "--quiet", "--message", series);
      git("tag", `v${series}.${release}`);
    }
  }
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the shell text of a job as GitHub does, but for the installation. */
function runJob(name: keyof Workflow["jobs"], directory: string, env: Readonly<Record<string, string>>): void {
  mkdirSync(directory, { recursive: true });
  const path = `PATH=${join(root, "bin")}:${process.env["PATH"]}`;
  for (const { run: script } of jobs[name].steps) {
    if (script === undefined || script.startsWith("npm install")) continue;
    const settings = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    const { status, stderr } = run(
      "env",
      [path, ...settings, "bash", "--noprofile", "-eo", "pipefail", "-c", script],
      directory,
    );
    if (status !== 0) throw new Error(`${script}\n${stderr}`);
  }
}

test("makes parts, merges them and exports the result", () => {
  const parts = join(root, "last/parts");
  for (const series of ["8.1", "9.2"]) {
    const job = join(root, `job-${series}`);
    runJob("make", job, { REPO: `file://${join(root, `linux-${series}`)}`, TAGS: `v${series}.*` });
    cpSync(join(job, "part"), join(parts, `part-${series}`), { recursive: true });
  }
  runJob("merge", join(root, "last"), {});
  const registry = JSON.parse(readFileSync(join(root, "last/merged/kernels.json"), "utf8")) as {
    kernels: readonly { version: string; arches: object }[];
  };
  expect(registry.kernels.map(({ version, arches }) => [version, ...Object.keys(arches)])).toEqual(
    ["8.1.1", "8.1.2", "9.2.1"].map((version) => [version, "arm64", "x86_64"]),
  );
  const { tables } = JSON.parse(readFileSync(join(root, "last/tables/tpabi-export.json"), "utf8")) as {
    tables: Record<string, { rows: number }>;
  };
  // The shipped kernels are not among them.
  expect(tables["kernels"]?.rows).toBe(6);
  expect(existsSync(join(root, "last/tables/findings.parquet"))).toBe(true);
}, 120_000);
