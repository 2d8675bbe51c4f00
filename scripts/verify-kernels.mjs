// Holds what tpabi computes from Debian's kernel sources against what the booted kernels said, and prints the figures.
// `npm run verify:kernels DUMPS`: a directory with tracefs-VERSION-amd64.tar.xz and btf-VERSION-amd64.tar.xz files.
// Ends with `N passed, N failed`.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { availableVersion, fetchConfig, fetchSource } from "./debian.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(ROOT, "dist/cli/main.js");

/** The least share of the running kernel's events that must be exact in every line of the table, in percent. */
const LEAST = 99.9;
/** The same of its tracepoints' arguments and its event classes, as BTF has them. */
const LEAST_BTF = 100;

const [dumps] = process.argv.slice(2);
if (dumps === undefined || !existsSync(dumps)) {
  console.error("error: the directory with the tracefs dumps was not found");
  console.error("help: npm run verify:kernels DIRECTORY, with tracefs-VERSION-amd64.tar.xz in it");
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), "tpabi-verify-"));
/** The releases that there is a dump of, the oldest first. */
const kernels = JSON.parse(readFileSync(join(ROOT, "kernels.json"), "utf8")).kernels.filter(({ version }) =>
  existsSync(join(dumps, `tracefs-${version}-amd64.tar.xz`)),
);
const results = [];
for (const { version, source, arches } of kernels) {
  const dump = `tracefs-${version}-amd64.tar.xz`;
  const { config } = arches.x86_64;
  const sourceVersion = availableVersion(source.package, source.version);
  const configVersion = availableVersion(config.package, config.version);
  console.log(`\n${version}: ${source.package} ${sourceVersion}, ${config.package} ${configVersion}, ${dump}`);
  if (sourceVersion !== source.version)
    console.log(`the archive no longer has ${source.version}: other code than the dump's`);
  const configFile = join(work, `${version}.config`);
  writeFileSync(configFile, fetchConfig(config.package, configVersion, config.file));
  const tree = fetchSource(source.package, sourceVersion);
  const tracefs = `tracefs:${resolve(dumps, dump)}`;
  results.push(check(`${version} from source`, LEAST, tree, tracefs, "--config", configFile));
  const btf = resolve(dumps, `btf-${version}-amd64.tar.xz`);
  if (existsSync(btf)) {
    results.push(check(`${version} from source, and its BTF`, LEAST_BTF, tree, `btf:${btf}`, "--config", configFile));
    results.push(check(`${version}, its tracefs and its BTF`, 100, tracefs, `btf:${btf}`));
  } else {
    console.log(`skipped the BTF of ${version}: it is not in ${dumps}`);
  }
}
if (existsSync("/sys/kernel/btf/vmlinux") && existsSync("/sys/kernel/tracing/events")) {
  results.push(check("this machine, its tracefs and its BTF", 100, "tracefs:", "btf:"));
} else {
  console.log("skipped this machine: it has no BTF, or its tracefs cannot be read");
}
results.push(checkDumps());
rmSync(work, { recursive: true, force: true });
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function check(name, least, ...args) {
  const { status } = spawnSync("node", [CLI, "verify", ...args, "--min", String(least), "--list", "20"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  console.log(`${status === 0 ? "ok" : "FAILED"}: ${name}, at least ${least} % in every line`);
  return status === 0;
}

/** The two dumps against each other: the counts are facts of the dumps, so a reader that loses an event shows here. */
function checkDumps() {
  const [before, after] = kernels.map(({ version }) => `tracefs:${resolve(dumps, `tracefs-${version}-amd64.tar.xz`)}`);
  const { stdout } = spawnSync("node", [CLI, "diff", before, after, "--format", "json", "--fail-on", "never"], {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  const { summary, problems } = JSON.parse(stdout);
  const { removed, added, both } = summary.events;
  const found = { removed, added, both, problems: problems.before.length + problems.after.length };
  const expected = { removed: 67, added: 727, both: 4773, problems: 0 };
  const passed = JSON.stringify(found) === JSON.stringify(expected);
  console.log(
    `${passed ? "ok" : "FAILED"}: diff of the dumps ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
  );
  return passed;
}
