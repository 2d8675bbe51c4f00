// Writes what is generated of the docs from the built code: docs/rules, the tables in docs/export.md, docs/export.schema.json,
// and man/tpabi.1 from the commands. Tests check that they are up to date.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "rolldown";

import { exportSchema, renderTables } from "../dist/export/doc.js";
import { renderIndex, renderRule } from "../dist/rules/doc.js";
import { rules } from "../dist/rules/index.js";

const docs = new URL("../docs/", import.meta.url);

const folder = new URL("rules/", docs);
await mkdir(folder, { recursive: true });
const pages = new Map([["README.md", renderIndex(rules)], ...rules.map((rule) => [`${rule.id}.md`, renderRule(rule)])]);
for (const stale of (await readdir(folder)).filter((name) => !pages.has(name))) await rm(new URL(stale, folder));
for (const [name, text] of pages) await writeFile(new URL(name, folder), text);
console.log(`${rules.length} rules written to docs/rules`);

const page = new URL("export.md", docs);
const [before, , after = ""] = (await readFile(page, "utf8")).split(/<!-- tables: (?:begin|end) -->\n/);
const tables = `<!-- tables: begin -->\n\n${renderTables()}\n<!-- tables: end -->\n`;
await writeFile(page, `${before}${tables}${after}`);
await writeFile(new URL("export.schema.json", docs), `${JSON.stringify(exportSchema(), undefined, 2)}\n`);
console.log("the tables written to docs/export.md and docs/export.schema.json");

// The built command line exports nothing, so its commands are built once more, as deep below the root as dist/cli is.
const commands = new URL("../node_modules/.tpabi-commands/", import.meta.url);
await build({
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  input: { manual: "src/cli/manual.ts", program: "src/cli/program.ts" },
  platform: "node",
  output: {
    dir: fileURLToPath(commands),
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name]-[hash].mjs",
    cleanDir: true,
  },
  logLevel: "silent",
});
const [{ renderManual }, { createProgram }] = await Promise.all([
  import(new URL("manual.mjs", commands).href),
  import(new URL("program.mjs", commands).href),
]);
await mkdir(new URL("../man/", import.meta.url), { recursive: true });
await writeFile(new URL("../man/tpabi.1", import.meta.url), renderManual(await createProgram()));
console.log("the man page written to man/tpabi.1");
