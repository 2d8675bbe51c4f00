import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { makeReleases, type Repository } from "../notes/repository.ts";
import { tpabi } from "./run.ts";

let repository: Repository;
let range: readonly string[];
beforeAll(() => {
  repository = makeReleases();
  range = ["v6.12.1", "v6.12.2", "--repo", repository.path, "--no-cache"];
});
afterAll(() => repository.remove());

describe("notes", () => {
  test("name the commit, its upstream commit and its first release", () => {
    const { status, stdout, stderr } = tpabi("notes", ...range);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("## Tracepoints: v6.12.1 to v6.12.2\n");
    expect(stdout).toMatch(
      /^ {2}- By [0-9a-f]{12} \("demo: drop the status", Ann Author\), upstream 0123456789ab, first in v6\.12\.2$/m,
    );
  });

  test("warn where the first kernel is the later one", () => {
    const { status, stderr } = tpabi("notes", "v6.12.2", "v6.12.1", ...range.slice(2), "--no-commits");
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: 'v6\.12\.2' is the later kernel .*: these are notes on the way back\n$/);
  });

  test("are JSON and HTML too, to a file or to stdout", () => {
    const file = join(repository.path, ".git", "notes.html");
    expect(tpabi("notes", ...range, "--format", "html", "-o", file)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readFileSync(file, "utf8")).toContain("<h2>demo</h2>");
    expect(JSON.parse(tpabi("notes", ...range, "--format", "json").stdout)).toMatchObject({
      schemaVersion: 1,
      subsystems: [{ system: "demo", changes: [{ origins: [{ is: "commit", commit: { tag: "v6.12.2" } }] }] }],
    });
  });

  test("have no commits where none are asked for, or there is no repository", () => {
    expect(tpabi("notes", ...range, "--no-commits").stdout).toContain("No commits are named: they were not asked for.");
    const { stdout } = tpabi("notes", repository.path, repository.path);
    expect(stdout).toBe(
      "## Tracepoints: 6.12.2 to 6.12.2\n\nNo tracepoint changed: what worked with the one works with the other.\n",
    );
  });
});

describe("notes --check", () => {
  test.each([
    ["demo:demo_tick lost its field status", 0, "1 of 1 change that break programs"],
    ["0123456789ab demo: whatever", 0, "1 of 1 change"],
    ["nothing of interest", 1, "demo:demo_tick is not mentioned:"],
    ["demo_tick: status\ndemo:demo_tock is new", 1, "NEWS:2: 'demo:demo_tock' is no event of either kernel"],
  ])("%j gives %i", (text, expected, said) => {
    const file = join(repository.path, ".git", "NEWS");
    writeFileSync(file, text);
    const { status, stdout, stderr } = tpabi("notes", ...range, "--check", file);
    expect([status, stderr]).toEqual([expected, ""]);
    expect(stdout.replaceAll(file, "NEWS")).toContain(said);
    const result = JSON.parse(tpabi("notes", ...range, "--check", file, "--format", "json").stdout) as object;
    expect(result).toMatchObject({ dangerous: 1 });
  });

  test("a text that is not there cannot be checked", () => {
    const { status, stdout, stderr } = tpabi("notes", ...range, "--check", "no/such/file");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("error: cannot read 'no/such/file': it does not exist\n");
  });
});

test.each([
  [["notes", "v6.12.1"], "missing required argument 'after'"],
  [["notes", "v6.12.1", "v9", "--repo", "REPO"], "revision 'v9'"],
  [["notes", "a", "b", "--format", "pdf"], "argument 'pdf' is invalid"],
])("%j cannot be done", (args, message) => {
  const { status, stdout, stderr } = tpabi(...args.map((arg) => arg.replace("REPO", repository.path)));
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});
