// All that CI checks, cheap things first; stops at the first failure.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CARGO = ["--manifest-path", "native/Cargo.toml"];
/** The fuzz targets are a workspace of their own; what both need is built once. */
const FUZZ = ["--manifest-path", "native/fuzz/Cargo.toml"];

const STEPS = {
  packages: () => run("node", "scripts/bootstrap.mjs", "packages"),
  format: () => run("npm", "run", "-s", "format:check"),
  lint: () => run("npm", "run", "-s", "lint"),
  types: () => run("npm", "run", "-s", "typecheck"),
  "cargo fmt": () => run("cargo", "fmt", ...CARGO, "--all", "--check") && run("cargo", "fmt", ...FUZZ, "--check"),
  "cargo clippy": () => clippy(...CARGO, "--all-targets") && clippy(...FUZZ, "--target-dir", "native/target"),
  "cargo test": () => run("cargo", "test", ...CARGO, "--locked", "-q"),
  "native build": () => run("npm", "run", "-s", "build:native"),
  "TypeScript build": buildTypeScript,
  jest: () => run("npm", "test", "--", "--ci"),
  "generated docs": checkDocs,
};

function run(program, ...args) {
  return spawnSync(program, args, { cwd: ROOT, stdio: "inherit" }).status === 0;
}

function clippy(...options) {
  return run("cargo", "clippy", ...options, "--locked", "-q", "--", "-D", "warnings");
}

/** Building must change nothing that is committed. */
function buildTypeScript() {
  const bundle = () => readFileSync(join(ROOT, "action/index.js"), "utf8");
  const before = bundle();
  if (!run("npm", "run", "-s", "build:ts")) return false;
  if (bundle() === before) return true;
  console.error("action/index.js was out of date; the build has just brought it up to date: commit it");
  return false;
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

for (const [name, step] of Object.entries(STEPS)) {
  console.error(`--- ${name}`);
  if (!step()) {
    console.error(`failed: ${name}`);
    process.exit(1);
  }
}
console.error("all checks passed");
