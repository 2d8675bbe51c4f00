// What every command prints of kernels, tools and repositories whose names were chosen to be taken for something else: by a
// terminal, by the runner of GitHub's actions, by readers of Markdown, HTML, JSON and CSV.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { XMLParser } from "fast-xml-parser";
import MarkdownIt from "markdown-it";
import { type DefaultTreeAdapterTypes, parse } from "parse5";

import { encode } from "../../src/snapshot/codec.ts";
import type { Snapshot, TraceEvent } from "../../src/snapshot/model.ts";
import { HOSTILE_TEXTS, SNAPSHOT } from "../samples.ts";
import { demoTree, writeFiles } from "./demo-tree.ts";
import { type Result, run } from "./run.ts";

const ALL = HOSTILE_TEXTS.join(" ").replaceAll("\0", "");
const BAD = /\b(?:alert\(1\)|evil\.example)/;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-hostile-"));
  writeFileSync(join(directory, "a.json"), encode(kernel("99.1.1", 0)));
  writeFileSync(join(directory, "b.json"), encode(kernel("99.1.2", 4)));
  writeFileSync(join(directory, "named.json"), encode(kernel(HOSTILE_TEXTS.join(" "), 0)));
  makeRepository(join(directory, "repo"));
  makeTool(join(directory, "tool"));
  for (const name of ["a", "b"]) ok(tpabi("baseline", "add", `${name}.json`, "--dir", "baselines"));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A kernel in which everything has a hostile name; fields of the later one lie some bytes further down. */
function kernel(version: string, down: number): Snapshot {
  const events = HOSTILE_TEXTS.map((text, index): TraceEvent => ({
    system: text,
    name: `${text}${index}`,
    class: text,
    tracepoint: text,
    fields: [
      { name: text, type: text, kind: "scalar", offset: 8 + down, size: 4, signed: true, when: text },
      ...(down === 0
        ? [{ name: `${text}.`, type: text, kind: "scalar" as const, offset: 12, size: 4, signed: false }]
        : []),
    ],
    print: { format: `${text}${down}`, args: text, symbols: { [text]: { [text]: down } } },
    when: `${text}${down}`,
    location: { file: `../${text}`, line: 3 },
  }));
  const tracepoints = HOSTILE_TEXTS.map((text, index) => ({
    name: text,
    args: [{ name: text, type: `${text} *` }, ...(down === 0 ? [] : [{ name: `${index}`, type: text }])],
    location: { file: `/${text}`, line: 5 },
  }));
  return {
    ...SNAPSHOT,
    kernel: { version, arch: "x86_64", origin: ["source"], ref: HOSTILE_TEXTS.join(" "), commit: "0".repeat(40) },
    // A name that can be asked for, at a place that nobody should go to.
    events: [...events, { system: "demo", name: "owned", fields: [], location: { file: ALL, line: 1 } }].sort(
      (one, other) => (one.system < other.system ? -1 : 1),
    ),
    tracepoints: [...tracepoints].sort((one, other) => (one.name < other.name ? -1 : 1)),
    enums: Object.fromEntries(HOSTILE_TEXTS.map((text, index) => [text, index + down])),
    problems: HOSTILE_TEXTS.map((text) => ({ code: "unknown-type", message: text, file: text, line: 1, event: text })),
  };
}

/** Names that a file, a tag or a branch can have. */
const NAMES = HOSTILE_TEXTS.map((text) => text.replaceAll(/[/\0]/g, ""));

/** Two releases, of which the second changes a header with a hostile name, by commits with hostile subjects. */
function makeRepository(repo: string): void {
  mkdirSync(repo);
  const git = (...args: readonly string[]): Result =>
    ok(run("git", ["-c", "user.name=<b>\u001b[2J::error::x", "-c", "user.email=a@b", ...args], repo));
  git("init", "-q", "-b", "main");
  const headers = [
    "::error file=x::owned",
    "##[error]x\u001b[2J",
    "<img src=x onerror=alert(1)>",
    "%0A::warning::@org",
  ];
  const header = (name: string, type: string): string => {
    const files = demoTree(1, `__field(${type}, cpu)`);
    const stem = `demo_${headers.indexOf(name)}`;
    return (files["include/trace/events/demo.h"] as string)
      .replaceAll("demo_tick", stem)
      .replaceAll("_TRACE_DEMO_H", `_${stem}`);
  };
  for (const [sublevel, type] of [
    [1, "int"],
    [2, "long"],
  ] as const) {
    const includes = headers.map((name) => `#include "${name}.h"\n`).join("");
    writeFiles(repo, {
      ...demoTree(sublevel, `__field(${type}, cpu)`),
      ...Object.fromEntries(headers.map((name) => [`kernel/${name}.h`, header(name, type)])),
      "kernel/demo.c": `#define CREATE_TRACE_POINTS\n#include <trace/events/demo.h>\n${includes}`,
    });
    git("add", "-A");
    git("commit", "-q", "--cleanup=verbatim", "-m", ALL);
    git("tag", `v99.1.${sublevel}`);
  }
}

/** Programs in files with hostile names, which read hostile events. */
function makeTool(tool: string): void {
  mkdirSync(tool);
  NAMES.forEach((name, index) => {
    const events = [`/* ${name} */\ntracepoint:demo:demo_${index} { @[args.x] = 1; }`, `tracepoint:${name}:x { }`];
    writeFileSync(join(tool, `${name}.bt`), events.join("\n"));
    writeFileSync(
      join(tool, `${name}.go`),
      `link.Tracepoint(${JSON.stringify(name)}, "b", p, nil)\nlink.Tracepoint(x, y)\n`,
    );
  });
}

function tpabi(...args: readonly string[]): Result {
  return run(process.execPath, [join(process.cwd(), "dist/cli/main.js"), ...args], directory);
}

/** The command could do its work. */
function ok(result: Result): Result {
  expect([result.status === 0 || result.status === 1, result.stderr]).toEqual([
    true,
    expect.not.stringMatching(/^error/m),
  ]);
  return result;
}

/** What a terminal or the runner would act on in a text: nothing. */
function expectPlain(text: string): void {
  // oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toContain("##[");
}

const SERIES = ["--kernels", "99.1", "--arch", "x86_64"];
const REPO = ["--repo", "repo", ...SERIES, "--no-cache"];
const OWN = ["--fail-on", "never"];

const COMMANDS: readonly (readonly string[])[] = [
  ["diff", "a.json", "b.json", ...OWN],
  ["diff", "a.json", "b.json", "--all", ...OWN],
  ["diff", "named.json", "b.json", ...OWN],
  ["diff", "a.json", "b.json", "--format", "json", ...OWN],
  ["diff", "a.json", "b.json", "--format", "sarif", ...OWN],
  ["check", "v99.1.1..v99.1.2", "--repo", "repo", "--no-cache", "--per-commit", ...OWN],
  ["check", "v99.1.1..v99.1.2", "--repo", "repo", "--no-cache", "--range", ...OWN],
  ["check", "v99.1.1..v99.1.2", "--repo", "repo", "--no-cache", "--format", "json", ...OWN],
  ["notes", "v99.1.1", "v99.1.2", "--repo", "repo", "--no-cache"],
  ["notes", "a.json", "b.json", "--format", "json"],
  ["notes", "a.json", "b.json", "--check", "b.json"],
  ["history", "demo_0.cpu", ...REPO],
  ["history", "demo_0.cpu", ...REPO, "--format", "csv"],
  ["history", "demo_0.cpu", ...REPO, "--format", "json"],
  ["stats", ...SERIES],
  ["stats", ...SERIES, "--format", "csv"],
  ["stats", ...SERIES, "--format", "json"],
  ["maturity", ...SERIES],
  ["maturity", "*:*", ...SERIES],
  ["maturity", "*:*", ...SERIES, "--format", "csv"],
  ["maturity", "*:*", ...SERIES, "--format", "json"],
  ["audit", "tool", "--kernel", "a.json", "--kernel", "b.json", "--all", ...OWN],
  ["audit", "tool", "--kernel", "a.json", "--format", "json", ...OWN],
  ["audit", "tool", "--lock"],
  ["verify", "a.json", "b.json"],
  ["verify", "named.json", "b.json", "--list", "1000"],
  ["verify", "a.json", "b.json", "--json"],
  ["suggest", "demo:owned", "--kernel", "a.json"],
  ["suggest", "demo:owned", "--kernel", "a.json", "--json"],
  ["baseline", "list", "--dir", "baselines"],
  ["baseline", "list", "--dir", "baselines", "--json"],
  ["baseline", "show", "99.1.1", "--dir", "baselines"],
  ["baseline", "verify", "99.1.1", "--dir", "baselines"],
  ["baseline", "add", "named.json", "--dir", "more"],
  ["snapshot", "a.json", "-o", "out.json"],
  ["snapshot", "git:v99.1.1", "--repo", "repo", "-o", "out.json"],
];

test.each(COMMANDS)("plain text: %s", (...args) => {
  process.env["TPABI_BASELINES"] = join(directory, "baselines");
  const { stdout, stderr } = ok(tpabi(...args));
  delete process.env["TPABI_BASELINES"];
  expect(stdout + stderr).not.toBe("");
  expectPlain(stdout);
  expectPlain(stderr);
  if (args.some((arg) => ["json", "sarif", "--json"].includes(arg))) JSON.parse(stdout);
});

test.each([
  ["diff", ALL, "b.json"],
  ["diff", `git:${ALL}`, "b.json", "--repo", "repo"],
  ["check", ALL, "--repo", "repo"],
  ["audit", ALL],
  ["history", ALL, ...SERIES],
  [`::error::${ALL}`],
  ["diff", `--${ALL}`],
  ["diff", "--format", `\n::error::${ALL}`],
])("errors about what was asked for are plain: %#", (...args) => {
  const { status, stdout, stderr } = tpabi(...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^error: [^\n]*\n(?:help: [^\n]*\n)?$/);
  expectPlain(stderr);
});

test.each([
  ["diff", "a.json", "b.json"],
  ["check", "v99.1.1..v99.1.2", "--repo", "repo", "--no-cache", "--per-commit"],
])("GitHub's runner gets our commands alone: %s", (...args) => {
  const { stdout } = ok(tpabi(...args, "--format", "github", ...OWN));
  const lines = stdout.split("\n").filter((line) => line.trimStart().startsWith("::"));
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines)
    expect(line).toMatch(/^::(?:error|warning|notice) (?:file=[^:,]*,line=\d+,)?title=[^:,]*::[^\n]*$/);
  expectPlain(stdout.replaceAll(/^::/gm, ""));
});

const markdown = new MarkdownIt({ html: true, linkify: true });

test.each([
  ["diff", "a.json", "b.json", "--all", "--format", "markdown", ...OWN],
  ["diff", "named.json", "b.json", "--format", "comment", ...OWN],
  ["check", "v99.1.1..v99.1.2", "--repo", "repo", "--no-cache", "--per-commit", "--format", "markdown", ...OWN],
  ["notes", "a.json", "b.json"],
  ["notes", "v99.1.1", "v99.1.2", "--repo", "repo", "--no-cache"],
  ["audit", "tool", "--kernel", "a.json", "--format", "markdown", ...OWN],
])("Markdown renders text alone: %s", (...args) => {
  const { stdout } = ok(tpabi(...args));
  expectPlain(stdout);
  const tokens = markdown.parse(stdout, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const links = tokens.flatMap(({ attrs }) => attrs ?? []).map(([, value]) => String(value));
  expect(links.filter((link) => BAD.test(link))).toEqual([]);
  expect(
    tokens.filter(
      ({ type, content }) =>
        /^(?:html|image)/.test(type) && !/^<!-- [\w -]+ -->\s*$|^<\/?(?:details|summary)>/.test(content),
    ),
  ).toEqual([]);
  const text = tokens.filter(({ type }) => type === "text").map(({ content }) => content);
  expect(text.filter((one) => /@(?:everyone|org)|GH-\d/.test(one))).toEqual([]);
});

test.each([
  ["diff", "a.json", "b.json", "--all", ...OWN],
  ["diff", "named.json", "b.json", ...OWN],
  ["check", "v99.1.1..v99.1.2", "--repo", "repo", "--no-cache", "--per-commit", ...OWN],
  ["notes", "a.json", "b.json"],
  ["notes", "v99.1.1", "v99.1.2", "--repo", "repo", "--no-cache"],
  ["audit", "tool", "--kernel", "a.json", ...OWN],
])("HTML has elements of ours alone: %s", (...args) => {
  const { stdout } = ok(tpabi(...args, "--format", "html"));
  expectPlain(stdout);
  expect(foreignParts(stdout)).toEqual([]);
});

test("a site has elements and scripts of ours alone", () => {
  process.env["TPABI_BASELINES"] = join(directory, "baselines");
  const { stderr } = ok(tpabi("site", "-o", "site", ...SERIES));
  delete process.env["TPABI_BASELINES"];
  expectPlain(stderr);
  const site = join(directory, "site");
  expect(foreignParts(readFileSync(join(site, "index.html"), "utf8"))).toEqual([]);
  for (const name of readdirSync(join(site, "data"))) {
    expect(name).toMatch(/^[\w.-]+\.js$/);
    const script = readFileSync(join(site, "data", name), "utf8");
    expectPlain(script.replaceAll("##[", ""));
    expect(script).toMatch(/^tpabiData\('(?:[^'\\\n]|\\.)*','(?:[^'\\\n]|\\.)*'\);\n$/);
    expect(script).not.toContain("<");
  }
});

test("JUnit XML has test cases alone", () => {
  const { stdout } = ok(tpabi("diff", "a.json", "b.json", "--format", "junit", ...OWN));
  expectPlain(stdout);
  const names = Object.keys(new XMLParser().parse(stdout) as object);
  expect(names).toEqual(["?xml", "testsuites"]);
});

/** Elements, attributes, links and scripts that are none of ours. */
function foreignParts(html: string): readonly string[] {
  const elements: DefaultTreeAdapterTypes.Element[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ("tagName" in node) elements.push(node);
    if ("childNodes" in node) node.childNodes.forEach(walk);
  };
  walk(parse(html));
  const foreign = /^(?:img|iframe|object|embed|base|svg)$/;
  const ours = /^(?:#|data:,$|[\w./-]+\.(?:js|css)$|https:\/\/(?:github\.com|git\.kernel\.org)\/)/;
  return elements.flatMap(({ tagName, attrs, childNodes }) => {
    const text = childNodes.map((node) => ("value" in node ? node.value : "")).join("");
    const isForeign =
      foreign.test(tagName) ||
      (tagName === "b" && attrs.length === 0) ||
      (tagName === "script" && BAD.test(text)) ||
      attrs.some(({ name }) => /^on|^(?:style|formaction|srcdoc)$/.test(name)) ||
      attrs.some(({ name, value }) => (name === "href" || name === "src") && !ours.test(value));
    return isForeign ? [tagName, ...attrs.map(({ name, value }) => `${name}=${value}`)] : [];
  });
}
