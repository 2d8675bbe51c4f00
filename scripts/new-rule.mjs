// Starts a rule: node scripts/new-rule.mjs <id> [<kind of change>]. Writes src/rules/<id>.ts and lists it in index.ts.
import { access, readFile, writeFile } from "node:fs/promises";

const [id, kind = id] = process.argv.slice(2);
if (id === undefined || !/^[a-z]+(-[a-z]+)+$/.test(id)) {
  console.error("usage: node scripts/new-rule.mjs <noun-participle> [<kind of change>]");
  process.exit(2);
}
const file = new URL(`../src/rules/${id}.ts`, import.meta.url);
if (
  await access(file).then(
    () => true,
    () => false,
  )
) {
  console.error(`error: ${file.pathname} is there already`);
  process.exit(2);
}
const event = "\nevent demo:demo_done\n  field int err\n";
await writeFile(
  file,
  `// Judges ...

import { defineRule } from "./rule.ts";

export default defineRule({
  id: "${id}",
  on: "${kind}",
  title: "${id.replaceAll("-", " ")}",
  why: "",
  fix: "",
  breaks: {},
  message: () => "",
  example: { before: \`${event}\`, after: \`${event}\` },
  nearMiss: { before: \`${event}\`, after: \`${event}\` },
  links: [],
});
`,
);
const index = new URL("../src/rules/index.ts", import.meta.url);
const variable = id.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
const lines = (await readFile(index, "utf8")).split("\n");
insertSorted(lines, `import ${variable} from "./${id}.ts";`, /^import \w+ from "\.\/(.+)\.ts";$/);
insertSorted(lines, `  ${variable},`, /^ {2}(\w+),$/);
await writeFile(index, lines.join("\n"));
console.log(`src/rules/${id}.ts written; fill it in, then npm run build:ts && npm run docs && npm test -- test/rules`);

/** Puts a line before the first one of its pattern that sorts after it. */
function insertSorted(all, line, pattern) {
  const places = all.flatMap((text, at) => (pattern.test(text) ? [at] : []));
  const key = pattern.exec(line)[1];
  const at = places.find((place) => pattern.exec(all[place])[1] > key) ?? (places.at(-1) ?? 0) + 1;
  all.splice(at, 0, line);
}
