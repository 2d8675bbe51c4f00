// Input that is no kernel, or a damaged one: one clear line, exit status 2, nothing on stdout and nothing half-written.

import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { NOBODY, run, tpabi } from "./run.ts";

const FIXTURE = "test/fixtures/tracefs-6.1.192";
const FORMAT = "events/sched/sched_switch/format";

let directory: string;

/** A copy of the fixture in which one format file has other bytes. */
function damaged(name: string, bytes: string | Buffer): void {
  cpSync(FIXTURE, join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, FORMAT), bytes);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
  const format = readFileSync(join(FIXTURE, FORMAT));
  damaged("truncated", format.subarray(0, 300));
  damaged("blank", "");
  damaged("garbage", Buffer.from([0, 1, 2, 0xff, 0xfe, 0x1b, 0x5b, 0x32, 0x4a, 0x0a]));
  mkdirSync(join(directory, "no-kernel"));
  writeFileSync(join(directory, "file"), "");
  const repo = join(directory, "repo");
  mkdirSync(repo);
  const git = (...args: readonly string[]): unknown =>
    run("git", ["-C", repo, "-c", "user.name=tpabi", "-c", "user.email=tpabi@localhost", ...args]);
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "--message", "empty");
  git("tag", "v6.12.1");
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  [["DIR/no-kernel"], "'DIR/no-kernel' is no kernel source", "give the top directory"],
  [["DIR/file"], "'DIR/file' is a file, and kernel source is a directory", "write file:DIR/file"],
  [["v6.12.11", "--repo", "DIR/repo"], "unknown revision 'v6.12.11' in 'DIR/repo'", "did you mean 'v6.12.1'?"],
  [["v6.12.1", "--repo", "DIR/repo"], "'v6.12.1' is no kernel source", "give the top directory"],
  [["git:HEAD", "--repo", "DIR/no-kernel"], "'DIR/no-kernel' is no git repository", "--repo DIR"],
  [["tracefs:DIR/truncated"], `'${FORMAT}:9': format file ends in the middle`, "--partial"],
  [["tracefs:DIR/blank"], `'${FORMAT}:1': format file ends in the middle`, "--partial"],
  [["tracefs:DIR/garbage"], `'${FORMAT}:1': expected 'name:'`, "--partial"],
])("snapshot %j", (args, message, help) => {
  const output = join(directory, "output.json");
  const before = readdirSync(directory);
  const all = ["snapshot", ...args.map((arg) => arg.replace("DIR", directory)), "-o", output];
  const { status, stdout, stderr } = tpabi(...all);
  const lines = stderr.replaceAll(directory, "DIR").trimEnd().split("\n");
  expect([status, stdout]).toEqual([2, ""]);
  expect(lines[0]).toContain(`error: ${message}`);
  expect(lines.slice(1).join("\n")).toContain(help);
  expect(lines.length).toBeLessThanOrEqual(2);
  expect(readdirSync(directory)).toEqual(before);
});

test("a comparison with a damaged format file fails, and does not call the event removed", () => {
  const damagedOne = `tracefs:${join(directory, "truncated")}`;
  expect(tpabi("diff", `tracefs:${FIXTURE}`, damagedOne)).toMatchObject({ status: 2, stdout: "" });
  const { status, stdout } = tpabi("diff", `tracefs:${FIXTURE}`, damagedOne, "--partial", "--fail-on", "never");
  expect(status).toBe(0);
  expect(stdout).toContain("not understood in the kernel after: events/sched/sched_switch/format:9");
});

test("without permission to read, the message says how to get it", () => {
  const closed = join(directory, "closed");
  cpSync(FIXTURE, closed, { recursive: true });
  chmodSync(directory, 0o755);
  chmodSync(join(closed, "events"), 0o700);
  if (NOBODY === undefined) chmodSync(join(closed, "events"), 0);
  const { status, stdout, stderr } = run(
    process.execPath,
    ["dist/cli/main.js", "snapshot", `tracefs:${closed}`],
    undefined,
    NOBODY,
  );
  chmodSync(join(closed, "events"), 0o700);
  if (status !== 2 && stderr.includes("MODULE_NOT_FOUND")) {
    console.warn("skipped: another user cannot read this checkout");
    return;
  }
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error: no permission to read .*\nhelp: .*sudo.*\n$/);
});
