import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import type { UseReader } from "../../src/audit/reader.ts";
import { scan } from "../../src/audit/scan.ts";
import { includeFinder, listFiles, neighboursOf, readToolFile } from "../../src/audit/tool-files.ts";
import type { Use } from "../../src/audit/use.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  write("tool/src/b.use", "demo:b");
  write("tool/src/a.use", "demo:a\ninclude deep/x.inc");
  write("tool/include/deep/x.inc", "demo:included");
  write("tool/.git/c.use", "demo:hidden");
  write("tool/node_modules/d/d.use", "demo:package");
  write("tool/bad.use", "trip");
  write("tool/empty.use", "");
  write("alone/main.use", "demo:main\ninclude x.inc\ninclude deep/y.inc\ninclude secret.use");
  write("alone/other.use", "demo:other");
  write("alone/x.inc", "demo:beside");
  write("alone/lib/deep/y.inc", "demo:below");
  write("outside/secret.use", "demo:secret");
  symlinkSync(join(directory, "outside"), join(directory, "alone/link"));
  symlinkSync(join(directory, "outside"), join(directory, "tool/link"));
  symlinkSync(join(directory, "outside/secret.use"), join(directory, "tool/link.use"));
  symlinkSync("loop", join(directory, "tool/loop"));
});

afterAll(() => rmSync(directory, { recursive: true }));

/** Takes each line of a `.use` file as the id of an event. */
const READER: UseReader = {
  id: "test",
  title: "test files",
  claims: ({ path }) => path.endsWith(".use"),
  read: (file, around) => {
    if (file.text === "trip") throw new Error("tripped");
    const uses = file.text.split("\n").flatMap((line): readonly Use[] => {
      const included = line.startsWith("include ") ? around.find(line.slice(8), file) : undefined;
      const [system, name] = (included?.text ?? line).split(":");
      if (system === undefined || name === undefined) return [];
      return [
        {
          reader: "test",
          file: file.path,
          line: 1,
          program: "p",
          attach: "tp",
          contract: "existence",
          target: { system, name },
        },
      ];
    });
    return { uses, notUnderstood: [] };
  },
};

test("a directory is read as it lies, without links, version control and packages", () => {
  const { uses, files } = scan([join(directory, "tool")], [READER]);
  expect(uses.map(({ file, target }) => `${file} ${target.name}`)).toEqual([
    "src/a.use a",
    "src/a.use included",
    "src/b.use b",
  ]);
  expect(files).toBe(5);
});

test("a reader that fails on a file hides nothing else", () => {
  const { notUnderstood } = scan([join(directory, "tool")], [READER]);
  expect(notUnderstood).toEqual([
    { reader: "test", file: "bad.use", line: 0, text: "", reason: "the reader failed: tripped" },
  ]);
});

test("files are called as the user called them", () => {
  const path = join(directory, "outside/secret.use");
  expect(scan([path, join(directory, "tool/src")], [READER]).uses.map(({ file }) => file)).toEqual([
    path,
    join(directory, "tool/src/a.use"),
    join(directory, "tool/src/b.use"),
  ]);
});

test("a file given alone includes what lies beside and below it, and nothing else of that is read", () => {
  const { uses, files } = scan([join(directory, "alone/main.use")], [READER]);
  expect(uses.map(({ target }) => target.name)).toEqual(["main", "beside", "below"]);
  expect(files).toBe(1);
});

test.each([
  [4, ["main.use", "other.use"]],
  [100, ["main.use", "other.use", "x.inc", "lib/deep/y.inc"]],
])("of the neighbours of a file at most %d names are seen, the nearest first", (most, names) => {
  const paths = neighboursOf([join(directory, "alone/main.use"), join(directory, "alone/x.inc")], most);
  expect(paths.map(({ path }) => path)).toEqual(names.map((name) => join(directory, "alone", name)));
});

test("files that are too large, too many, or lie too deep are told", () => {
  const limits = join(directory, "limits", "d/".repeat(70));
  mkdirSync(limits, { recursive: true });
  writeFileSync(join(limits, "deep.use"), "demo:deep");
  writeFileSync(join(directory, "limits/large.use"), "");
  truncateSync(join(directory, "limits/large.use"), 64 * 1024 * 1024 + 1);
  const { notUnderstood } = scan([join(directory, "limits")], [READER]);
  expect(notUnderstood.map(({ file, reason }) => [file.slice(0, 9), reason])).toEqual([
    ["d/d/d/d/d", "cannot be read: directories are nested deeper than 64"],
    ["large.use", "cannot be read: it is larger than 64 MiB"],
  ]);
  expect(() => listFiles([directory], 3)).toThrow(expect.objectContaining({ code: "limit-exceeded" }));
});

test("a device that never ends is read up to the limit", () => {
  expect(readToolFile({ path: "zero", place: "/dev/zero" })).toEqual({
    path: "zero",
    reason: "it is larger than 64 MiB",
  });
});

test("a directory without any file is an error", () => {
  mkdirSync(join(directory, "nothing"));
  expect(() => scan([join(directory, "nothing")], [READER])).toThrow("there is no file in");
});

test("a path that does not exist is an error", () => {
  expect(() => scan([join(directory, "nothing")], [READER])).toThrow(expect.objectContaining({ code: "not-found" }));
});

test.each([
  ["x.h", "src/a.c", "src/x.h"],
  ["include/x.h", "src/a.c", "include/x.h"],
  ["x.h", "lib/b.c", "lib/deep/x.h"],
  ["../include/x.h", "src/a.c", "include/x.h"],
  ["y.h", "src/a.c", undefined],
])("%s included in %s is %s", (name, from, found) => {
  const paths = ["include/x.h", "src/x.h", "lib/deep/x.h"];
  expect(includeFinder(paths.map((path) => ({ path, place: path })))(name, from)?.path).toBe(found);
});
