// docs/rules is generated: `npm run build:ts && npm run docs`.

import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { renderIndex, renderRule } from "../../src/rules/doc.ts";
import { rules } from "../../src/rules/index.ts";
import { WEIGHTS } from "../../src/rules/weights.ts";

const docs = new URL("../../docs/", import.meta.url);

test("docs/rules holds one page per rule, up to date", () => {
  const pages = new Map([
    ["README.md", renderIndex(rules)],
    ...rules.map((rule) => [`${rule.id}.md`, renderRule(rule)] as const),
  ]);
  const names = readdirSync(new URL("rules/", docs)).toSorted();
  expect(names).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of pages) expect(readFileSync(new URL(`rules/${name}`, docs), "utf8")).toBe(text);
});

test("docs/likelihood.md states the weights in use", () => {
  const text = readFileSync(new URL("likelihood.md", docs), "utf8");
  for (const [outcome, weight] of Object.entries(WEIGHTS.outcome)) expect(text).toContain(`| ${outcome} | ${weight} |`);
  for (const [reader, share] of Object.entries(WEIGHTS.reach)) expect(text).toContain(`| ${reader} | ${share} |`);
  for (const [fact, value] of Object.entries(WEIGHTS.exposure)) expect(text).toContain(`| ${fact} | ${value} |`);
});
