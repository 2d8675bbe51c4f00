// `tpabi site`: what it writes, and what it refuses to write over.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { tpabi } from "./run.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-site-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const site = (...args: readonly string[]) => tpabi("site", "--kernels", "2.6.31 || 2.6.32", ...args);

test("writes a site, and replaces one as a whole", () => {
  const output = join(directory, "new/site");
  const first = site("-o", output);
  expect([first.status, first.stdout]).toEqual([0, ""]);
  expect(first.stderr).toMatch(/^wrote \d+ files, [\d.]+ MB; open .*index\.html\n$/);
  expect(readdirSync(output).sort()).toEqual([
    "LICENSES.txt",
    "app.css",
    "app.js",
    "data",
    "index.html",
    "judge.js",
    "tpabi-site.json",
  ]);
  const core = readFileSync(join(output, "data/core.js"), "utf8");
  expect(core).toContain('"version":"2.6.32"');
  writeFileSync(join(output, "data/stale.js"), "");
  // Through a link, too, which stays.
  const link = join(directory, "link");
  symlinkSync(output, link);
  expect(site("-o", link).status).toBe(0);
  expect(readdirSync(join(link, "data"))).not.toContain("stale.js");
  expect(readFileSync(join(link, "data/core.js"), "utf8")).toBe(core);
  expect(readdirSync(join(directory, "new"))).toEqual(["site"]);

  writeFileSync(join(output, "CNAME"), "tracepoints.example");
  const { status, stderr } = site("-o", output);
  expect([status, stderr]).toEqual([
    2,
    `error: '${output}' would be replaced, and this command has not written 'CNAME' in it\n` +
      "help: name another directory, or move that file out of this one\n",
  ]);
  expect(readFileSync(join(output, "CNAME"), "utf8")).toBe("tracepoints.example");
}, 60_000);

test("leaves what is not its own", () => {
  const precious = join(directory, "precious");
  mkdirSync(precious);
  writeFileSync(join(precious, "thesis.txt"), "years");
  const { status, stderr } = site("-o", precious);
  expect(status).toBe(2);
  expect(stderr).toBe(
    `error: '${precious}' is not empty, and nothing that this command has written\n` +
      "help: name a directory that does not exist yet, or empty this one\n",
  );
  expect(readdirSync(precious)).toEqual(["thesis.txt"]);
});

test.each([
  [["-o", "FILE"], "cannot read 'FILE': a part of its path is no directory"],
  [["-o", "FILE/below"], "cannot read 'FILE/below': a part of its path is no directory"],
  [[], "required option '-o, --output <dir>' not specified"],
  [["-o", "DIR/x", "--kernels", "99"], "no baseline for x86_64 is in the range '99'"],
])("says what is wrong with %j", (args, message) => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  const { status, stderr } = site(...args.map((arg) => arg.replace("FILE", file).replace("DIR", directory)));
  expect(status).toBe(2);
  expect(stderr.replaceAll(file, "FILE").split("\n")[0]).toBe(`error: ${message}`);
  expect(readFileSync(file, "utf8")).toBe("");
  expect(readdirSync(directory)).not.toContain("x");
});
