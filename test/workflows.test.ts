// The workflows of this repository: what they run is pinned, what they may is little, and a release leaves no platform out.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly include: readonly { readonly target: string }[] } };
  readonly uses?: string;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = new URL("../.github/workflows/", import.meta.url);
const files = readdirSync(FOLDER);
const workflows = new Map(
  files.map((file) => [file, parse(readFileSync(new URL(file, FOLDER), "utf8")) as Workflow] as const),
);
const release = (workflows.get("release.yml") as Workflow).jobs;

describe.each([...workflows])("%s", (_, { permissions, jobs }) => {
  test("runs actions by commit, not by a name that may move", () => {
    const used = Object.values(jobs).flatMap(({ uses, steps = [] }) => [uses, ...steps.map((step) => step.uses)]);
    for (const uses of used) expect(uses ?? "./").toMatch(/^\.\/|@[0-9a-f]{40}$/);
  });

  test("may read at most, unless a job says otherwise", () => {
    expect([{}, { contents: "read" }]).toContainEqual(permissions);
  });
});

describe("a release", () => {
  test("is written by two jobs, which run nothing of the repository", () => {
    const writing = Object.entries(release).filter(([, job]) => Object.values(job.permissions ?? {}).includes("write"));
    expect(writing.map(([name, job]) => [name, job.permissions])).toEqual([
      ["publish", { "id-token": "write" }],
      ["github", { contents: "write" }],
    ]);
    for (const [, { steps = [] }] of writing) {
      expect(steps.map(({ uses = "" }) => uses).join()).not.toContain("checkout");
      expect(steps.map(({ run = "" }) => run).join()).not.toMatch(/npm (ci|run|install|test)|\bnode /);
    }
  });

  test("builds and tries every platform that package.json names", () => {
    const { napi } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      napi: { targets: readonly string[] };
    };
    for (const name of ["addon", "try"]) {
      const targets = release[name]?.strategy?.matrix.include.map(({ target }) => target);
      expect(targets?.toSorted()).toEqual(napi.targets.toSorted());
    }
  });
});

test("actionlint has nothing to say against them", () => {
  const { error, status, stdout } = spawnSync("actionlint", files, { cwd: fileURLToPath(FOLDER), encoding: "utf8" });
  if (error !== undefined) {
    console.warn(
      "skipped: actionlint is not installed (go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12)",
    );
    return;
  }
  expect([status, stdout]).toEqual([0, ""]);
});
