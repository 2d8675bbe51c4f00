// Fuzzes the native parsers, guided by coverage: `npm run fuzz [-- SECONDS [TARGET...]]`.
// Works with stable Rust: the instrumentation is LLVM's own, asked for by flags. What a run finds new stays in
// native/fuzz/found; an input that fails is written to native/fuzz/failed and named in the output.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FUZZ = fileURLToPath(new URL("../native/fuzz", import.meta.url));
const TRIPLE = /^host: (.*)$/m.exec(spawnSync("rustc", ["-vV"], { encoding: "utf8" }).stdout)?.[1];
const FLAGS = [
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/** The limits that no input may go beyond: seconds for one input, MiB of memory. */
const LIMITS = ["-timeout=30", "-rss_limit_mb=2048"];

const [seconds = "30", ...wanted] = process.argv.slice(2);
const targets = readdirSync(`${FUZZ}/targets`).map((name) => name.replace(/\.rs$/, ""));
const unknown = wanted.find((target) => !targets.includes(target));
if (!/^\d+$/.test(seconds) || unknown !== undefined) {
  console.error(`usage: npm run fuzz [-- SECONDS [TARGET...]]\ntargets: ${targets.join(", ")}`);
  process.exit(2);
}

// A target of its own keeps build scripts and macros, which run now, free of the instrumentation.
const build = ["build", "--release", "--locked", "--manifest-path", `${FUZZ}/Cargo.toml`, "--target", TRIPLE];
const { status } = spawnSync("cargo", [...build, "--target-dir", `${FUZZ}/target`], {
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, RUSTFLAGS: FLAGS.join(" ") },
});
if (status !== 0) process.exit(2);

let failed = 0;
const chosen = wanted.length > 0 ? wanted : targets;
for (const target of chosen) {
  const [found, failures] = [`${FUZZ}/found/${target}`, `${FUZZ}/failed/${target}-`];
  mkdirSync(found, { recursive: true });
  mkdirSync(`${FUZZ}/failed`, { recursive: true });
  const run = spawnSync(
    `${FUZZ}/target/${TRIPLE}/release/${target}`,
    [...LIMITS, `-max_total_time=${seconds}`, `-artifact_prefix=${failures}`, found, `${FUZZ}/corpus/${target}`],
    { encoding: "utf8", maxBuffer: 1 << 30 },
  );
  const runs = /^Done (\d+) runs in (\d+) second/m.exec(run.stderr);
  if (run.status === 0 && runs) {
    console.log(`ok: ${target}, ${runs[1]} executions in ${runs[2]} s`);
  } else {
    failed++;
    console.log(`FAILED: ${target}\n${run.stderr.split("\n").slice(-40).join("\n")}`);
  }
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
