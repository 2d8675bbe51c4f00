// Prints the licenses of the crates that are linked into the addon: they ask that they go where the code goes.
// Crates with the very same text share it.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const manifest = fileURLToPath(new URL("../native/Cargo.toml", import.meta.url));
const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--format-version", "1", "--locked", "--manifest-path", manifest], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  }),
);
const crates = new Map(metadata.packages.map((crate) => [crate.id, crate]));
const needs = new Map(metadata.resolve.nodes.map((node) => [node.id, node.deps]));

const linked = new Set();
const visit = (id) => {
  if (linked.has(id)) return;
  linked.add(id);
  for (const { pkg, dep_kinds: kinds } of needs.get(id)) {
    // Crates for tests and builds have another kind, and those for other systems are not linked.
    if (kinds.some(({ kind, target }) => kind === null && !/windows|wasm|macos/.test(target ?? ""))) visit(pkg);
  }
};
visit(metadata.packages.find(({ name }) => name === "tpabi-binding").id);

const texts = new Map();
for (const id of linked) {
  const { name, version, license, source, manifest_path: path } = crates.get(id);
  if (source === null) continue;
  const folder = dirname(path);
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice|unlicense)/i.test(entry.name))
    .map((entry) => entry.name);
  const text = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  const key = text.join("\n\n") || `No license text comes with it; it says ${license}.`;
  texts.set(key, [...(texts.get(key) ?? []), `${name} ${version} (${license})`]);
}
for (const [text, names] of [...texts].sort(([, [one]], [, [other]]) => (one < other ? -1 : 1))) {
  console.log(`${names.sort().join("\n")}\n\n${text}\n\n${"-".repeat(80)}\n`);
}
