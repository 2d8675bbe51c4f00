// Policies, tpabi.yml and `tpabi accept` as a user of the command line meets them.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { NOBODY, type Result, run } from "./run.ts";

const MAIN = resolve("dist/cli/main.js");
const BEFORE = `tracefs:${resolve("test/fixtures/tracefs-6.1.192")}`;
const AFTER = `tracefs:${resolve("test/fixtures/tracefs-6.12.117")}`;

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "tpabi-"));
  mkdirSync(join(top, ".git"));
  mkdirSync(join(top, "sub"));
});
afterEach(() => rmSync(top, { recursive: true }));

const tpabi = (...args: readonly string[]): Result => run(process.execPath, [MAIN, ...args], join(top, "sub"));
const diff = (...args: readonly string[]): Result => tpabi("diff", BEFORE, AFTER, ...args);

function findingsOf({ stdout }: Result): readonly { readonly id: string; readonly fails?: true }[] {
  return (JSON.parse(stdout) as { findings: readonly { id: string; fails?: true }[] }).findings;
}

test("findings that fail are accepted one by one, until nothing fails", () => {
  const report = join(top, "report.json");
  const before = diff("--output", `json=${report}`);
  expect(before.status).toBe(1);
  const ids = findingsOf(diff("--format", "json")).flatMap(({ id, fails }) => (fails ? [id] : []));
  expect(ids.length).toBeGreaterThan(1);
  const { status, stdout, stderr } = tpabi("accept", ...ids, "--reason", "all known", "--report", report);
  const config = join(top, "tpabi.yml");
  expect([status, stdout, stderr]).toEqual([0, "", `${config}: ${ids.length} findings accepted\n`]);
  expect(readFileSync(config, "utf8")).toMatch(/^ {2}# field-inserted of \w+ in block:block_rq_insert$/m);
  const after = diff();
  expect(after.status).toBe(0);
  expect(after.stdout).toContain(`policy mainline: nothing fails, ${ids.length} accepted\n`);
  expect(after.stdout).toMatch(/^Accepted\n/m);
});

test("the file of the directory goes before that of the repository, and one that is named before both", () => {
  writeFileSync(join(top, "tpabi.yml"), "fail-on: never\n");
  expect(diff().status).toBe(0);
  writeFileSync(join(top, "sub/tpabi.yml"), "fail-on: likely\n");
  expect(diff().status).toBe(1);
  expect(diff("--config-file", "../tpabi.yml").status).toBe(0);
  expect(diff("--config-file", "../tpabi.yml", "--policy", "strict").status).toBe(1);
});

test("what was accepted until a day in the past fails again, and the report says so", () => {
  const [{ id } = { id: "" }] = findingsOf(diff("--format", "json"));
  tpabi("accept", id, "--reason", "for now", "--until", "2999-01-01");
  const file = join(top, "tpabi.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace("2999", "2001"));
  const { status, stdout } = diff("--format", "github");
  expect(status).toBe(1);
  expect(stdout).toContain(`::notice file=tpabi.yml,line=4,title=*%3A*%3A acceptance-expired`);
  expect(stdout).toContain(`finding: ${id}\n`);
});

test.each([
  [["accept", "77aa0c1f24d3b968"], "required option '--reason <text>' not specified"],
  [["accept", "--reason", "x"], "missing required argument 'finding'"],
  [["accept", "77aa0c1f24d3b968", "--reason", " "], "--reason and --owner need a text"],
  [["accept", "77aa", "--reason", "x"], "'77aa' is no id of a finding"],
  [["accept", "77aa0c1f24d3b968", "--reason", "x", "--until", "soon"], "'soon' is no day and no kernel"],
  [["accept", "77aa0c1f24d3b968", "--reason", "x", "--until", "2001-01-01"], "'2001-01-01' is past"],
  [["accept", "77aa0c1f24d3b968", "--reason", "x", "--report", "no.json"], "cannot read 'no.json': it does not exist"],
  [["accept", "77aa0c1f24d3b968", "--reason", "x", "--report", MAIN], `'${MAIN}' is no JSON report`],
  [["diff", BEFORE, AFTER, "--config-file", "no.yml"], "cannot read 'no.yml': it does not exist"],
  [["diff", BEFORE, AFTER, "--policy", "loose"], "option '--policy <name>' argument 'loose' is invalid"],
])("%j is refused in one line, and nothing is written", (args, message) => {
  const { status, stdout, stderr } = tpabi(...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`error: ${message}`);
  expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  expect([...readdirSync(top), ...readdirSync(join(top, "sub"))]).toEqual([".git", "sub"]);
});

test("a file that may not be written stays as it is", () => {
  const config = join(top, "tpabi.yml");
  writeFileSync(config, "policy: stable\n");
  chmodSync(top, 0o755);
  const args = [MAIN, "accept", "77aa0c1f24d3b968", "--reason", "x"];
  const { status, stderr } = run(process.execPath, args, join(top, "sub"), NOBODY);
  if (NOBODY === undefined) {
    console.warn("skipped: needs root, to become somebody who may not write");
    return;
  }
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: cannot write '.*tpabi.yml': permission denied\n/);
  expect(readFileSync(config, "utf8")).toBe("policy: stable\n");
});
