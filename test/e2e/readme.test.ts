import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

import { tpabi } from "./run.ts";

test("the README shows what the command really prints", () => {
  const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const [, command = "", output] = /^\$ tpabi (.*)\n([^`]*)^```$/m.exec(readme) ?? [];
  expect(tpabi(...command.replaceAll("'", "").split(" ")).stdout).toBe(output);
});
