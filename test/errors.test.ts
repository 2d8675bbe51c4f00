import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

import { ERRORS, isErrorCode, ToolError } from "../src/errors.ts";

test("the documentation lists every code with its title", () => {
  const docs = readFileSync(fileURLToPath(new URL("../docs/api.md", import.meta.url)), "utf8");
  const section = docs.slice(docs.indexOf("## Errors"));
  const rows = [...section.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, code, title]) => [code, title]);
  expect(rows).toEqual(Object.entries(ERRORS).map(([code, { title }]) => [code, title]));
});

test("an error without a hint of its own has that of its code", () => {
  expect(new ToolError("bad-archive", "x").hint).toBe(ERRORS["bad-archive"].hint);
  expect(new ToolError("bad-archive", "x", { hint: "y" }).hint).toBe("y");
});

test("names from Object.prototype are no codes", () => {
  expect([isErrorCode("io"), isErrorCode("toString"), isErrorCode(undefined)]).toEqual([true, false, false]);
});
