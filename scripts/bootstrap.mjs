// Makes a checkout ready to run: packages, the native addon, the compiled TypeScript. Uses nothing but Node's own modules.
// Each step runs only if one of its inputs is newer than its output, and says so in one line on stderr.
// With arguments, only the steps named: `node scripts/bootstrap.mjs packages native`.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const STEPS = {
  packages: {
    title: "installing packages",
    inputs: ["package-lock.json"],
    output: () => "node_modules/.package-lock.json",
    needs: [],
    command: ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
  },
  native: {
    title: "building the native addon (the first time takes a minute or two)",
    inputs: ["native/Cargo.toml", "native/Cargo.lock", "native/core", "native/tree", "native/binding"],
    output: findAddon,
    needs: [
      ["cargo", "install Rust, with rustup or from your distribution"],
      ["gcc", "install gcc: Rust links with it, and the C grammar is compiled with it"],
    ],
    command: ["npm", "run", "build:native"],
  },
  typescript: {
    title: "compiling TypeScript",
    inputs: ["src", "scripts/bundle.mjs", "tsconfig.json", "tsconfig.build.json"],
    output: () => "dist/cli/main.js",
    needs: [],
    command: ["npm", "run", "build:ts"],
  },
};

/** The built addon, whatever platform its name says; a missing one has a path too, which does not exist. */
function findAddon() {
  return join("native", readdirSync(join(ROOT, "native")).find((name) => name.endsWith(".node")) ?? "tpabi.node");
}

/** When a file, or the newest file below a directory, was last changed; 0 if there is none. */
function changedAt(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return 0;
  const stat = statSync(full);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // The directory's own time counts too: it changes when a file in it is deleted.
  return Math.max(stat.mtimeMs, ...readdirSync(full).map((name) => changedAt(join(path, name))));
}

function fail(message, help) {
  process.stderr.write(`error: ${message}\nhelp: ${help}\n`);
  process.exit(2);
}

function run({ title, inputs, output, needs, command }) {
  if (changedAt(output()) >= Math.max(...inputs.map(changedAt))) return;
  for (const [tool, help] of needs) {
    if (spawnSync(tool, ["--version"]).error) fail(`${tool} is missing`, help);
  }
  process.stderr.write(`tpabi: ${title}\n`);
  const [program, ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
    fail(`${command.join(" ")} failed${error ? `: ${error.message}` : ""}`, "see the output above");
  }
  // A tool that found nothing to do leaves the old time; the next run must not try again.
  utimesSync(join(ROOT, output()), new Date(), new Date());
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 17)) {
  fail(`Node ${process.versions.node} is too old`, "install Node 20.17 or newer");
}
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(STEPS)) run(STEPS[name]);
