import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { demoTree, writeFiles } from "./demo-tree.ts";
import { run, tpabi } from "./run.ts";

let repo: string;
beforeAll(() => {
  repo = mkdtempSync(join(tmpdir(), "tpabi-history-"));
  const git = (...args: readonly string[]) =>
    run("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], repo);
  git("init", "-q");
  for (const [sublevel, fields] of [
    [1, "__field(int, cpu)"],
    [2, "__field(int, cpu) __field(int, extra)"],
    [3, "__field(long, cpu)"],
  ] as const) {
    writeFiles(repo, demoTree(sublevel, fields));
    git("add", "-A");
    git("commit", "-q", "-m", `Linux 6.12.${sublevel}`);
    git("tag", `v6.12.${sublevel}`);
    git("tag", `build-${sublevel}`);
  }
});
afterAll(() => rmSync(repo, { recursive: true }));

const tags = (): readonly string[] => ["--repo", repo, "--kernels", "6.12", "--no-cache"];

describe("over the tags of a repository", () => {
  test("history tells each change once, and only release tags are kernels", () => {
    const { status, stdout, stderr } = tpabi("history", "demo_tick.cpu", ...tags(), "--format", "json");
    expect([status, stderr]).toEqual([0, ""]);
    const { steps } = JSON.parse(stdout) as { steps: readonly Record<string, unknown>[] };
    expect(steps.map(({ version, state, field }) => [version, state, field])).toEqual([
      ["v6.12.1", "first", "int cpu at 8, 4 bytes"],
      ["v6.12.2", "same", "int cpu at 8, 4 bytes"],
      ["v6.12.3", "changed", "long cpu at 8, 8 bytes"],
    ]);
  });

  test("stats and maturity count them", () => {
    expect(tpabi("stats", ...tags(), "--format", "csv").stdout).toBe(
      "kernel,previous,system,events,added,removed,renamed,changed,breaking,likely\n" +
        "v6.12.1,,demo,1,0,0,0,0,0,0\n" +
        "v6.12.2,v6.12.1,demo,1,0,0,0,1,0,0\n" +
        "v6.12.3,v6.12.2,demo,1,0,0,0,1,0,1\n",
    );
    expect(tpabi("maturity", "demo", ...tags()).stdout).toMatch(/^demo:demo_tick +≤ v6\.12\.1 .* v6\.12\.3 /m);
  });
});

test("the shipped kernels are looked at unless others are named", () => {
  const { status, stdout } = tpabi("history", "sched:sched_switch", "--kernels", "6.1.192 || 6.12.117");
  expect(status).toBe(0);
  expect(stdout).toContain("6.1.192  not compared with an older kernel: sched:sched_switch");
});

test.each([
  [["history", "sched:sched_swich", "--kernels", "6.12.117"], "no event of these kernels is named 'sched:sched_swich'"],
  [["history", "sched:sched_switch", "--kernels", "9.x"], "no baseline for x86_64 is in the range '9.x'"],
  [["stats", "--kernels", "soon"], "'soon' is no range of kernel versions"],
  [["stats", "--repo", "REPO"], "--repo needs --kernels"],
  [["stats", "--repo", "REPO", "--kernels", "5.4"], "no release tag of 'REPO' is in '5.4'"],
  [["maturity", "nothing", "--kernels", "6.12.117"], "no event or subsystem of 6.12.117 matches 'nothing'"],
])("%j cannot be done", (args, message) => {
  const { status, stdout, stderr } = tpabi(...args.map((arg) => arg.replace("REPO", repo)));
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.replaceAll(repo, "REPO")).toContain(`error: ${message}`);
});
