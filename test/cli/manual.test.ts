// man/tpabi.1 is generated: `npm run build:ts && npm run docs`.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

import { renderManual } from "../../src/cli/manual.ts";
import { createProgram } from "../../src/cli/program.ts";

const SOURCES = new URL("../../src/cli/", import.meta.url);
const page = fileURLToPath(new URL("../../man/tpabi.1", import.meta.url));
const text = readFileSync(page, "utf8");

test("man/tpabi.1 is up to date", async () => {
  expect(text).toBe(renderManual(await createProgram()));
});

test("it names every variable of the environment that the command line looks at", () => {
  const names = readdirSync(SOURCES).flatMap((file) =>
    [...readFileSync(new URL(file, SOURCES), "utf8").matchAll(/\{([^{}]+)\} = process\.env/g)].flatMap(
      ([, list = ""]) => list.split(",").map((part) => part.split(":")[0]?.trim() ?? ""),
    ),
  );
  expect(names).toContain("NO_COLOR");
  for (const name of names) expect(text).toContain(`\n.B ${name}\n`);
});

// What each prints: nothing but complaints, or the page.
test.each([
  { program: "mandoc", args: ["-T", "lint", "-W", "warning"], printed: /^$/ },
  { program: "man", args: ["--warnings", "-l"], printed: /tpabi baseline show/ },
])("$program has nothing to say against it", ({ program, args, printed }) => {
  const { status, stdout, stderr, error } = spawnSync(program, [...args, page], { encoding: "utf8" });
  if (error !== undefined) {
    console.warn(`skipped: ${program} is not installed`);
    return;
  }
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(printed);
});

test("nothing in a help is an instruction to the formatter", async () => {
  const program = await createProgram();
  const [command] = program.commands;
  command?.description(".SH EVIL \\fBbold 'quoted' --dashed").addHelpText("after", "\n  .so /etc/passwd\n");
  const lines = renderManual(program).split("\n");
  expect(lines).toContain("\\&.SH EVIL \\efBbold \\(aqquoted\\(aq \\-\\-dashed");
  expect(lines).toContain("\\&.so /etc/passwd");
});
