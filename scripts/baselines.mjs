// Makes the shipped baselines again from Debian's kernel sources and configurations, as kernels.json says, and tells of
// each whether the bytes are what they were. `npm run baselines [VERSION...]`

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { fetchConfig, fetchSource, run } from "./debian.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const REGISTRY = join(ROOT, "kernels.json");

const registry = JSON.parse(readFileSync(REGISTRY, "utf8"));
const wanted = process.argv.slice(2);
for (const kernel of registry.kernels) {
  if (wanted.length > 0 && !wanted.includes(kernel.version)) continue;
  const { source, config } = kernel;
  const tree = fetchSource(source.package, source.version);
  const configFile = join(tmpdir(), `tpabi-${kernel.version}-${kernel.arch}.config`);
  writeFileSync(configFile, fetchConfig(config.package, config.version, config.file));
  const file = join(ROOT, kernel.file);
  const before = existsSync(file) ? digest(file) : undefined;
  run("node", ["dist/cli/main.js", "snapshot", tree, "--arch", kernel.arch, "--config", configFile, "-o", file], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  kernel.sha256 = digest(file);
  const verdict = before === undefined ? "made" : before === kernel.sha256 ? "unchanged" : "changed";
  console.log(`${kernel.file}: ${verdict}`);
}
writeFileSync(REGISTRY, `${JSON.stringify(registry, undefined, 2)}\n`);

function digest(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
