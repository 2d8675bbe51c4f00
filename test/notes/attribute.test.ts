import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { readSnapshot } from "../../src/sources/source.ts";
import { attribute } from "../../src/notes/attribute.ts";
import { noteCommits, readCommit, upstreamOf } from "../../src/notes/commits.ts";
import { demoTree } from "../e2e/demo-tree.ts";
import { makeRepository, type Repository } from "./repository.ts";

const HEADER = "include/trace/events/demo.h";

let repository: Repository;
beforeEach(() => {
  repository = makeRepository();
});
afterEach(() => repository.remove());

/** The header of the demo tree with these fields. */
function header(fields: string): Readonly<Record<string, string>> {
  return { [HEADER]: demoTree(1, fields)[HEADER] ?? "" };
}

async function causesBetween(before: string, after: string): Promise<readonly string[]> {
  const { path, git } = repository;
  const read = (commit: string): Promise<Snapshot> => readSnapshot(`git:${commit}`, { repo: path });
  const ends = [before, after].map((rev) => git("rev-parse", `${rev}^{commit}`));
  const [from = "", to = ""] = ends;
  const { changes } = diff(await read(from), await read(to));
  const causes = await attribute(changes, { repo: path, before: from, after: to, read });
  return changes.map((change, index) => {
    const own = causes[index] ?? [];
    const said = own.map((cause) => {
      if (cause.is === "unknown") return `unknown: ${cause.reason}`;
      return cause.is === "import"
        ? `import of ${cause.version}`
        : `${cause.commit.subject}${cause.side === "before" ? " (before)" : ""}`;
    });
    return `${change.kind}: ${said.join(", ")}`;
  });
}

describe("the commit that made a change", () => {
  test("stands on a branch that was merged, among commits that touch the same file", async () => {
    const { commit, git } = repository;
    commit("start", demoTree(1, "__field(int, cpu)"));
    git("checkout", "-q", "-b", "topic");
    commit("touch nothing", { "kernel/other.c": "int x;\n" });
    commit("reword a comment", { [HEADER]: `/* demo */\n${header("__field(int, cpu)")[HEADER]}` });
    commit("add a field", header("__field(int, cpu) __field(int, extra)"));
    commit("reword it again", { [HEADER]: `/* more */\n${header("__field(int, cpu) __field(int, extra)")[HEADER]}` });
    git("checkout", "-q", "main");
    commit("go on", { "kernel/third.c": "int y;\n" });
    git("merge", "-q", "--no-ff", "-m", "merge topic", "topic");
    commit("and on", { "kernel/fourth.c": "int z;\n" });
    expect(await causesBetween("main~3", "main")).toEqual(["field-appended: add a field"]);
  });

  test("is found in a file that was renamed meanwhile", async () => {
    const { commit, git } = repository;
    commit("start", demoTree(1, "__field(int, cpu)"));
    git("tag", "before");
    git("mv", HEADER, "include/trace/events/renamed.h");
    commit("rename the header", {
      "kernel/demo.c": "#define CREATE_TRACE_POINTS\n#include <trace/events/renamed.h>\n",
    });
    commit("add a field", {
      "include/trace/events/renamed.h": header("__field(int, cpu) __field(int, extra)")[HEADER] ?? "",
    });
    commit("go on", { "kernel/other.c": "int x;\n" });
    expect(await causesBetween("before", "main")).toEqual(["field-appended: add a field"]);
  });

  test("may touch no file that declares the event", async () => {
    const { commit, git } = repository;
    const tree = demoTree(1, "__field(int, cpu) __field(demo_t, value)");
    const types = (type: string): Readonly<Record<string, string>> => ({
      "include/linux/demo_types.h": `typedef ${type} demo_t;\n`,
    });
    const withInclude = (tree[HEADER] ?? "").replace("TRACE_EVENT", "#include <linux/demo_types.h>\nTRACE_EVENT");
    commit("start", { ...tree, ...types("int"), [HEADER]: withInclude });
    git("tag", "before");
    commit("reword a comment", { [HEADER]: `/* demo */\n${withInclude}` });
    commit("widen the type", types("long long"));
    commit("reword it again", { [HEADER]: `/* more */\n${withInclude}` });
    expect(await causesBetween("before", "main")).toEqual(["field-size-changed: widen the type"]);
  });

  test("may be two, the later one first", async () => {
    const { commit, git } = repository;
    commit("start", demoTree(1, "__field(int, cpu)"));
    git("tag", "before");
    commit("add one", header("__field(int, cpu) __field(int, one)"));
    commit("add two", header("__field(int, cpu) __field(int, one) __field(int, two)"));
    expect(await causesBetween("before", "main")).toEqual(["field-appended: add two, add one"]);
  });

  test("is the merge only if the branches have no part of it", async () => {
    const { commit, git } = repository;
    const two = "__field(int, cpu) __field(int, one) __field(int, two)";
    commit("start", demoTree(1, "__field(int, cpu)"));
    git("tag", "before");
    git("checkout", "-q", "-b", "topic");
    commit("add one", header("__field(int, cpu) __field(int, one)"));
    git("checkout", "-q", "main");
    commit("add two", header("__field(int, cpu) __field(int, two)"));
    git("merge", "-q", "--no-commit", "-s", "ours", "topic");
    commit("merge topic", header(two));
    expect(await causesBetween("before", "main")).toEqual(["field-appended: add two, add one"]);
    git("checkout", "-q", "-b", "third", "before");
    commit("go on", { "kernel/other.c": "int x;\n" });
    git("checkout", "-q", "main");
    git("merge", "-q", "--no-commit", "third");
    commit("merge third, and add three", header(`${two} __field(int, three)`));
    expect(await causesBetween("main~1", "main")).toEqual(["field-appended: merge third, and add three"]);
  });

  test("may be in the earlier kernel alone", async () => {
    const { commit, git } = repository;
    commit("start", demoTree(1, "__field(int, cpu)"));
    git("checkout", "-q", "-b", "stable");
    commit("add a field to the stable branch", header("__field(int, cpu) __field(int, extra)"));
    git("checkout", "-q", "main");
    commit("go on", { "kernel/other.c": "int x;\n" });
    expect(await causesBetween("stable", "main")).toEqual(["field-removed: add a field to the stable branch (before)"]);
  });

  test("is not named where the history has a release as one commit", async () => {
    const { commit, git } = repository;
    commit("import 1", demoTree(1, "__field(int, cpu)"));
    git("tag", "v6.12.1");
    commit("import 2", demoTree(2, "__field(int, cpu)"));
    commit("import 3", demoTree(3, "__field(int, cpu) __field(int, extra)"));
    commit("import 4", demoTree(4, "__field(int, cpu) __field(int, extra)"));
    expect(await causesBetween("v6.12.1", "main")).toEqual(["field-appended: import of 6.12.3"]);
  });

  test("is not named where there is no common history", async () => {
    const { commit, git } = repository;
    commit("one", demoTree(1, "__field(int, cpu)"));
    git("checkout", "-q", "--orphan", "other");
    git("rm", "-rfq", ".");
    commit("nothing yet", { README: "" });
    commit("another", demoTree(2, "__field(int, cpu) __field(int, extra)"));
    expect(await causesBetween("main", "other")).toEqual(["field-appended: import of 6.12.2"]);
  });
});

test.each([
  ["commit 0123456789abcdef0123456789abcdef01234567 upstream.", "0123456789abcdef0123456789abcdef01234567"],
  ["[ Upstream commit 0123456789abcdef0123456789abcdef01234567 ]", "0123456789abcdef0123456789abcdef01234567"],
  ["Upstream commit: 0123456789AB", "0123456789ab"],
  ["(cherry picked from commit 0123456789abcdef)", "0123456789abcdef"],
  ["It reverts commit 0123456789abcdef, which is upstream.", undefined],
  ['Fixes: 0123456789ab ("commit")', undefined],
  ["", undefined],
])("the upstream commit of a message with %j", (line, expected) => {
  expect(upstreamOf(`Why.\n\n${line}\n\nSigned-off-by: Ann\n`)).toBe(expected);
});

test("a backport is noted with its mainline commit and the first release of each branch", async () => {
  const { commit, git, path } = repository;
  commit("start", { file: "1" });
  git("tag", "v6.12");
  git("branch", "linux-6.12.y");
  const mainline = commit("demo: change it", { file: "2" });
  commit("more", { file: "3" });
  git("tag", "v6.13-rc1");
  git("checkout", "-q", "linux-6.12.y");
  const backport = commit(`demo: change it\n\ncommit ${mainline} upstream.\n\nWhy.`, { file: "2" });
  git("tag", "v6.12.1");
  git("tag", "some-build");
  commit("later", { file: "4" });
  git("tag", "v6.12.2");
  const found = await Promise.all([backport, mainline].map((id) => readCommit(path, id)));
  const notes = await noteCommits(
    path,
    found.flatMap((one) => one ?? []),
  );
  expect(notes.get(backport)).toMatchObject({
    subject: "demo: change it",
    author: "Ann Author",
    upstream: mainline,
    tag: "v6.12.1",
    elsewhere: [{ id: mainline, tag: "v6.13-rc1" }],
  });
  expect(notes.get(mainline)).toMatchObject({ tag: "v6.13-rc1", elsewhere: [{ id: backport, tag: "v6.12.1" }] });
  expect(notes.get(mainline)).not.toHaveProperty("upstream");
});
