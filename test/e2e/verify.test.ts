// `tpabi verify`: a source tree against what such a kernel would say of itself, by its exit status and its table.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { demoTree, writeFiles } from "./demo-tree.ts";
import { tpabi } from "./run.ts";

/** What a kernel of the demo tree prints of its one event. */
const FORMAT = `name: demo_tick
ID: 314
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int cpu;	offset:8;	size:4;	signed:1;

print fmt: "tick of %d ms", 4
`;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
  writeFiles(join(directory, "tree"), demoTree(1, "__field(int, cpu)"));
  const moved = FORMAT.replace("offset:8;", "offset:12;");
  writeFiles(directory, {
    "same/events/demo/demo_tick/format": FORMAT,
    "moved/events/demo/demo_tick/format": moved,
    "more/events/demo/demo_tick/format": FORMAT,
    "more/events/demo/demo_tock/format": FORMAT.replace("demo_tick", "demo_tock"),
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

function verify(running: string, ...args: readonly string[]): ReturnType<typeof tpabi> {
  return tpabi("verify", join(directory, "tree"), `tracefs:${join(directory, running)}`, "--no-cache", ...args);
}

test("what the source says is what the kernel says", () => {
  const { status, stdout, stderr } = verify("same");
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.replaceAll(/ +/g, " ").trim().split("\n")).toEqual([
    "events found 1 of 1 100.00 %",
    "layout exact 1 of 1 100.00 %",
    "type text exact 1 of 1 100.00 %",
    "print format exact 1 of 1 100.00 %",
    "print arguments exact 1 of 1 100.00 %",
  ]);
});

test("a field elsewhere is told with both sides and its place", () => {
  const { status, stdout } = verify("moved");
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /layout: 1\n {2}demo:demo_tick {2}include\/trace\/events\/demo.h:\d+ {2}source '.*' *, running '/,
  );
});

test("an event that the source lacks counts in every line, and --min says how many may", () => {
  expect(verify("more", "--min", "50").status).toBe(0);
  const { status, stdout } = verify("more", "--min", "51", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    agreements: expect.arrayContaining([{ aspect: "layout", exact: 1, total: 2 }]),
    disagreements: [{ event: "demo:demo_tock", aspect: "existence" }],
  });
});

test("two sides that know nothing in common do not agree", () => {
  const empty = join(directory, "empty.json");
  writeFiles(directory, {
    "empty.json": JSON.stringify({
      schemaVersion: 1,
      kernel: { version: "", arch: "", origin: ["btf"] },
      knows: {
        layout: false,
        types: false,
        args: true,
        printFormat: false,
        values: false,
        locations: false,
        existence: false,
      },
      commonFields: [],
      events: [],
      tracepoints: [],
      enums: {},
      problems: [],
    }),
  });
  const { status, stdout, stderr } = tpabi("verify", `tracefs:${join(directory, "same")}`, empty);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("error: nothing can be compared: ");
});
