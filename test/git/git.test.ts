import { chmodSync, existsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { changedFiles, hunks } from "../../src/git/changes.ts";
import { commits, mergeBase, resolve } from "../../src/git/history.ts";
import { git } from "../../src/git/run.ts";
import { repository, temporaryDirectory } from "./repository.ts";

const LINES = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`);

function text(replaced: Readonly<Record<number, string>> = {}): string {
  return LINES.map((line, i) => replaced[i + 1] ?? line).join("");
}

test("a revision is resolved to its commit, also through an annotated tag", async () => {
  const { path, git: run, commit } = repository();
  const id = commit("one", { a: "1" });
  run("tag", "-a", "v1", "-m", "v1");
  expect(await resolve(path, "v1")).toBe(id);
  expect(await resolve(path, "HEAD")).toBe(id);
});

test.each([["nothing"], ["--version"], ["HEAD; touch injected"], ["$(touch injected)"], [""]])(
  "'%s' is no revision, and nothing else",
  async (rev) => {
    const { path, commit } = repository();
    commit("one", { a: "1" });
    await expect(resolve(path, rev)).rejects.toMatchObject({ code: "unknown-revision" });
    expect(existsSync(join(path, "injected"))).toBe(false);
  },
);

test("a directory without a repository is told apart from an unknown revision", async () => {
  await expect(resolve(temporaryDirectory(), "HEAD")).rejects.toMatchObject({ code: "not-a-repository" });
  await expect(resolve("/nonexistent", "HEAD")).rejects.toMatchObject({ code: "not-a-repository" });
});

test("the merge base is that of a pull request, and unrelated histories have none", async () => {
  const { path, git: run, commit } = repository();
  const base = commit("base", { a: "1" });
  run("checkout", "-q", "-b", "topic");
  const head = commit("topic", { b: "1" });
  run("checkout", "-q", "main");
  const tip = commit("main goes on", { c: "1" });
  expect(await mergeBase(path, tip, head)).toBe(base);
  run("checkout", "-q", "--orphan", "other");
  const other = commit("unrelated", { d: "1" });
  await expect(mergeBase(path, tip, other)).rejects.toMatchObject({ code: "no-merge-base" });
});

test("a shallow clone says how to make it longer", async () => {
  const full = repository();
  full.commit("base", { a: "1" });
  full.git("checkout", "-q", "-b", "topic");
  const head = full.commit("topic", { b: "1" });
  full.git("checkout", "-q", "main");
  const tip = full.commit("main goes on", { c: "1" });
  const { path, git: run } = repository("--depth=1", "--no-single-branch", `file://${full.path}`);
  await expect(mergeBase(path, tip, head)).rejects.toMatchObject({ hint: expect.stringContaining("--deepen") });
  const missing = full.commit("later", { d: "1" });
  await expect(resolve(path, missing)).rejects.toMatchObject({ hint: expect.stringContaining(`origin ${missing}`) });
  run("fetch", "-q", "--no-tags", "--deepen=1000");
  expect(await mergeBase(path, tip, head)).toBe(await resolve(full.path, `${head}~1`));
});

test("commits come in the order in which they apply, with messages as they are", async () => {
  const { path, commit } = repository();
  const first = commit("first", { a: "1" });
  const second = commit("::error::no \u001b[31m command\n\nbody\n\nof %H two parts\n", { a: "2" });
  commit("third", { b: "1" });
  const found = await commits(path, `${first}..HEAD`);
  expect(found.map(({ subject }) => subject)).toEqual(["::error::no \u001b[31m command", "third"]);
  expect(found[0]).toEqual({
    id: second,
    parents: [first],
    author: "Ada",
    date: expect.stringMatching(/^2026-01-02T03:04:05/),
    subject: "::error::no \u001b[31m command",
    body: "body\n\nof %H two parts",
  });
  expect((await commits(path, `${first}..HEAD`, ["b"])).map(({ subject }) => subject)).toEqual(["third"]);
  expect(await commits(path, "HEAD..HEAD")).toEqual([]);
});

test("changed files are listed with renames and with any name", async () => {
  const { path, commit } = repository();
  const odd = ':(top)x\n\t"*é';
  commit("before", { keep: "1", old: text(), gone: "1", [odd]: text() });
  commit("after", { old: null, new: text({ 3: "other\n" }), gone: null, born: "2", [odd]: text({ 2: "x\n" }) });
  const files = await changedFiles(path, "HEAD~1", "HEAD");
  expect(files.map(({ path: name, from, status }) => [name, from, status])).toEqual([
    [odd, undefined, "modified"],
    ["born", undefined, "added"],
    ["gone", undefined, "deleted"],
    ["new", "old", "renamed"],
  ]);
  const found = await hunks(path, "HEAD~1", "HEAD", [odd, "new", "old"]);
  expect([...found.keys()]).toEqual([odd, "new"]);
  expect(found.get("new")).toEqual([{ before: { start: 3, count: 1 }, after: { start: 3, count: 1 } }]);
});

test("hunks name the lines of both sides", async () => {
  const { path, commit } = repository();
  commit("before", { a: text() });
  commit("after", { a: text({ 2: "", 10: "@@ -1 +1 @@\ndiff --git x\n", 20: `${LINES[19]}more\n` }) });
  expect((await hunks(path, "HEAD~1", "HEAD", ["a"])).get("a")).toEqual([
    { before: { start: 2, count: 1 }, after: { start: 1, count: 0 } },
    { before: { start: 10, count: 1 }, after: { start: 9, count: 2 } },
    { before: { start: 20, count: 0 }, after: { start: 21, count: 1 } },
  ]);
});

test("a file that became a link does not shift the hunks of others", async () => {
  const { path, git: run, commit } = repository();
  commit("before", { a: text(), z: text() });
  run("update-index", "--cacheinfo", `120000,${run("rev-parse", "HEAD:a")},a`);
  writeFileSync(join(path, "z"), text({ 5: "x\n" }));
  run("update-index", "z");
  run("commit", "-q", "-m", "after");
  const found = await hunks(path, "HEAD~1", "HEAD", ["a", "z"]);
  expect(found.get("z")).toEqual([{ before: { start: 5, count: 1 }, after: { start: 5, count: 1 } }]);
});

test("nothing that the configuration or the attributes of a repository name is started, and nothing is hidden", async () => {
  const { path, git: run, commit } = repository();
  commit("before", { a: text(), ".gitattributes": "a binary diff=evil filter=evil\n" });
  const script = join(path, ".git", "evil");
  writeFileSync(script, `#!/bin/sh\ntouch ${join(path, ".git", "ran")}\n`);
  chmodSync(script, 0o755);
  commit("after", { a: text({ 4: "x\n" }) });
  const settings = ["core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command", "filter.evil.smudge"];
  for (const setting of [...settings, "gpg.program", "core.pager", "core.sshCommand"]) run("config", setting, script);
  run("config", "log.showSignature", "true");
  expect((await hunks(path, "HEAD~1", "HEAD", ["a"])).get("a")).toHaveLength(1);
  expect(await changedFiles(path, "HEAD~1", "HEAD")).toHaveLength(1);
  expect(await commits(path, "HEAD~1..HEAD")).toHaveLength(1);
  expect(existsSync(join(path, ".git", "ran"))).toBe(false);
});

test("a partial clone that lacks texts is an error with advice, and is not completed unasked", async () => {
  const full = repository();
  full.git("config", "uploadpack.allowFilter", "true");
  full.commit("before", { a: text() });
  full.commit("after", { a: text({ 3: "x\n" }) });
  const { path } = repository("--filter=blob:none", "--no-checkout", `file://${full.path}`);
  expect(await changedFiles(path, "HEAD~1", "HEAD")).toHaveLength(1);
  await expect(hunks(path, "HEAD~1", "HEAD", ["a"])).rejects.toMatchObject({ code: "missing-objects" });
  await expect(git(path, ["cat-file", "blob", "HEAD:a"])).rejects.toMatchObject({ code: "missing-objects" });
});

test("a command that prints without end is stopped", async () => {
  const repo = repository();
  const file = join(repo.path, "zeros");
  writeFileSync(file, "");
  truncateSync(file, 64 * 1024 * 1024);
  const id = repo.git("hash-object", "-w", file);
  await expect(
    git(repo.path, ["cat-file", "--batch"], { input: `${id}\n`.repeat(5), isBinary: true }),
  ).rejects.toMatchObject({
    code: "limit-exceeded",
    message: "git printed more than 256 MiB",
  });
}, 60_000);
