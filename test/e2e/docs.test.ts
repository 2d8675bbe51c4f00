// What the docs show is what happens: examples of the library, and commands with what they print.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { makeRepository, type Repository } from "../notes/repository.ts";
import { demoTree } from "./demo-tree.ts";
import { run } from "./run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCS = join(ROOT, "docs");
const PAGES = readdirSync(DOCS, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));

function readPage(path: string): string {
  return readFileSync(join(DOCS, path), "utf8");
}

const EXAMPLES = PAGES.flatMap((page) =>
  [...readPage(page).matchAll(/^```js\n([^]*?)^```\n(?:\n```text\n([^]*?)^```\n)?/gm)].map(
    ([, program = "", output]) => [page, /^\w+ \w+.*await.*$/m.exec(program)?.[0] ?? program, program, output] as const,
  ),
);

describe("examples of the library", () => {
  test("are there for each of its functions", () => {
    const text = EXAMPLES.map(([, , program]) => program).join("");
    const functions = [...readPage("api.md").matchAll(/^\| `(\w+)\(/gm)].map(([, name = ""]) => name);
    expect(functions.length).toBeGreaterThan(8);
    for (const name of functions) expect(text).toContain(`${name}(`);
  });

  // The repository imports itself as "tpabi", by the exports of its package.json.
  test.each(EXAMPLES)("%s: %s", (_page, _title, program, output) => {
    const { status, stdout, stderr } = run(process.execPath, ["--input-type=module", "-e", program]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(output);
  });
});

describe("getting started", () => {
  const place = mkdtempSync(join(tmpdir(), "tpabi-docs-"));
  let repository: Repository;
  beforeAll(() => {
    repository = makeRepository();
    const { commit, git, path } = repository;
    commit("Linux 6.12.1", demoTree(1, "\n\t\t__field(int, cpu)\n\t\t__field(int, status)\n\t"));
    git("switch", "-qc", "topic");
    commit("demo: drop the status", demoTree(1, "\n\t\t__field(int, cpu)\n\t"));
    spawnSync("ln", ["-s", path, join(place, "linux")]);
    writeFileSync(join(place, "tpabi"), `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/dist/cli/main.js' "$@"\n`, {
      mode: 0o755,
    });
    // What the page shows of its files.
    for (const [, name = "", text = ""] of readPage("getting-started.md").matchAll(
      /^\$ cat (issue\.bt|NEWS)\n([^$`]*(?:`\w+`[^$`]*)*)/gm,
    )) {
      writeFileSync(join(place, name), text);
    }
  });
  afterAll(() => {
    repository.remove();
    rmSync(place, { recursive: true });
  });

  const sections = readPage("getting-started.md")
    .split(/^## (?=You)/m)
    .slice(1);
  test.each(sections.map((text) => [text.slice(0, text.indexOf("\n")), text] as const))("%s", (_title, text) => {
    let directory = place;
    for (const [, block = ""] of text.matchAll(/^```console\n([^]*?)^```$/gm)) {
      for (const [, command = "", expected = ""] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
        if (command.startsWith("cd ")) {
          directory = join(place, command.slice(3));
          continue;
        }
        const env = { ...process.env, NO_COLOR: "1", HOME: place, PATH: `${place}:${process.env["PATH"] ?? ""}` };
        const { stdout, status } = spawnSync("sh", ["-c", command], { cwd: directory, encoding: "utf8", env });
        expect(status).toBeLessThan(2);
        expect({ command, stdout }).toEqual({ command, stdout: expect.stringMatching(patternOf(expected)) });
      }
    }
  });
});

/** A line of dots stands for any lines, dots at the end of a line for the rest of it. */
function patternOf(expected: string): RegExp {
  const lines = expected.split(/(?<=\n)/).map((line) => {
    if (line === "...\n") return "[^]*?";
    const quoted = line.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return quoted.replace(/\\\.\\\.\\\.\n$/, ".*\n");
  });
  return new RegExp(`^${lines.join("")}$`);
}

describe("links", () => {
  const pages = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...PAGES.map((page) => `docs/${page}`),
  ];

  test.each(pages)("in %s lead somewhere", (page) => {
    const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/^```[^]*?^```$/gm, "");
    const dead = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#([^)\s]+))?\)/g)].filter(
      ([, target = "", anchor]) => {
        const path = join(ROOT, dirname(page), target);
        const found = spawnSync("test", ["-e", path]).status === 0;
        return !found || (anchor !== undefined && !anchorsOf(path).has(anchor));
      },
    );
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  test("lead from the index to every page", () => {
    const index = readPage("README.md");
    const missing = PAGES.filter((page) => !page.includes("/") && page !== "README.md" && !index.includes(`(${page})`));
    expect(missing).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(path: string): ReadonlySet<string> {
  const headings = [...readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}
