// Measures tpabi against yardsticks that run in the same call, and prints the ratios of CPU time (user + system).
// `npm run bench [-- --repo DIR --rev REV --series DIR --btf DIR --write]`; without a repository, one is made from Debian's
// linux-source package. A series is a repository with a tag for each of many releases. A ratio that is a third worse than the
// recorded one is a failure; --write records those of this run.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { CHANGES, commitChange, debianRepository, debianTree } from "./changes.mjs";
import { run } from "./debian.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(ROOT, "dist/cli/main.js");
const ADDON = readdirSync(join(ROOT, "native"))
  .filter((name) => name.endsWith(".node"))
  .map((name) => join(ROOT, "native", name))[0];
/** Files of the tree that is audited. */
const FILES = 5000;
const RUNS = 5;

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    rev: { type: "string" },
    series: { type: "string" },
    btf: { type: "string", default: "/sys/kernel/btf" },
    write: { type: "boolean", default: false },
  },
});
/** Where the figures of quiet machines stand, which this run is held against. */
const PAGE = join(ROOT, "docs/performance.md");
const MARKS = ["<!-- figures -->", "<!-- end of figures -->"];
/** A ratio may be that many times the recorded one, and what is measured so many seconds more. */
const REGRESSION = { factor: 1.3, seconds: 0.2 };

const repo = values.repo ?? debianRepository();
const rev = values.rev ?? "HEAD";
const work = mkdtempSync(join(tmpdir(), "tpabi-bench-"));
const home = { XDG_CACHE_HOME: join(work, "cache") };
const out = join(work, "out.json");
const rows = [];

const model = cpus()[0]?.model ?? "unknown";
const machine = `${model}, ${cpus().length} processors, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
console.log(machine);
console.log(`least of ${RUNS} runs; cpu = user + system seconds\n`);

const forget = () => rmSync(home.XDG_CACHE_HOME, { recursive: true, force: true });
const neverFail = ["--fail-on", "never"];

const start = print("node -e 0", () => measure("node", ["-e", "0"]));
print("tpabi --help", () => measure("node", [CLI, "--help"]), start, 1.5);

const grep = print("git grep -l TRACE_EVENT REV", () =>
  measure("git", ["-C", repo, "grep", "-l", "TRACE_EVENT", rev, "--", "*.h", "*.c"]),
);
const snapshot = [CLI, "snapshot", `git:${rev}`, "--repo", repo, "-o", out];
print("snapshot git:REV, cold", () => measure("node", snapshot, home, forget), grep, 0.5);
print("snapshot git:REV, warm", () => measure("node", snapshot, home), grep, 0.05);
forget();
const peak = peakOf(snapshot, home);
const tagged = taggedRepository();
const kept = join(work, "kept");
const update = (tag) => [CLI, "baseline", "update", "--repo", tagged, "--tags", tag, "--dir", kept];
forget();
// Each run begins where the release before was the last one that was read.
const released = () => {
  rmSync(kept, { recursive: true, force: true });
  spawnSync("node", update("v6.12.1"), { env: { ...process.env, ...home } });
};
print("one further tag", () => measure("node", update("v6.12.2"), home, released), grep);
if (values.series === undefined) console.log("skipped a series of tags: there is none (--series DIR)");
else print("each tag of a series", () => measureSeries(values.series), grep);

const source = debianTree();
const searchedTree = print("grep -rl TRACE_EVENT TREE", () =>
  measure("grep", ["-rl", "--include=*.[ch]", "TRACE_EVENT", source]),
);
print("snapshot TREE, cold", () => measure("node", [CLI, "snapshot", source, "-o", out], home, forget), searchedTree);

// Two architectures; what is kept of the base is kept of every base that was checked before.
const checked = (change) => [CLI, "check", `${rev}..${commitChange(repo, rev, change)}`, "--repo", repo];
print("check, a driver, cold", () => measure("node", checked(CHANGES.quiet), home, forget), grep);
print("check, a driver, warm", () => measure("node", checked(CHANGES.quiet), home), grep);
print(
  "check, sched.h of events, warm",
  () => measure("node", [...checked(CHANGES.argument), ...neverFail], home),
  grep,
);
print(
  "check, TASK_COMM_LEN, cold",
  () => measure("node", [...checked(CHANGES.constant), ...neverFail], home, forget),
  grep,
);

const tracefs = "/sys/kernel/tracing";
if (existsSync(join(tracefs, "events"))) {
  const cat = print("cat events/*/*/format", () =>
    measure("sh", ["-c", `cat ${tracefs}/events/*/*/format > /dev/null`]),
  );
  print("read all of tracefs", () => measureAddon(`addon.readTracefs(${JSON.stringify(tracefs)})`), cat, 1.3);
  print("snapshot tracefs:", () => measure("node", [CLI, "snapshot", `tracefs:${tracefs}`, "-o", out]), cat);
} else {
  console.log(`skipped tracefs: ${tracefs} cannot be read (mount it, and run as root)`);
}

if (!existsSync(join(values.btf, "vmlinux"))) {
  console.log(`skipped BTF: ${values.btf}/vmlinux is not there`);
} else if (spawnSync("bpftool", ["version"]).status !== 0) {
  console.log("skipped BTF: bpftool is not installed");
} else {
  const command = ["btf", "dump", "file", join(values.btf, "vmlinux"), "format", "raw"];
  const dump = print("bpftool btf dump vmlinux", () => measure("bpftool", command));
  print("read all BTF", () => measureAddon(`addon.readBtf(${JSON.stringify(values.btf)}, "{}")`), dump, 1.2);
  print("snapshot btf:", () => measure("node", [CLI, "snapshot", `btf:${values.btf}`, "-o", out]), dump);
}

const audited = auditedTree(source);
const searched = print(`grep -r in ${FILES} files`, () =>
  measure("grep", ["-rE", "tracepoint|raw_tp|trace_", audited]),
);
const AUDIT = ["audit", audited, "--kernels", "6.1.192 || 6.12.117", ...neverFail];
print("audit of them, two kernels", () => measure("node", [CLI, ...AUDIT]), searched);

print("diff of two shipped kernels", () => measure("node", [CLI, "diff", "6.1.192", "6.12.117", ...neverFail]), grep);
print("diff and rules alone", () => measureComparison(), grep);
if (peak !== undefined) console.log(`peak memory of snapshot git:REV, cold: ${peak} MiB`);

const [above, recorded = "", below] = readFileSync(PAGE, "utf8").split(new RegExp(MARKS.join("|")));
const machines = new Map(
  recorded
    .split(/^(?=### )/m)
    .map((section) => [/^### (.*)/.exec(section)?.[1], section.trim()])
    .filter(([name]) => name !== undefined),
);
process.exitCode = compare();
if (values.write) {
  const memory = peak === undefined ? [] : [`Peak memory of a cold snapshot: ${peak} MiB.`];
  machines.set(model, [`### ${model}`, "", `${machine}.`, ...memory, "", table()].join("\n"));
  const sections = [...machines.values()].join("\n\n");
  writeFileSync(PAGE, `${above}${MARKS[0]}\n\n${sections}\n\n${MARKS[1]}${below}`);
}
rmSync(work, { recursive: true, force: true });

/**
 * Says which ratios are worse than the recorded ones; the exit status. Processors differ in what they are good at, so those
 * of the same model count; for a model that nothing is recorded of, the worst.
 */
function compare() {
  const sections = machines.has(model) ? [machines.get(model)] : [...machines.values()];
  const known = new Map();
  for (const [, name, ratio] of sections.join("\n").matchAll(/^\| (.*?) \| .*? \| .*? \| ([\d.]+) \|/gm)) {
    known.set(name, Math.max(Number(ratio), known.get(name) ?? 0));
  }
  const isWorse = ({ name }, cpu, yardstick) => {
    const allowed = known.get(name) * REGRESSION.factor * yardstick;
    return cpu > allowed + REGRESSION.seconds;
  };
  // Something else may have run meanwhile, so what seems worse is measured twice more.
  const worse = rows
    .filter((row) => row.ratio !== undefined && known.has(row.name) && isWorse(row, row.cpu, row.yardstick.cpu))
    .filter((row) => [1, 2].every(() => isWorse(row, row.take().cpu, row.yardstick.take().cpu)));
  for (const { name, ratio } of worse) {
    console.log(`REGRESSION: ${name} takes ${ratio.toFixed(2)} x its yardstick, recorded are ${known.get(name)} x`);
  }
  const held = rows.filter(({ name, ratio }) => ratio !== undefined && known.has(name)).length;
  console.log(`${held - worse.length} passed, ${worse.length} failed`);
  return worse.length > 0 ? 1 : 0;
}

/** All rows as a table in Markdown. */
function table() {
  const head = ["| what | CPU s | wall s | ratio | of | at most |", "|---|---|---|---|---|---|"];
  const lines = rows.map(
    ({ name, cpu, wall, ratio, yardstick, bound }) =>
      `| ${name} | ${cpu.toFixed(2)} | ${wall.toFixed(2)} | ${ratio?.toFixed(2) ?? ""} | ${yardstick?.name ?? ""} | ${bound ?? ""} |`,
  );
  return [...head, ...lines].join("\n");
}

/** MiB that a command of tpabi takes at most; nothing where GNU time is not installed. */
function peakOf(args, env) {
  const { stderr, error } = spawnSync("/usr/bin/time", ["-f", "%M", "node", ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return error ? undefined : Math.round(Number(stderr.trim().split("\n").at(-1)) / 1024);
}

/** A repository that borrows the objects of the other one, with two releases as tags: a driver changed in between. */
function taggedRepository() {
  const directory = join(work, "tagged.git");
  run("git", ["clone", "-q", "--bare", "--shared", repo, directory]);
  const git = (...args) => run("git", ["-C", directory, ...args]).trim();
  git("tag", "v6.12.1", git("rev-parse", rev));
  git("tag", "v6.12.2", commitChange(directory, "v6.12.1", CHANGES.quiet));
  return directory;
}

/** The least CPU and wall seconds of a command: whatever else runs on the machine only adds to them. */
function measure(program, args, env = {}, before = () => {}, runs = RUNS) {
  const samples = [];
  for (let i = 0; i < runs; i++) {
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
  const least = (key) => Math.min(...samples.map((sample) => sample[key]));
  return { cpu: least("cpu"), wall: least("wall") };
}

/** The share of one tag in making the baselines of all tags that are releases, with nothing kept from earlier runs; run once. */
function measureSeries(directory) {
  rmSync(kept, { recursive: true, force: true });
  const args = [CLI, "baseline", "update", "--repo", directory, "--tags", "v*", "--dir", kept];
  const { cpu, wall } = measure("node", args, home, forget, 1);
  const count = JSON.parse(readFileSync(join(kept, "kernels.json"), "utf8")).kernels.length;
  console.log(`${count} tags: cpu ${cpu.toFixed(2)} s  wall ${wall.toFixed(2)} s`);
  return { cpu: cpu / count, wall: wall / count };
}

/** The same of a call of the addon, without what it takes to start Node; of several calls, since one is over too soon. */
function measureAddon(call) {
  const load = `const addon = require(${JSON.stringify(ADDON)});`;
  const calls = `(async () => { for (let i = 0; i < ${RUNS}; i++) await ${call}; })();`;
  const [alone, all] = [load, load + calls].map((script) => measure("node", ["-e", script]));
  return { cpu: (all.cpu - alone.cpu) / RUNS, wall: (all.wall - alone.wall) / RUNS };
}

/** Comparing and judging two loaded kernels, with the known consumers: what is left without starting and reading. */
function measureComparison() {
  const load = `
    const { readSnapshot, compareSnapshots } = await import(${JSON.stringify(join(ROOT, "dist/index.js"))});
    const [before, after] = await Promise.all(["v6.1.192", "v6.12.117"].map((name) => readSnapshot(name)));`;
  const scripts = [load, `${load} compareSnapshots(before, after);`];
  // As the command line does (src/cli/tune.ts).
  const tuned = process.versions.v8.startsWith("11.") ? ["--interrupt-budget=500000"] : [];
  const [alone, all] = scripts.map((script) => measure("node", [...tuned, "--input-type=module", "-e", script]));
  return { cpu: all.cpu - alone.cpu, wall: all.wall - alone.wall };
}

/** Prints a measurement, with its ratio to a yardstick and what that may be at most; gives it back with its name. */
function print(name, take, yardstick, bound) {
  const { cpu, wall } = take();
  const ratio = yardstick && cpu / yardstick.cpu;
  const row = { name, take, cpu, wall, ratio, yardstick, bound };
  rows.push(row);
  const times = ratio === undefined ? "" : `  ${ratio.toFixed(2)} x`;
  const target = bound === undefined ? "" : ` (at most ${bound} x)`;
  console.log(`${name.padEnd(31)} cpu ${cpu.toFixed(2)} s  wall ${wall.toFixed(2)} s${times}${target}`);
  return row;
}

/** Every so manieth file of a kernel's source: real C, scripts and BPF programs, as a large tool's source has them. */
function auditedTree(tree) {
  const directory = join(dirname(tree), "audited");
  if (existsSync(directory)) return directory;
  const kinds = ["-name", "*.[ch]", "-o", "-name", "*.py", "-o", "-name", "*.sh"];
  const found = run("find", [".", "-type", "f", "(", ...kinds, ")"], { cwd: tree })
    .trim()
    .split("\n")
    .sort();
  const step = Math.floor(found.length / FILES);
  const chosen = found.filter((_, index) => index % step === 0).slice(0, FILES);
  const fresh = mkdtempSync(join(dirname(tree), "audited-"));
  run("cp", ["--parents", "-t", fresh, ...chosen], { cwd: tree });
  renameSync(fresh, directory);
  return directory;
}
