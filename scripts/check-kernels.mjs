// Checks made-up changes of a real kernel with `tpabi check`, and holds what it finds against a comparison of both kernels as a
// whole. `npm run check:kernels`; the source comes from Debian's archive. Ends with `N passed, N failed`.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { CHANGES, commitChange, debianRepository } from "./changes.mjs";
import { run } from "./debian.mjs";

const CLI = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const repo = debianRepository();
const base = run("git", ["-C", repo, "rev-parse", "HEAD"]).trim();

let passed = 0;
let failed = 0;
for (const [name, change] of Object.entries(CHANGES)) {
  const head = commitChange(repo, base, change);
  const started = performance.now();
  const checked = tpabi("check", `${base}..${head}`, "--arch", "x86_64");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const whole = tpabi("diff", base, head);
  expect(`${name}: as much as in both kernels as a whole (${seconds} s)`, ids(checked), ids(whole));
  const line = changedLine(head, change.path);
  const places = new Set(checked.report.findings.map(({ location }) => `${location?.file}:${location?.line}`));
  expect(`${name}: at the changed line`, [...places], name === "quiet" ? [] : [`${change.path}:${line}`]);
  expect(`${name}: exit status`, checked.status, name === "quiet" ? 0 : 1);
}
const [finding] = tpabi("check", `${base}..${commitChange(repo, base, CHANGES.argument)}`).report.findings;
expect("argument: the rule", finding?.rule, "argument-inserted");
expect("argument: the architectures", finding?.arches, ["x86_64", "arm64"]);
expect("argument: what to do instead", /append/.test(finding?.fix ?? ""), true);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function tpabi(command, ...args) {
  const { status, stdout, stderr } = spawnSync("node", [CLI, command, "--repo", repo, ...args, "--format", "json"], {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (status === 2) throw new Error(stderr);
  return { status, report: JSON.parse(stdout) };
}

function ids({ report }) {
  return report.findings.map(({ id }) => id).sort();
}

/** The first line that differs in the later revision. */
function changedLine(head, path) {
  const diff = run("git", ["-C", repo, "diff", "-U0", `${head}~1`, head, "--", path]);
  return Number(/^@@ -\S+ \+(\d+)/m.exec(diff)?.[1]);
}

function expect(what, found, wanted) {
  const isSame = JSON.stringify(found) === JSON.stringify(wanted);
  if (isSame) passed++;
  else failed++;
  console.log(
    isSame ? `ok: ${what}` : `FAILED: ${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`,
  );
}
