import { rmSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { parseRange } from "../../src/check/change-set.ts";
import { check, type CheckOptions } from "../../src/check/check.ts";
import type { Finding } from "../../src/rules/finding.ts";
import type { Changes, Repository } from "../git/repository.ts";
import { header, HEADER, KERNEL, kernelRepository, types, TYPES } from "./kernel.ts";

const TOPIC = { kind: "range", base: "main", head: "HEAD" } as const;

function options(repo: string, more: Partial<CheckOptions> = {}): CheckOptions {
  return { repo, arches: ["x86_64"], cacheDir: null, ...more };
}

/** The findings of a pull request of one commit, as `rule event subject file:line`. */
async function findings(changes: Changes, more: Partial<CheckOptions> = {}): Promise<readonly string[]> {
  const { path, commit } = kernelRepository();
  commit("change", changes);
  return (await check(TOPIC, options(path, more))).report.findings.map(describe);
}

function describe({ rule, event, subject, location }: Finding): string {
  return `${rule} ${event} ${subject ?? "-"} ${location?.file}:${location?.line}`;
}

function lineOf(text: string, part: string): number {
  return text.split("\n").findIndex((line) => line.includes(part)) + 1;
}

test.each([
  ["BASE..HEAD", { base: "BASE", head: "HEAD" }],
  ["a...b", { base: "a", head: "b" }],
  ["v6.12..", { base: "v6.12", head: "HEAD" }],
  ["..topic", { base: "HEAD", head: "topic" }],
])("'%s' is a range", (text, sides) => {
  expect(parseRange(text)).toEqual({ kind: "range", ...sides });
});

test.each([["HEAD"], [".."], ["..."], [""]])("'%s' is no range", (text) => {
  expect(() => parseRange(text)).toThrow("is no range of commits");
});

test("a change that touches no event has no findings", async () => {
  expect(await findings({ "drivers/quiet.c": "int louder;\n", "Documentation/new": "text\n" })).toEqual([]);
});

test("an inserted argument is found at the line of the prototype", async () => {
  const text = header({ proto: "int cpu, bool idle, int state" });
  const found = await findings({ [HEADER]: text });
  expect(found).toEqual([`argument-inserted demo:demo_tick idle ${HEADER}:${lineOf(text, "bool idle")}`]);
});

test("an inserted field is found at its line", async () => {
  const text = header({ fields: "__field(long, when); __field(int, cpu)" });
  expect(await findings({ [HEADER]: text })).toEqual([
    `field-inserted demo:demo_tick when ${HEADER}:${lineOf(text, "when")}`,
  ]);
});

test("a removed field is found where it was", async () => {
  const text = header({ other: "" }).replace("__entry->id = cpu;", "");
  const found = await findings({ [HEADER]: text });
  expect(found).toContain(`field-removed demo:demo_named id ${HEADER}:${lineOf(text, "DEMO_LEN") - 1}`);
});

test("a changed typedef in another header is found at its own line", async () => {
  const found = await findings({ [TYPES]: types({ demo: "long" }).replace("a comment", "another comment") });
  expect(found.map((line) => line.split(" ").slice(1).join(" "))).toEqual([`demo:demo_named id ${TYPES}:4`]);
});

test("a changed constant in another header is found at its own line", async () => {
  const found = await findings({ [TYPES]: types({ length: 32 }) });
  expect(found).toEqual([`field-array-length-changed demo:demo_named label ${TYPES}:6`]);
});

test("a label in a list of the header is found at its own line", async () => {
  const text = (label: string): string =>
    header()
      .replace("TRACE_EVENT(demo_tick", `#define WHY \\\n\t{ 0, "none" }, \\\n\t{ WHY_DEMO, "${label}" }\n\n$&`)
      .replace('"cpu=%d", __entry->cpu', '"cpu=%s", __print_symbolic(__entry->cpu, WHY)');
  const made = kernelRepository();
  const enums = types().replace("#endif", "enum { WHY_DEMO = 1 };\n#endif");
  made.commit("labels", { [HEADER]: text("demo"), [TYPES]: enums });
  made.commit("reword", { [HEADER]: text("show") });
  const range = { kind: "range", base: "HEAD~1", head: "HEAD" } as const;
  const { report } = await check(range, options(made.path));
  expect(report.findings.map(describe)).toEqual([
    `symbol-table-changed demo:demo_tick cpu ${HEADER}:${lineOf(text("show"), "WHY_DEMO,")}`,
  ]);
});

test("what two architectures have in common is one finding that names both", async () => {
  const { path, commit } = kernelRepository();
  commit("change", { [HEADER]: header({ fields: "__field(long, cpu)" }), [TYPES]: types({ demo: "long" }) });
  const { report } = await check(TOPIC, options(path, { arches: ["x86_64", "arm"] }));
  expect(report.after.arch).toBe("x86_64, arm");
  const arches = report.findings.map(({ subject, arches: on }) => [subject, on]);
  // A long is as large as an int on 32 bits.
  expect(arches).toContainEqual(["cpu", ["x86_64"]]);
});

test("per commit, a change that is taken back is named with both commits", async () => {
  const { path, commit } = kernelRepository();
  const made = commit("::error::insert", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  const kept = commit("widen", { [TYPES]: types({ demo: "long" }) });
  const undone = commit("take it back", { [HEADER]: header() });
  const { report } = await check(TOPIC, options(path, { perCommit: true }));
  const named = report.findings.map(({ rule, level, commit: by }) => [rule, level, by?.id, by?.undoneBy?.id]);
  expect(named).toContainEqual(["argument-inserted", "possible", made, undone]);
  expect(report.findings.filter(({ event }) => event === "demo:demo_named").map(({ commit: by }) => by?.id)).toEqual([
    kept,
  ]);
  const { report: whole } = await check(TOPIC, options(path));
  expect(whole.findings.map(({ rule }) => rule)).not.toContain("argument-inserted");
});

test("what main has gained since is not in a pull request", async () => {
  const { path, git, commit } = kernelRepository();
  git("checkout", "-q", "main");
  commit("main goes on", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  git("checkout", "-q", "topic");
  commit("quiet", { "drivers/quiet.c": "int louder;\n" });
  expect((await check(TOPIC, options(path))).report.findings).toEqual([]);
});

/** Takes the text of a file out of a repository. */
function lose({ path, git }: Repository, file: string): void {
  const id = git("rev-parse", file);
  rmSync(join(path, ".git/objects", id.slice(0, 2), id.slice(2)));
}

test("what a repository lacks on both sides alike is no change", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  lose(made, "HEAD:drivers/quiet.c");
  const { report } = await check(TOPIC, options(made.path));
  expect(report.findings.map(({ rule }) => rule)).toEqual(["argument-inserted"]);
});

test("what a repository lacks on one side is an error, never all new", async () => {
  const made = kernelRepository();
  made.commit("louder", { "drivers/quiet.c": "int louder;\n" });
  lose(made, "HEAD~1:drivers/quiet.c");
  await expect(check(TOPIC, options(made.path))).rejects.toMatchObject({
    code: "missing-objects",
    hint: expect.stringContaining("--partial"),
  });
});

test("what is staged is checked against HEAD, and the index stays as it is", async () => {
  const { path, git, stage } = kernelRepository();
  stage({ [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  const before = git("ls-files", "--stage", "--debug");
  const { report } = await check({ kind: "staged" }, options(path));
  expect(report.findings.map(({ rule }) => rule)).toEqual(["argument-inserted"]);
  expect(git("ls-files", "--stage", "--debug")).toBe(before);
});

test("a mailbox is applied in order, and names the patch that makes each change", async () => {
  const { path, git, commit } = kernelRepository();
  commit("insert: é", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  commit("widen", { [TYPES]: types({ demo: "long" }) });
  const file = Buffer.from(git("format-patch", "--stdout", "--cover-letter", "main..HEAD"));
  git("checkout", "-q", "main");
  const { report, change } = await check({ kind: "patch", base: "main", file }, options(path, { perCommit: true }));
  expect(change.names.after).toBe("2 patches");
  expect(Object.fromEntries(report.findings.map(({ event, commit: by }) => [event, by?.subject]))).toEqual({
    "demo:demo_tick": "insert: é",
    "demo:demo_named": "widen",
  });
  expect(git("status", "--porcelain")).toBe("");
});

test("a mail whose lines came with CRLF is a patch, too, and so is one of a file that has them", async () => {
  const { path, git, commit } = kernelRepository();
  const named = async (file: string): Promise<readonly string[]> => {
    const { report } = await check({ kind: "patch", base: "main", file: Buffer.from(file) }, options(path));
    return report.findings.map(({ rule, subject }) => `${rule} ${subject}`);
  };
  commit("insert", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  const mail = git("format-patch", "--stdout", "main..HEAD");
  expect(await named(mail.replaceAll("\n", "\r\n"))).toEqual(["argument-inserted idle"]);
  git("checkout", "-q", "main");
  commit("as other systems write", { [HEADER]: header().replaceAll("\n", "\r\n") });
  commit("insert", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }).replaceAll("\n", "\r\n") });
  const other = git("format-patch", "--stdout", "main~1..HEAD");
  git("branch", "-f", "old", "main~1");
  const { report } = await check({ kind: "patch", base: "old", file: Buffer.from(other) }, options(path));
  expect(report.findings.map(({ rule }) => rule)).toEqual(["argument-inserted"]);
});

test("a plain diff is a patch, too", async () => {
  const { path, git, stage } = kernelRepository();
  stage({ [HEADER]: header({ proto: "int cpu, bool idle, int state" }) });
  const file = Buffer.from(`${git("diff", "--cached")}\n`);
  git("reset", "-q", "--hard");
  const { report } = await check({ kind: "patch", base: "HEAD", file }, options(path));
  expect(report.findings.map(({ rule }) => rule)).toEqual(["argument-inserted"]);
});

test.each([
  [
    "that does not apply",
    "--- a/drivers/quiet.c\n+++ b/drivers/quiet.c\n@@ -1 +1 @@\n-no such line\n+x\n",
    "does not apply",
  ],
  ["that leaves the tree", "--- /dev/null\n+++ b/../outside\n@@ -0,0 +1 @@\n+x\n", "does not apply"],
  ["without any patch", "Dear all,\n\nplease merge.\n", "no patch in it"],
  ["that is empty", "", "no patch"],
])("a patch %s is an error", async (_, text, message) => {
  const { path } = kernelRepository();
  const checked = check({ kind: "patch", base: "HEAD", file: Buffer.from(text) }, options(path));
  await expect(checked).rejects.toMatchObject({ code: "bad-patch", message: expect.stringContaining(message) });
});

test("a base that is missing or no kernel is an error, never everything new", async () => {
  const { path, git, commit } = kernelRepository();
  await expect(check({ ...TOPIC, base: "nowhere" }, options(path))).rejects.toMatchObject({
    code: "unknown-revision",
  });
  git("checkout", "-q", "--orphan", "empty");
  git("rm", "-rqf", ".");
  commit("nothing", { README: "no kernel\n" });
  commit("a kernel", KERNEL);
  await expect(check({ kind: "range", base: "HEAD~1", head: "HEAD" }, options(path))).rejects.toMatchObject({
    code: "not-a-kernel",
  });
});
