// Fetches kernel sources and configurations from Debian's archive with apt, once per machine. Nothing of them is run.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const STORE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tpabi-debian");

/** Runs a program; its stdout as text. Throws with what it said on stderr. */
export function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 30,
    ...options,
  });
  if (error) throw new Error(`${program} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${(stderr ?? "").trim()}`);
  return stdout;
}

let updated = false;

/** The version of a package that can be had: the wanted one if the archive still has it, else the newest. */
export function availableVersion(name, wanted) {
  const versions = () =>
    run("apt-cache", ["madison", name])
      .split("\n")
      .map((line) => line.split("|")[1]?.trim())
      .filter((version) => version !== undefined);
  if (!updated && !versions().includes(wanted)) {
    run("apt-get", ["update", "-q"]);
    updated = true;
  }
  const found = versions();
  if (found.length === 0) throw new Error(`Debian's archive has no package ${name}`);
  return found.includes(wanted) ? wanted : found[0];
}

/** Unpacks a package; the directory with its files. */
export function fetchPackage(name, version) {
  const directory = join(STORE, `${name}_${version.replaceAll(/[^\w.+~-]/g, "_")}`);
  if (existsSync(directory)) return directory;
  mkdirSync(STORE, { recursive: true });
  const work = mkdtempSync(join(STORE, "fetching-"));
  try {
    console.error(`fetching ${name} ${version} from Debian's archive`);
    run("apt-get", ["download", "-q", `${name}=${version}`], { cwd: work });
    const archive = readdirSync(work).find((file) => file.endsWith(".deb"));
    run("dpkg-deb", ["-x", join(work, archive), join(work, "files")]);
    renameSync(join(work, "files"), directory);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return directory;
}

/** The top directory of the kernel source in a linux-source package. */
export function fetchSource(name, version) {
  const directory = join(fetchPackage(name, version), "usr/src");
  const tree = join(directory, name);
  if (!existsSync(tree)) {
    const work = mkdtempSync(join(directory, "unpacking-"));
    run("tar", ["-xf", join(directory, `${name}.tar.xz`), "-C", work]);
    renameSync(join(work, name), tree);
    rmSync(work, { recursive: true, force: true });
  }
  return tree;
}

/** The text of a configuration in a linux-config package. */
export function fetchConfig(name, version, file) {
  return run("xz", ["-dc", join(fetchPackage(name, version), "usr/src", name, file)]);
}
