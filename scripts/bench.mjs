// Measures tpabi against yardsticks that run in the same call, and prints the ratios of CPU time (user + system).
// `npm run bench [-- --repo DIR --rev REV --btf DIR]`; without a repository, one is made from Debian's linux-source package.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { availableVersion, fetchSource, run } from "./debian.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(ROOT, "dist/cli/main.js");
const ADDON = readdirSync(join(ROOT, "native"))
  .filter((name) => name.endsWith(".node"))
  .map((name) => join(ROOT, "native", name))[0];
const RUNS = 5;

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    rev: { type: "string" },
    btf: { type: "string", default: "/sys/kernel/btf" },
  },
});
const { repo, rev } = values.repo === undefined ? debianRepository() : { repo: values.repo, rev: values.rev ?? "HEAD" };
const work = mkdtempSync(join(tmpdir(), "tpabi-bench-"));
const home = { XDG_CACHE_HOME: join(work, "cache") };
const out = join(work, "out.json");

console.log(
  `${cpus()[0]?.model}, ${cpus().length} processors, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(`median of ${RUNS} runs; cpu = user + system seconds\n`);

const grep = measure("git", ["-C", repo, "grep", "-l", "TRACE_EVENT", rev, "--", "*.h", "*.c"]);
const snapshot = [CLI, "snapshot", `git:${rev}`, "--repo", repo, "-o", out];
const cold = measure("node", snapshot, home, () => rmSync(home.XDG_CACHE_HOME, { recursive: true, force: true }));
const warm = measure("node", snapshot, home);
print("git grep -l TRACE_EVENT REV", grep);
print("snapshot git:REV, cold", cold, grep, 1);
print("snapshot git:REV, warm", warm, grep);

const tracefs = "/sys/kernel/tracing";
if (existsSync(join(tracefs, "events"))) {
  const cat = measure("sh", ["-c", `cat ${tracefs}/events/*/*/format > /dev/null`]);
  const live = measure("node", [CLI, "snapshot", `tracefs:${tracefs}`, "-o", out]);
  const start = measure("node", ["-e", "0"]);
  print("cat events/*/*/format", cat);
  print("read all of tracefs", measureAddon(`addon.readTracefs(${JSON.stringify(tracefs)})`), cat, 2);
  print("snapshot tracefs:", live, cat);
  print("node -e 0", start);
} else {
  console.log(`skipped tracefs: ${tracefs} cannot be read (mount it, and run as root)`);
}

if (!existsSync(join(values.btf, "vmlinux"))) {
  console.log(`skipped BTF: ${values.btf}/vmlinux is not there`);
} else if (spawnSync("bpftool", ["version"]).status !== 0) {
  console.log("skipped BTF: bpftool is not installed");
} else {
  const dump = measure("bpftool", ["btf", "dump", "file", join(values.btf, "vmlinux"), "format", "raw"]);
  print("bpftool btf dump vmlinux", dump);
  print("read all BTF", measureAddon(`addon.readBtf(${JSON.stringify(values.btf)}, "{}")`), dump, 1.5);
  print("snapshot btf:", measure("node", [CLI, "snapshot", `btf:${values.btf}`, "-o", out]), dump);
}

const shipped = JSON.parse(readFileSync(join(ROOT, "kernels.json"), "utf8")).kernels.map(({ version }) => version);
print("diff of two shipped kernels", measure("node", [CLI, "diff", ...shipped.slice(0, 2), "--fail-on", "never"]));
rmSync(work, { recursive: true, force: true });

/** Median CPU and wall seconds of a command. */
function measure(program, args, env = {}, before = () => {}) {
  const samples = [];
  for (let i = 0; i < RUNS; i++) {
    before();
    const { stderr, status } = spawnSync(
      "bash",
      ["-c", 'TIMEFORMAT="%U %S %R"; time "$@" > /dev/null 2> /dev/null', "bash", program, ...args],
      { encoding: "utf8", env: { ...process.env, ...env } },
    );
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed`);
    const [user = 0, system = 0, wall = 0] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
    samples.push({ cpu: user + system, wall });
  }
  const median = (key) => samples.map((sample) => sample[key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
  return { cpu: median("cpu"), wall: median("wall") };
}

/** The same of a call of the addon, without what it takes to start Node. */
function measureAddon(call) {
  const load = `const addon = require(${JSON.stringify(ADDON)});`;
  const [alone, all] = [load, load + call].map((script) => measure("node", ["-e", script]));
  return { cpu: all.cpu - alone.cpu, wall: all.wall - alone.wall };
}

function print(name, { cpu, wall }, yardstick, bound) {
  const ratio = yardstick ? `  ${(cpu / yardstick.cpu).toFixed(2)} x` : "";
  const target = bound === undefined ? "" : ` (at most ${bound} x)`;
  console.log(`${name.padEnd(30)} cpu ${cpu.toFixed(2)} s  wall ${wall.toFixed(2)} s${ratio}${target}`);
}

/** A bare repository with one commit: a source tree of Debian's, packed as a clone has it. */
function debianRepository() {
  const tree = fetchSource("linux-source-6.12", availableVersion("linux-source-6.12", "6.12.117-1~deb12u1"));
  const directory = join(dirname(tree), "linux.git");
  if (!existsSync(directory)) {
    console.error("making a git repository of the source (a minute or two)");
    const fresh = mkdtempSync(join(dirname(tree), "git-"));
    const git = (...args) => run("git", ["--git-dir", fresh, "--work-tree", tree, ...args]);
    git("init", "-q");
    git("add", "-Af", ".");
    git("-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "linux-source-6.12");
    git("repack", "-qadf", "--window=10");
    renameSync(fresh, directory);
  }
  return { repo: directory, rev: "HEAD" };
}
