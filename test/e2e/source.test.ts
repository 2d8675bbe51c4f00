import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { makeRepository, type Repository } from "../notes/repository.ts";
import { demoTree } from "./demo-tree.ts";
import { tpabi } from "./run.ts";

let directory: string;
let repository: Repository;
let repo: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
  repository = makeRepository();
  repo = repository.path;
  repository.release("v6.12.1", demoTree(1, "__field(int, cpu)"));
  repository.release("v6.12.2", demoTree(2, "__field(long, when) __field(int, cpu)"));
});
afterAll(() => {
  repository.remove();
  rmSync(directory, { recursive: true });
});

test("two revisions are compared without a checkout", () => {
  const { status, stdout, stderr } = tpabi(
    "diff",
    "v6.12.1",
    "v6.12.2",
    "--repo",
    repo,
    "--no-cache",
    "--fail-on",
    "possible",
  );
  expect([status, stderr]).toEqual([1, ""]);
  expect(stdout).toContain("demo:demo_tick  include/trace/events/demo.h:6");
  expect(stdout).toContain("[field-inserted]");
});

test("a revision and the directory it is checked out in say the same of their events", () => {
  const events = (...args: readonly string[]): unknown => {
    const { stdout } = tpabi("snapshot", "--no-cache", ...args);
    return (JSON.parse(stdout) as { events: unknown }).events;
  };
  const read = events("git:HEAD", "--repo", repo);
  expect(read).toHaveLength(1);
  expect(events(repo)).toEqual(read);
});

test.each([
  [
    ["git:v6.12.3", "--repo", "REPO"],
    "error: unknown revision 'v6.12.3' in 'REPO'\nhelp: did you mean 'v6.12.1' or 'v6.12.2'?",
  ],
  [["git:HEAD", "--repo", "DIR"], "error: 'DIR' is no git repository"],
  [["DIR"], "error: 'DIR' is no kernel source"],
])("%j fails in one line with exit status 2", (args, message) => {
  const paths = args.map((arg) => arg.replace("REPO", repo).replace("DIR", directory));
  const { status, stdout, stderr } = tpabi("snapshot", ...paths);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr.replaceAll(repo, "REPO").replaceAll(directory, "DIR")).toContain(message);
});

test("what is saved of a revision comes back unchanged", () => {
  const file = join(directory, "saved.json");
  const { stdout } = tpabi("snapshot", "git:HEAD", "--repo", repo);
  writeFileSync(file, stdout);
  expect(tpabi("snapshot", file).stdout).toBe(stdout);
});
