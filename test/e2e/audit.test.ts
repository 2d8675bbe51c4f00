import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { tpabi } from "./run.ts";

const KERNELS = ["6.1.192", "6.12.117"].flatMap((version) => ["--kernel", `tracefs:test/fixtures/tracefs-${version}`]);

let directory: string;
let script: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
  script = join(directory, "runtime.bt");
  writeFileSync(
    script,
    "tracepoint:sched:sched_stat_runtime { @[args->comm] = sum(args->runtime); @v = args->vruntime; }\n",
  );
});

afterAll(() => rmSync(directory, { recursive: true }));

test("a field that went away is told with the change that took it", () => {
  const { status, stdout } = tpabi("audit", script, ...KERNELS);
  expect(stdout).toMatch(/field 'vruntime'\n +holds +\S+6\.1\.192\n +missing +\S+6\.12\.117: no field 'vruntime'/);
  expect(stdout).toContain("[field-removed]");
  expect(status).toBe(1);
});

test("what fails is up to the user", () => {
  expect(tpabi("audit", script, ...KERNELS, "--fail-on", "silent").status).toBe(0);
  expect(tpabi("audit", script, ...KERNELS, "--fail-on", "breaks").status).toBe(1);
});

test("a report goes to a file, whole", () => {
  const path = join(directory, "audit.json");
  tpabi("audit", script, ...KERNELS, "--output", `json=${path}`);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ schemaVersion: 1, summary: { programs: 1 } });
});

test("a lock file notices what a tool newly depends on", () => {
  const lock = ["--lock-file", join(directory, "tpabi.deps.json")];
  expect(tpabi("audit", script, "--lock", ...lock).status).toBe(0);
  expect(tpabi("audit", script, "--check-lock", ...lock)).toMatchObject({ status: 0 });
  writeFileSync(script, `${readFileSync(script, "utf8")}tracepoint:sched:sched_switch { @ = args->prev_pid; }\n`);
  const { status, stdout } = tpabi("audit", script, "--check-lock", ...lock);
  expect(status).toBe(1);
  expect(stdout).toContain(`your tool now depends on sched:sched_switch (tp): field 'prev_pid', in ${script}:2`);
});

test.each([
  [["audit", "no/such/tool"], /^error: 'no\/such\/tool' does not exist\n/],
  [["audit", "src", "--kernels", "newest"], /^error: 'newest' is no range of kernel versions\nhelp: /],
  [["audit", "src", "--index", "x.json"], /^error: --index needs the tool's name\nhelp: add --tool NAME\n/],
  [["audit", "src", "--tool", "x"], /^error: --tool goes with --index\nhelp: add --index FILE\n/],
  [["audit", "src", "--lock", "--check-lock"], /^error: option '--lock' cannot be used with option '--check-lock'\n/],
  [
    ["audit", "README.md", "--check-lock", "--lock-file", "package.json"],
    /^error: 'package.json' is no list of dependencies: /,
  ],
  [["suggest", "not an event"], /^error: 'not an event' is neither an event nor a function\nhelp: /],
])("%j is refused in two lines", (args, message) => {
  const { status, stderr, stdout } = tpabi(...args);
  expect(stderr).toMatch(message);
  expect({ status, stdout, lines: stderr.trim().split("\n").length <= 2 }).toEqual({
    status: 2,
    stdout: "",
    lines: true,
  });
});
