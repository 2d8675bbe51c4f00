// The workflows in docs/examples: valid, with the least permissions, and nothing in them is put into shell text; and all
// calls of tpabi in them and in the workflows of this repository (test/workflows.test.ts looks at the rest of those).

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "@jest/globals";
import type { Command } from "commander";
import { parse } from "yaml";

import { createProgram } from "../../src/cli/program.ts";

interface Step {
  readonly run?: string;
  readonly uses?: string;
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const paths = ["docs/examples", ".github/workflows"].flatMap((folder) =>
  readdirSync(ROOT + folder).map((name) => `${folder}/${name}`),
);
const read = (path: string): unknown => parse(readFileSync(ROOT + path, "utf8"), { strict: true });
const workflows = paths
  .filter((path) => path.startsWith("docs/") && !path.includes("gitlab"))
  .map((path) => [path, read(path) as Workflow] as const);

describe.each(workflows)("%s", (_, { permissions, jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);

  test("has no permission that a job does not ask for", () => {
    expect(permissions).toEqual({ contents: "read" });
  });

  test("takes actions at a version", () => {
    const used = steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.filter((uses) => !/^[\w.-]+\/[\w./-]+@v\d+$|^\.\/?$/.test(uses))).toEqual([]);
  });

  test("has shell text that is whole, and holds nothing that GitHub puts in", () => {
    for (const { run } of steps) {
      if (run === undefined) continue;
      expect(run).not.toContain("${{");
      expect(spawnSync("bash", ["-n"], { input: run, encoding: "utf8" }).stderr).toBe("");
    }
  });
});

const texts = paths.flatMap((path) => {
  const value = read(path) as Record<string, { script?: readonly string[] }> & Workflow;
  const scripts = Object.values(value).flatMap((job) => job?.script ?? []);
  const runs = Object.values(value.jobs ?? {}).flatMap(({ steps = [] }) => steps.flatMap(({ run }) => run ?? []));
  return [...scripts, ...runs].map(
    (text) => [path, text.replaceAll(/\\?\n\s*/g, (end) => (end[0] === "\\" ? " " : "\n"))] as const,
  );
});
const calls = texts.flatMap(([path, text]) =>
  [...text.matchAll(/^(?:tpabi|node dist\/cli\/main\.js) (.*)$/gm)].map(([, words = ""]) => [words, path] as const),
);

test("there are calls of tpabi to look at", () => {
  expect(calls.length).toBeGreaterThan(3);
});

test.each(calls)("tpabi %s", async (words) => {
  let command: Command = await createProgram();
  for (const word of words.split(" ")) {
    const inner = command.commands.find((one) => one.name() === word);
    if (inner !== undefined) command = inner;
    if (!word.startsWith("-")) continue;
    const options = command.options.flatMap(({ short, long }) => [short, long]);
    expect(options).toContain(word);
  }
  expect(command.name()).not.toBe("tpabi");
});
