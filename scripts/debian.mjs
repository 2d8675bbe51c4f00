// Fetches kernel sources, configurations and tools from Debian's archive with apt, once per machine. Nothing of them is run.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** apt's options for packages of another architecture: lists of their own, so that the machine's stay as they are. */
function foreign(arch) {
  if (arch === undefined) return [];
  const lists = join(STORE, `lists-${arch}`);
  mkdirSync(join(lists, "partial"), { recursive: true });
  const options = [
    `APT::Architecture=${arch}`,
    `APT::Architectures::=${arch}`,
    `Dir::State::lists=${lists}`,
    "Dir::Cache::pkgcache=",
    "Dir::Cache::srcpkgcache=",
  ];
  return options.flatMap((option) => ["-o", option]);
}

const updated = new Set();

/** The versions of a package that can be had, newest first; `wanted` is one that an old list may lack. */
export function availableVersions(name, { wanted, arch } = {}) {
  const versions = () =>
    run("apt-cache", [...foreign(arch), "madison", name])
      .split("\n")
      .map((line) => line.split("|")[1]?.trim())
      .filter((version) => version !== undefined);
  const known = versions();
  if (updated.has(arch) || (known.length > 0 && (wanted === undefined || known.includes(wanted)))) return known;
  run("apt-get", [...foreign(arch), "update", "-q"]);
  updated.add(arch);
  return versions();
}

/** The version of a package that can be had: the wanted one if the archive still has it, else the newest. */
export function availableVersion(name, wanted) {
  const found = availableVersions(name, { wanted });
  if (found.length === 0) throw new Error(`Debian's archive has no package ${name}`);
  return found.includes(wanted) ? wanted : found[0];
}

/** Unpacks a package, of this machine's architecture unless another is named; the directory with its files. */
export function fetchPackage(name, version, arch) {
  const suffix = arch === undefined ? "" : `_${arch}`;
  const directory = join(STORE, `${name}_${version.replaceAll(/[^\w.+~-]/g, "_")}${suffix}`);
  if (existsSync(directory)) return directory;
  mkdirSync(STORE, { recursive: true });
  const work = mkdtempSync(join(STORE, "fetching-"));
  try {
    console.error(`fetching ${name} ${version} from Debian's archive`);
    availableVersions(name, { wanted: version, arch });
    run("apt-get", [...foreign(arch), "download", "-q", `${name}=${version}`], { cwd: work });
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
export function fetchConfig(name, version, file, arch) {
  return run("xz", ["-dc", join(fetchPackage(name, version, arch), "usr/src", name, file)]);
}

/** Upstream's source of a source package, unpacked, and its version. Nothing of it is built or patched. */
export function fetchUpstream(name) {
  const apt = sourceOptions();
  const [version] = run("apt-cache", [...apt, "showsrc", "--only-source", name])
    .split("\n")
    .filter((line) => line.startsWith("Version: "))
    .map((line) => line.slice("Version: ".length));
  if (version === undefined) throw new Error(`Debian's archive has no source package ${name}`);
  const directory = join(STORE, `${name}-source_${version.replaceAll(/[^\w.+~-]/g, "_")}`);
  if (!existsSync(directory)) {
    const work = mkdtempSync(join(STORE, "fetching-"));
    try {
      console.error(`fetching the source of ${name} ${version} from Debian's archive`);
      run("apt-get", [...apt, "source", "-q", "--download-only", "--only-source", `${name}=${version}`], { cwd: work });
      const archive = readdirSync(work).find(
        (file) => /^[^_]+_.*?(?:\.orig)?\.tar\.\w+$/.test(file) && !/debian\.tar/.test(file),
      );
      mkdirSync(join(work, "files"));
      run("tar", ["-xf", join(work, archive), "-C", join(work, "files"), "--strip-components=1"]);
      renameSync(join(work, "files"), directory);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return { directory, version };
}

let sources;

/** Options that make apt look for source packages where it gets its binary ones, without touching its configuration. */
function sourceOptions() {
  if (sources === undefined) {
    const state = join(STORE, "sources");
    mkdirSync(join(state, "lists", "partial"), { recursive: true });
    const targets = run("apt-get", [
      "indextargets",
      "--format",
      "deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)",
      "Identifier: Packages",
    ]);
    writeFileSync(join(state, "list"), `${[...new Set(targets.trim().split("\n"))].join("\n")}\n`);
    const list = `Dir::Etc::sourcelist=${join(state, "list")}`;
    sources = ["-o", list, "-o", "Dir::Etc::sourceparts=/dev/null", "-o", `Dir::State::lists=${join(state, "lists")}`];
    run("apt-get", [...sources, "update", "-q"]);
  }
  return sources;
}
