// Reads many releases of a kernel repository without a configuration, and prints how much of each was understood.
// `npm run eras -- --repo DIR [--tags 'v5.10.*'] [--every N] [--arch ARCH]`; exit 1 if a release is below its target.

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

import { readSnapshot } from "../dist/index.js";
import { parseVersion } from "../dist/snapshot/version.js";

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    tags: { type: "string", default: "v*" },
    every: { type: "string", default: "1" },
    arch: { type: "string", default: "x86_64" },
  },
});
if (values.repo === undefined) {
  console.error("error: no repository given");
  console.error("help: npm run eras -- --repo DIR [--tags 'v5.10.*'] [--every N] [--arch ARCH]");
  process.exit(2);
}

/** Least share of events with a complete layout, in percent: 99 from 4.4 on, 95 before. */
const target = (version) => ((parseVersion(version)?.compare("4.4.0") ?? -1) >= 0 ? 99 : 95);

const listed = spawnSync("git", ["-C", values.repo, "tag", "--list", values.tags, "--sort=version:refname"], {
  encoding: "utf8",
});
if (listed.status !== 0) throw new Error(listed.stderr);
const tags = listed.stdout.split("\n").filter((tag, i) => tag !== "" && i % Number(values.every) === 0);
let below = 0;
for (const tag of tags) {
  const used = process.cpuUsage();
  let line;
  try {
    const { kernel, events, problems } = await readSnapshot(`git:${tag}`, { ...values, cacheDir: null });
    const complete = events.filter(({ fields }) => fields.every(({ offset }) => offset !== undefined)).length;
    const share = events.length === 0 ? 0 : (complete * 100) / events.length;
    const good = share >= target(kernel.version);
    if (!good) below++;
    line = `${String(events.length).padStart(6)} events  ${share.toFixed(2).padStart(6)} % complete  ${String(problems.length).padStart(4)} problems${good ? "" : "  BELOW TARGET"}`;
  } catch (error) {
    below++;
    line = `FAILED: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(used);
  console.log(`${tag.padEnd(26)} ${line}  ${((user + system) / 1e6).toFixed(2)} s cpu`);
}
console.log(`${tags.length} releases, ${below} below target`);
process.exit(below === 0 ? 0 : 1);
