// All that CI checks, cheap things first; stops at the first failure.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CARGO = ["--manifest-path", "native/Cargo.toml"];

/** Files that the package cannot do without, and folders that have no place in it. */
const PACKED = [
  "LICENSE",
  "README.md",
  "dist/cli/main.js",
  "dist/index.d.ts",
  "dist/index.js",
  "docs/report.schema.json",
  "docs/snapshot.schema.json",
  "kernels.json",
];
const NOT_PACKED = /^(\.|native|node_modules|scripts|src|test)\b/;

const STEPS = {
  packages: () => run("node", "scripts/bootstrap.mjs", "packages"),
  format: () => run("npm", "run", "-s", "format:check"),
  lint: () => run("npm", "run", "-s", "lint"),
  types: () => run("npm", "run", "-s", "typecheck"),
  "cargo fmt": () => run("cargo", "fmt", ...CARGO, "--all", "--check"),
  "cargo clippy": () => run("cargo", "clippy", ...CARGO, "--locked", "--all-targets", "-q", "--", "-D", "warnings"),
  "cargo test": () => run("cargo", "test", ...CARGO, "--locked", "-q"),
  "native build": () => run("npm", "run", "-s", "build:native"),
  "TypeScript build": () => run("npm", "run", "-s", "build:ts"),
  jest: () => run("npm", "test", "--", "--ci"),
  "generated docs": checkDocs,
  "package contents": checkPackage,
};

function run(program, ...args) {
  return spawnSync(program, args, { cwd: ROOT, stdio: "inherit" }).status === 0;
}

/** Generating the docs again must change nothing. */
function checkDocs() {
  const before = hashDocs();
  if (!run("npm", "run", "-s", "docs")) return false;
  if (hashDocs() === before) return true;
  console.error("docs/ was out of date; `npm run docs` has just brought it up to date: look at it and commit it");
  return false;
}

function hashDocs() {
  const hash = createHash("sha256");
  const entries = readdirSync(join(ROOT, "docs"), { recursive: true, withFileTypes: true });
  for (const path of entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    hash.update(`${path}\0`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function checkPackage() {
  const { status, stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) return false;
  const [{ files }] = JSON.parse(stdout);
  const paths = files.map(({ path }) => path);
  const wrong = [
    ...PACKED.filter((path) => !paths.includes(path)).map((path) => `missing: ${path}`),
    ...paths.filter((path) => NOT_PACKED.test(path)).map((path) => `does not belong there: ${path}`),
  ];
  for (const line of wrong) console.error(line);
  return wrong.length === 0;
}

for (const [name, step] of Object.entries(STEPS)) {
  console.error(`--- ${name}`);
  if (!step()) {
    console.error(`failed: ${name}`);
    process.exit(1);
  }
}
console.error("all checks passed");
