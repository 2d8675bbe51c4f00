// Which file of a tool includes a C file.

import { expect, test } from "@jest/globals";

import { includerFinder } from "../../src/audit/text/includers.ts";
import { toolFile } from "./readers/uses.ts";

const FILES = new Map(
  [
    toolFile("src/main.c", '#include "part.c"\n#include "l7/http.c"\n#include <sys.c>\n'),
    toolFile("src/part.c", "int x;"),
    toolFile("src/l7/http.c", '#include "../part.c"\n#include "http.c"\n'),
    toolFile("src/a/b/c/far.c", ""),
    toolFile("sys.c", ""),
  ].map((file) => [file.path, file]),
);

test("the C file that includes another is found beside it and above", () => {
  const open = (path: string): ReturnType<typeof toolFile> | undefined => FILES.get(path);
  const find = includerFinder([...FILES.keys()], {
    open,
    find: (name, from) => open(new URL(name, `file:///${from.path}`).pathname.slice(1)),
  });
  const found = [...FILES.values()].map((file) => `${file.path} ${find(file)?.path ?? "-"}`);
  expect(found).toEqual([
    "src/main.c -",
    "src/part.c src/main.c",
    "src/l7/http.c src/main.c",
    "src/a/b/c/far.c -",
    "sys.c -",
  ]);
});
