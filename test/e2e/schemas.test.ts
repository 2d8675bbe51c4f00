// The JSON of every command is what its published schema says, and the schemas allow nothing else.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { makeReleases, type Repository } from "../notes/repository.ts";
import { faultsOf, SCHEMA_NAMES } from "../schemas.ts";
import { writeFiles } from "./demo-tree.ts";
import { tpabi } from "./run.ts";

const TOOL = "tracepoint:sched:sched_switch { print(args->prev_comm); }\nrawtracepoint:demo_tick { print(arg1); }\n";
const FIXTURE = "tracefs:test/fixtures/tracefs-";

let repository: Repository;
beforeAll(() => {
  repository = makeReleases();
  writeFiles(join(repository.path, ".git"), { "tool.bt": TOOL, NEWS: "demo:demo_tock is gone\n" });
});
afterAll(() => repository.remove());

/** What is written to stdout; REPO and TOOL stand for the repository and a program. */
const PRINTED: readonly (readonly [schema: string, command: string])[] = [
  ["report", `diff ${FIXTURE}6.1.192 ${FIXTURE}6.12.117 --format json`],
  ["report", "diff v6.1.192 v6.12.117 --event block:* --event sched:* --all --format json"],
  ["report", "check v6.12.1..v6.12.2 --repo REPO --per-commit --no-cache --format json"],
  ["audit", "audit TOOL --kernels 5.10.35||5.10.265 --format json"],
  ["history", "history sched:sched_switch.prev_state --kernels 6.1.192||6.12.117 --format json"],
  ["history", "history demo_tick --repo REPO --kernels 6.12 --no-cache --format json"],
  ["stats", "stats --kernels 6.12.115||6.12.117 --format json"],
  ["maturity", "maturity block --kernels 6.1.192||6.12.117 --format json"],
  ["notes", "notes v6.12.107 v6.12.117 --format json"],
  ["notes", "notes v6.12.1 v6.12.2 --repo REPO --no-cache --format json"],
  ["notes-check", "notes v6.12.1 v6.12.2 --repo REPO --no-cache --check NEWS --format json"],
  ["verify", `verify v6.1.192 ${FIXTURE}6.12.117 --json`],
  ["suggest", "suggest ext4:ext4_writepage --json"],
  ["suggest", "suggest sched:sched_switch --json"],
  ["baselines", "baseline list --json"],
  ["snapshot", "baseline show v6.12.117 -o -"],
  ["snapshot", `snapshot ${FIXTURE}6.12.117`],
  ["rules", "rules --json"],
];

/** What lies in files, and the command that writes them. */
const FILES: readonly (readonly [schema: string, file: string, command: string])[] = [
  ["lock", "LOCK", "audit TOOL --lock --lock-file LOCK"],
  ["kernels", "kernels.json", ""],
];

function run(command: string): string {
  const { status, stdout, stderr } = tpabi(...command.split(" ").map(place));
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return stdout;
}

function place(word: string): string {
  const inside = (name: string): string => join(repository.path, ".git", name);
  const places = { REPO: repository.path, TOOL: inside("tool.bt"), NEWS: inside("NEWS"), LOCK: inside("deps.json") };
  return places[word as keyof typeof places] ?? word;
}

describe("the schema", () => {
  test.each(PRINTED)("%s describes what `tpabi %s` prints", (schema, command) => {
    const value: unknown = JSON.parse(run(command));
    expect(faultsOf(schema, value)).toEqual([]);
    expect(loopholes(schema, value)).toEqual([]);
  });

  test.each(FILES)("%s describes %s", (schema, file, command) => {
    if (command !== "") run(command);
    const value: unknown = JSON.parse(readFileSync(place(file), "utf8"));
    expect(faultsOf(schema, value)).toEqual([]);
    expect(loopholes(schema, value)).toEqual([]);
  });

  test("of each form is held against something real", () => {
    const tested = new Set([...PRINTED, ...FILES].map(([schema]) => schema));
    // tpabi.yml is read, not written: test/policy/read-config.test.ts. Rows of exports: test/export/tables.test.ts.
    expect([...tested, "config", "export"].sort()).toEqual(SCHEMA_NAMES);
  });
});

/** Objects of a value that the schema would let have a key that nobody knows. */
function loopholes(schema: string, value: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== "object" || part === null) return;
    if (Array.isArray(part)) {
      for (const [index, item] of part.slice(0, 3).entries()) visit(item, `${path}/${index}`);
      return;
    }
    const open = part as Record<string, unknown>;
    for (const [key, item] of Object.entries(open).slice(0, 20)) visit(item, `${path}/${key}`);
    open["nobody knows this"] = null;
    if (faultsOf(schema, value).length === 0) found.push(path);
    delete open["nobody knows this"];
  };
  visit(value, "");
  return found;
}
