import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { header, HEADER, kernelRepository } from "../check/kernel.ts";
import { type Repository, repository } from "../git/repository.ts";
import { type Request, runStep, type Step, type StepOptions, withApi } from "./step.ts";

const INSERTED = header({ proto: "int cpu, bool idle, int state" });

function pullRequest({ git }: Repository, number = 7): object {
  return {
    pull_request: {
      number,
      base: { sha: git("rev-parse", "main"), ref: "main" },
      head: { sha: git("rev-parse", "topic"), ref: "topic; touch injected" },
    },
  };
}

/** Lines that the runner would take for commands. */
function commands({ log }: Step): readonly string[] {
  return log.split("\n").filter((line) => line.startsWith("::"));
}

test("a pull request is annotated at the changed line, summarized, and fails", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const step = await runStep({
    workspace: made.path,
    payload: pullRequest(made),
    inputs: { sarif: "out.sarif", html: "out.html", "per-commit": "true" },
  });
  expect(step.status).toBe(1);
  const line = INSERTED.split("\n").findIndex((text) => text.includes("bool idle")) + 1;
  expect(commands(step)).toEqual([
    expect.stringMatching(new RegExp(`^::error file=${HEADER},line=${line},title=demo%3Ademo_tick%3A argument-inserted`)),
  ]);
  expect(step.outputs).toMatchObject({ result: "fail", breaking: "0", likely: "1", possible: "0", safe: "0" });
  expect(step.summary).toContain("argument-inserted");
  expect(readFileSync(step.outputs["sarif"] ?? "", "utf8")).toContain('"version": "2.1.0"');
  expect(existsSync(join(made.path, "out.html"))).toBe(true);
  expect(JSON.parse(readFileSync(step.outputs["report"] ?? "", "utf8"))).toMatchObject({ schemaVersion: 1 });
});

test("a pull request that touches no event passes without a word", async () => {
  const made = kernelRepository();
  made.commit("quiet", { "drivers/quiet.c": "int louder;\n" });
  const step = await runStep({ workspace: made.path, payload: pullRequest(made) });
  expect([step.status, commands(step), step.outputs["result"]]).toEqual([0, [], "pass"]);
});

test.each<[string, (made: Repository) => object]>([
  ["a push", ({ git }) => ({ before: git("rev-parse", "main"), after: git("rev-parse", "topic") })],
  ["a merge group", ({ git }) => ({ merge_group: { base_sha: git("rev-parse", "main"), head_sha: git("rev-parse", "topic") } })],
])("%s is checked, too", async (_, payload) => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const step = await runStep({ workspace: made.path, payload: payload(made), inputs: { "fail-on": "breaking" } });
  expect([step.status, step.outputs["likely"]]).toEqual([0, "1"]);
});

test("the inputs base and head come before the event", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const step = await runStep({ workspace: made.path, payload: pullRequest(made), inputs: { base: "HEAD", head: "HEAD" } });
  expect([step.status, step.outputs["likely"]]).toEqual([0, "0"]);
});

test("hostile names, messages and inputs inject nothing", async () => {
  const made = kernelRepository();
  const name = "drivers/::error::pwned\n::set-output name=result::pass\u001b[31m.h";
  const text = INSERTED.replaceAll("idle", "idle").replace("_TRACE_DEMO_H\n", '_TRACE_DEMO_H\n#include "odd.h"\n');
  made.commit("::error::pwned\n\n::add-mask::x\n\n$(touch injected)", { [HEADER]: text, [name]: "int x;\n" });
  const step = await runStep({
    workspace: made.path,
    payload: pullRequest(made),
    inputs: { "per-commit": "true", event: "demo:*\n$(touch injected)*", "fail-on": "likely" },
  });
  expect(existsSync(join(made.path, "injected"))).toBe(false);
  // The second pattern matches no event, which is an error and no silence.
  expect([step.status, step.outputs["result"]]).toEqual([2, "error"]);
  const plain = await runStep({ workspace: made.path, payload: pullRequest(made), inputs: { "per-commit": "true" } });
  expect(commands(plain)).toHaveLength(1);
  expect(commands(plain)[0]).toMatch(/^::error file=include/);
  expect(plain.log).not.toContain("\u001b");
  expect(plain.outputs["result"]).toBe("fail");
  expect(plain.summary).not.toMatch(/^::/m);
});

test.each([
  ["schedule", { schedule: "0 0 * * *" }],
  ["workflow_dispatch", { inputs: null, ref: "refs/heads/main" }],
])("a %s names no commits, which is an error", async (_, payload) => {
  const { path } = kernelRepository();
  const step = await runStep({ workspace: path, payload });
  expect([step.status, step.outputs["result"]]).toEqual([2, "error"]);
  expect(commands(step)).toEqual([expect.stringContaining("give the inputs base and head")]);
});

test("a workflow_dispatch with inputs is checked", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const step = await runStep({ workspace: made.path, payload: { inputs: null }, inputs: { base: "main" } });
  expect([step.status, step.outputs["likely"]]).toEqual([1, "1"]);
});

test("an event whose commits are none is refused", async () => {
  const { path } = kernelRepository();
  const step = await runStep({ workspace: path, payload: { before: "--upload-pack=touch injected", after: "HEAD" } });
  expect([step.status, existsSync(join(path, "injected"))]).toEqual([2, false]);
});

test("a missing base is an error with advice, never everything new", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const payload = { before: "1".repeat(40), after: made.git("rev-parse", "HEAD") };
  const step = await runStep({ workspace: made.path, payload, inputs: { fetch: "false" } });
  expect([step.status, step.outputs["result"]]).toEqual([2, "error"]);
  expect(step.log).toContain(`git fetch --no-tags origin ${"1".repeat(40)}`);
  expect(step.summary).toBe("");
});

test("a shallow clone is completed from its origin", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const shallow = repository("--depth=1", "--branch=topic", `file://${made.path}`);
  const step = await runStep({ workspace: shallow.path, payload: pullRequest(made) });
  expect([step.status, step.outputs["likely"]]).toEqual([1, "1"]);
});

test("the merge that is checked out of a pull request needs one commit before it", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  made.git("checkout", "-q", "main");
  for (const name of ["one", "two", "three"]) made.commit(name, { [name]: name });
  made.git("checkout", "-q", "-b", "merge");
  made.git("merge", "-q", "--no-ff", "-m", "merge", "topic");
  made.git("config", "uploadpack.allowAnySHA1InWant", "true");
  const shallow = repository("--depth=1", "--branch=merge", `file://${made.path}`);
  const step = await runStep({ workspace: shallow.path, payload: pullRequest(made) });
  expect([step.status, step.outputs["likely"]]).toEqual([1, "1"]);
  // The merge, its two parents, and the one before the first of these; all in all there are six.
  expect(shallow.git("rev-list", "--count", "HEAD")).toBe("4");
});

test("a partial clone is completed from its origin", async () => {
  const made = kernelRepository();
  made.git("config", "uploadpack.allowFilter", "true");
  made.git("config", "uploadpack.allowAnySHA1InWant", "true");
  made.commit("insert", { [HEADER]: INSERTED });
  const partial = repository("--filter=blob:none", "--no-checkout", "--branch=topic", `file://${made.path}`);
  const without = await runStep({ workspace: partial.path, payload: pullRequest(made), inputs: { fetch: "false" } });
  expect([without.status, without.log]).toEqual([2, expect.stringContaining("--filter=blob:none")]);
  const step = await runStep({ workspace: partial.path, payload: pullRequest(made) });
  expect([step.status, step.outputs["likely"]]).toEqual([1, "1"]);
});

const TOKEN = "secret-token";
const COMMENTING = { comment: "true", "github-token": TOKEN };

test("a comment is made once and then kept up to date", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  let kept: { id: number; body: string; user: { type: string } }[] = [
    { id: 1, body: "<!-- tpabi-check -->\nnot ours", user: { type: "User" } },
  ];
  await withApi(
    ({ method, body }) => {
      if (method === "POST") kept = [...kept, { id: 2, ...(JSON.parse(body) as { body: string }), user: { type: "Bot" } }];
      if (method === "PATCH") kept = kept.map((one) => (one.id === 2 ? { ...one, ...(JSON.parse(body) as object) } : one));
      return [200, method === "GET" ? kept : {}];
    },
    async (api, requests) => {
      const run = (): Promise<Step> => runStep({ workspace: made.path, payload: pullRequest(made), inputs: COMMENTING, api });
      const step = await run();
      expect(kept[1]?.body).toContain("argument-inserted");
      expect(requests[0]).toMatchObject({ method: "GET", authorization: `Bearer ${TOKEN}` });
      expect(requests[0]?.path).toMatch(/^\/repos\/owner\/linux\/issues\/7\/comments/);
      expect(step.log).not.toContain(TOKEN);
      await run();
      expect(kept).toHaveLength(2);
      made.commit("take it back", { [HEADER]: header() });
      expect((await run()).status).toBe(0);
      expect(kept[1]?.body).toContain("nothing to report any more");
      expect(requests.map(({ method }) => method)).toEqual(["GET", "GET", "POST", "GET", "GET", "PATCH"]);
      // Somebody else wrote the marker, so it was asked whose token it is.
      expect(requests[1]?.path).toBe("/user");
    },
  );
});

test("no comment is made when there is nothing to say", async () => {
  const made = kernelRepository();
  made.commit("quiet", { "drivers/quiet.c": "int louder;\n" });
  await withApi(
    () => [200, []],
    async (api, requests) => {
      await runStep({ workspace: made.path, payload: pullRequest(made), inputs: COMMENTING, api });
      expect(requests.map(({ method }) => method)).toEqual(["GET"]);
    },
  );
});

test.each([
  ["writing", ({ method }: Request) => method !== "GET"],
  ["reading", () => true],
])("a token that is not for %s comments is told, and changes nothing of the result", async (_, isDenied) => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  await withApi(
    (request) => (isDenied(request) ? [403, { message: "Resource not accessible by integration" }] : [200, []]),
    async (api) => {
      const step = await runStep({ workspace: made.path, payload: pullRequest(made), inputs: COMMENTING, api });
      expect([step.status, step.outputs["result"]]).toEqual([1, "fail"]);
      expect(step.log).toContain("the token may not write");
    },
  );
});

test.each<[string, (api: string) => Partial<StepOptions>, string]>([
  ["an API out of order", (api) => ({ api }), "GitHub answered 502 to GET repos/owner/linux/issues/7/comments"],
  ["an API that is not there", () => ({ api: "http://127.0.0.1:9" }), "cannot reach GitHub at http://127.0.0.1:9"],
  ["no token", (api) => ({ api, inputs: { comment: "true" } }), "give the input github-token"],
])("with %s there is a warning and no comment, and the result stays", async (_, given, said) => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  await withApi(
    () => [502, {}],
    async (url) => {
      const step = await runStep({
        workspace: made.path,
        payload: pullRequest(made),
        inputs: COMMENTING,
        ...given(url),
      });
      expect([step.status, step.outputs["result"], step.outputs["likely"]]).toEqual([1, "fail", "1"]);
      expect(commands(step).at(-1)).toMatch(/^::warning title=tpabi::no comment: /);
      expect(step.log).toContain(said);
    },
  );
});

test("the comment is found behind a hundred others", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const others = Array.from({ length: 100 }, (_, id) => ({ id, body: "ok", user: { type: "User" } }));
  const own = { id: 1000, body: "<!-- tpabi-check -->\nold", user: { type: "Bot" } };
  await withApi(
    ({ method, path }) => [200, method !== "GET" ? {} : path.endsWith("&page=1") ? others : [own]],
    async (api, requests) => {
      await runStep({ workspace: made.path, payload: pullRequest(made), inputs: COMMENTING, api });
      expect(requests.map(({ method, path }) => `${method} ${path.replace("/repos/owner/linux/", "")}`)).toEqual([
        "GET issues/7/comments?per_page=100&page=1",
        "GET issues/7/comments?per_page=100&page=2",
        "PATCH issues/comments/1000",
      ]);
    },
  );
});

test("with the token of a user, the comment of that user is kept up to date, and nobody else's", async () => {
  const made = kernelRepository();
  made.commit("insert", { [HEADER]: INSERTED });
  const by = (id: number, login: string): object => ({
    id,
    body: "<!-- tpabi-check -->\nold",
    user: { type: "User", login },
  });
  await withApi(
    ({ method, path }) => [200, path === "/user" ? { login: "me" } : method === "GET" ? [by(1, "you"), by(2, "me")] : {}],
    async (api, requests) => {
      await runStep({ workspace: made.path, payload: pullRequest(made), inputs: COMMENTING, api });
      expect(requests.at(-1)).toMatchObject({ method: "PATCH", path: "/repos/owner/linux/issues/comments/2" });
    },
  );
});

test("a workflow_run finds the pull request of its commit, and comments there", async () => {
  const made = kernelRepository();
  const head = made.commit("insert", { [HEADER]: INSERTED });
  const open = { number: 9, state: "open", base: { sha: made.git("rev-parse", "main") }, head: { sha: head } };
  await withApi(
    ({ path }) => [200, path.endsWith("/pulls") ? [{ ...open, state: "closed", number: 8 }, open] : []],
    async (api, requests) => {
      const payload = { workflow_run: { head_sha: head } };
      const step = await runStep({ workspace: made.path, payload, inputs: COMMENTING, api });
      expect(step.outputs["likely"]).toBe("1");
      expect(requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`)).toEqual([
        `GET /repos/owner/linux/commits/${head}/pulls`,
        "GET /repos/owner/linux/issues/9/comments",
        "POST /repos/owner/linux/issues/9/comments",
      ]);
    },
  );
});

test("every input and output of action.yml is one that the entry knows", () => {
  const text = readFileSync(new URL("../../action.yml", import.meta.url), "utf8");
  const entry = readFileSync(new URL("../../action/index.js", import.meta.url), "utf8");
  const section = (name: string): readonly string[] =>
    [...(new RegExp(`^${name}:\\n((?: .*\\n|\\n)+)`, "m").exec(text)?.[1] ?? "").matchAll(/^ {2}([\w-]+):$/gm)].map(
      ([, key = ""]) => key,
    );
  expect(section("inputs").filter((name) => !entry.includes(`"${name}"`))).toEqual([]);
  const outputs = ["result", "breaking", "likely", "possible", "safe", "report", "markdown", "sarif", "html"];
  expect(section("outputs")).toEqual(outputs);
});
