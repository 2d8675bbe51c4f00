// Writes docs/rules from the built rules; test/rules/docs.test.ts checks that they are up to date.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";

import { renderIndex, renderRule } from "../dist/rules/doc.js";
import { rules } from "../dist/rules/index.js";

const folder = new URL("../docs/rules/", import.meta.url);
await mkdir(folder, { recursive: true });
const pages = new Map([["README.md", renderIndex(rules)], ...rules.map((rule) => [`${rule.id}.md`, renderRule(rule)])]);
for (const stale of (await readdir(folder)).filter((name) => !pages.has(name))) await rm(new URL(stale, folder));
for (const [name, text] of pages) await writeFile(new URL(name, folder), text);
console.log(`${rules.length} rules written to docs/rules`);
