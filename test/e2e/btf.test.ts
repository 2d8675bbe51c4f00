import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import type { Snapshot } from "../../src/snapshot/model.ts";
import { tpabi } from "./run.ts";

const BTF = "btf:test/fixtures/btf";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function snapshotOf(kernel: string): Snapshot {
  const { status, stdout } = tpabi("snapshot", kernel);
  expect(status).toBe(0);
  return JSON.parse(stdout) as Snapshot;
}

test("BTF gives arguments and classes, and a saved snapshot of it reads back", () => {
  const { kernel, tracepoints, classes, problems } = snapshotOf(BTF);
  expect(kernel.origin).toEqual(["btf"]);
  expect(tracepoints.map(({ name }) => name)).toEqual(["disk_add", "task_sleep", "task_wake"]);
  expect(tracepoints[2]?.args).toEqual([
    { name: "preempt", type: "bool" },
    { name: "p__nullable", type: "struct task_struct *", nullable: true },
  ]);
  expect(classes?.map(({ name }) => name)).toEqual(["disk_add", "task_template"]);
  expect(problems).toEqual([]);
  const saved = join(directory, "btf.json");
  expect(tpabi("snapshot", BTF, "-o", saved).status).toBe(0);
  expect(tpabi("diff", saved, BTF, "--fail-on", "possible").status).toBe(0);
});

test("tracefs and BTF of one kernel are merged and verified against each other", () => {
  const tracefs = join(directory, "tracefs");
  const { commonFields, classes = [] } = snapshotOf(BTF);
  const fields = classes[0]?.fields ?? [];
  writeFormat(tracefs, "disk", "disk_add", commonFields, fields);
  const merged = snapshotOf(`tracefs:${tracefs}+${BTF}`);
  expect(merged.kernel.origin).toEqual(["tracefs", "btf"]);
  expect(merged.events.map(({ name, class: found }) => [name, found])).toEqual([["disk_add", "disk_add"]]);
  expect(merged.problems).toEqual([]);
  const { status, stdout } = tpabi("verify", `tracefs:${tracefs}`, BTF);
  expect([status, stdout]).toEqual([0, "event classes exact          1 of       1  100.00 %\n"]);
});

test.each([
  [["snapshot", "btf:/no/such/file"], "'/no/such/file' does not exist"],
  [["snapshot", "btf:README.md"], "'README.md' is no BTF: it is neither BTF nor ELF nor an archive of them"],
])("%j fails in one line", (args, message) => {
  const { status, stderr } = tpabi(...args);
  expect([status, stderr.split("\n")[0]]).toEqual([2, `error: ${message}`]);
});

test("this machine can be read as far as it allows", () => {
  const { status, stdout, stderr } = tpabi("snapshot", "running");
  if (status === 2) {
    console.log(`skipped: ${stderr.split("\n")[0]}`);
    return;
  }
  const { kernel, problems } = JSON.parse(stdout) as Snapshot;
  expect(kernel.version).not.toBe("");
  expect(kernel.origin.length + problems.filter(({ code }) => code === "source-unreadable").length).toBe(2);
  expect(problems.filter(({ code }) => code === "sources-disagree")).toEqual([]);
});

/** A format file as the kernel prints it. */
function writeFormat(
  tracefs: string,
  system: string,
  name: string,
  common: Snapshot["commonFields"],
  own: Snapshot["commonFields"],
): void {
  const lines = (fields: Snapshot["commonFields"]): string =>
    fields
      .map(({ name: field, type, kind, offset, size, signed }) => {
        const text = kind === "relative" ? `${type} char[]` : type;
        return `\tfield:${text} ${field};\toffset:${offset};\tsize:${size};\tsigned:${Number(signed ?? true)};\n`;
      })
      .join("");
  const directoryOfEvent = join(tracefs, "events", system, name);
  mkdirSync(directoryOfEvent, { recursive: true });
  writeFileSync(
    join(directoryOfEvent, "format"),
    `name: ${name}\nID: 1\nformat:\n${lines(common)}\n${lines(own)}\nprint fmt: "%u", REC->id\n`,
  );
}
