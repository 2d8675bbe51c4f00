import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { run, tpabi } from "./run.ts";

const BEFORE = "tracefs:test/fixtures/tracefs-6.1.192";
const AFTER = "tracefs:test/fixtures/tracefs-6.12.117";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe("help", () => {
  test.each([
    ["--help"],
    ["diff", "--help"],
    ["snapshot", "--help"],
    ["rules", "--help"],
    ["explain", "--help"],
    ["history", "--help"],
    ["notes", "--help"],
    ["stats", "--help"],
    ["maturity", "--help"],
    ["accept", "--help"],
  ])("%s %s has examples", (...args) => {
    const { status, stdout, stderr } = tpabi(...args);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Examples?:\n {2}(sudo )?tpabi /m);
  });

  test("without a command the help is shown, and that is no success", () => {
    const { status, stdout, stderr } = tpabi();
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: tpabi");
  });

  test("the version is the package's", () => {
    const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
    expect(tpabi("--version")).toEqual(expect.objectContaining({ status: 0, stdout: `${version}\n` }));
  });
});

describe("diff", () => {
  test("findings at the threshold give exit status 1, and the report names the events", () => {
    const { status, stdout, stderr } = tpabi("diff", BEFORE, AFTER);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("8 events before, 8 after: 0 removed, 0 added, 8 in both");
    expect(stdout).toMatch(/^block:block_rq_insert$/m);
  });

  test.each([
    [0, [BEFORE, AFTER, "--fail-on", "never"]],
    [0, [BEFORE, BEFORE, "--fail-on", "possible"]],
  ])("exit status %i: %j", (expected, args) => {
    expect(tpabi("diff", ...args)).toEqual(expect.objectContaining({ status: expected, stderr: "" }));
  });

  test("JSON goes to stdout or to a file, the same bytes each time", () => {
    const file = join(directory, "report.json");
    const { stdout } = tpabi("diff", BEFORE, AFTER, "--format", "json");
    tpabi("diff", BEFORE, AFTER, "--output", `json=${file}`);
    expect(readFileSync(file, "utf8")).toBe(stdout);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, summary: { events: { before: 8, both: 8 } } });
  });

  test("--event keeps the findings on matching events", () => {
    const { findings } = JSON.parse(tpabi("diff", BEFORE, AFTER, "--format", "json", "--event", "block:*").stdout) as {
      findings: readonly { event: string }[];
    };
    expect(new Set(findings.map(({ event }) => event))).toEqual(new Set(["*:*", "block:block_rq_insert"]));
  });

  test("a reader that goes away early is no error", () => {
    const command = `"${process.execPath}" dist/cli/main.js diff ${BEFORE} ${AFTER} --format json | head -n 1`;
    expect(run("sh", ["-c", command])).toEqual({ status: 0, stdout: "{\n", stderr: "" });
  });
});

describe("snapshot", () => {
  test("a full disk behind stdout is a failure", () => {
    const command = `"${process.execPath}" dist/cli/main.js snapshot ${BEFORE} > /dev/full`;
    const { status, stderr } = run("sh", ["-c", command]);
    expect(status).toBe(2);
    expect(stderr).toContain("error: cannot write to stdout: ENOSPC");
  });

  test("stdout and file get the same bytes, which come back unchanged", () => {
    const file = join(directory, "saved.json");
    const { stdout, stderr, status } = tpabi("snapshot", BEFORE);
    expect([status, stderr]).toEqual([0, "8 events, 0 tracepoints, 0 problems\n"]);
    expect(tpabi("snapshot", BEFORE, "-o", file).stdout).toBe("");
    expect(readFileSync(file, "utf8")).toBe(stdout);
    expect(tpabi("snapshot", file).stdout).toBe(stdout);
  });

  test("a file that cannot be written leaves nothing behind", () => {
    const before = readdirSync(directory);
    expect(tpabi("snapshot", BEFORE, "-o", join(directory, "no/such/place.json")).status).toBe(2);
    expect(readdirSync(directory)).toEqual(before);
  });

  test("this machine's tracefs can be read", () => {
    const { status, stdout, stderr } = tpabi("snapshot", "tracefs:");
    if (status === 2) {
      console.warn(`skipped: the tracefs of this machine cannot be read: ${stderr}`);
      return;
    }
    expect(JSON.parse(stdout)).toMatchObject({ kernel: { origin: ["tracefs"] } });
  });
});

describe("rules", () => {
  test("every rule that is listed can be explained", () => {
    const ids = tpabi("rules")
      .stdout.trim()
      .split("\n")
      .map((line) => line.split(" ")[0] ?? "");
    expect(ids.length).toBeGreaterThan(10);
    const [first = ""] = ids;
    expect(tpabi("explain", first).stdout).toContain("Before\n");
  });

  test("a slip is guessed", () => {
    expect(tpabi("explain", "field-removd")).toEqual({
      status: 2,
      stdout: "",
      stderr: "error: no rule is named 'field-removd'\nhelp: did you mean field-removed?\n",
    });
  });
});

describe("what cannot be done is said in one line, with exit status 2 and nothing on stdout", () => {
  beforeAll(() => {
    writeFileSync(join(directory, "empty.tar"), Buffer.alloc(10_240));
    writeFileSync(join(directory, "cut.tar.gz"), gzipSync(Buffer.alloc(10_240)).subarray(0, 20));
    writeFileSync(join(directory, "newer.json"), '{"schemaVersion": 99}');
    writeFileSync(join(directory, "garbage.json"), "{");
    writeFileSync(join(directory, "empty.json"), "");
  });

  test.each([
    [["snapshot", "DIR/newer.json"], "'DIR/newer.json' has snapshot format 99; this tpabi reads up to 1"],
    [["snapshot", "DIR/garbage.json"], "'DIR/garbage.json' is no JSON: it ends too early"],
    [["snapshot", "DIR/empty.json"], "'DIR/empty.json' is empty"],
    [["snapshot", "DIR/missing.json"], "cannot read 'DIR/missing.json': it does not exist"],
    [["snapshot", "tracefs:DIR/empty.tar"], "archive 'DIR/empty.tar' is empty"],
    [["snapshot", "tracefs:DIR/cut.tar.gz"], "cannot unpack 'DIR/cut.tar.gz'"],
    [["snapshot", "tracefs:DIR/missing"], "'DIR/missing' does not exist"],
    [["snapshot", "tracefs:DIR"], "'DIR' is no tracefs"],
    [["snapshot", "v9.99"], "there is no baseline of 'v9.99' for x86_64"],
    [["snapshot", "nonsense"], "'nonsense' is no version, no directory and no saved snapshot"],
    [["snapshot"], "missing required argument 'kernel'"],
    [["snapshot", "x", "--arch", "vax"], "option '--arch <arch>' argument 'vax' is invalid"],
    [["snapshot", "x", "--config", "DIR/none"], "cannot read 'DIR/none': it does not exist"],
    [["diff", BEFORE], "missing required argument 'after'"],
    [["diff", "DIR/newer.json", AFTER], "'DIR/newer.json' has snapshot format 99"],
    [["diff", BEFORE, AFTER, "--event", "sched:nothing"], "no event of either kernel matches 'sched:nothing'"],
    [["diff", BEFORE, AFTER, "--fail-on", "x"], "option '--fail-on <level>' argument 'x' is invalid"],
    [["diff", BEFORE, AFTER, "--output", "x"], "option '--output <format=file>' argument 'x' is invalid"],
    [["dif"], "unknown command 'dif'"],
  ])("%j", (args, message) => {
    const { status, stdout, stderr } = tpabi(...args.map((arg) => arg.replace("DIR", directory)));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.replaceAll(directory, "DIR")).toContain(`error: ${message}`);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });

  test("--debug adds where it comes from", () => {
    expect(tpabi("snapshot", "nonsense", "--debug").stderr).toMatch(/^ToolError: .*\n +at /m);
  });
});
