// Packs what a release publishes: the package, and one package for each platform with its prebuilt addon, as napi lays
// them out. The repository's own package.json names no addon packages, so that `npm ci` works before they are published.
//
//   node scripts/pack.mjs ADDONS OUT [--some]
//
// ADDONS holds files tpabi.<platform>.node, anywhere below it, each with the LICENSES.txt of what is linked into it; each
// platform of package.json has to have one, unless --some is given. OUT gets the tarballs and their SHA256SUMS. In a workflow, the package names the repository that it comes from,
// which npm compares with where the workflow ran.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { NapiCli } from "@napi-rs/cli";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const [addons, out, mode] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "tpabi-pack-"));
try {
  if (out === undefined || (mode !== undefined && mode !== "--some")) fail("usage: pack.mjs ADDONS OUT [--some]");
  if (!existsSync(join(ROOT, "dist/cli/main.js"))) fail("nothing is built: run `npm run build:ts` first");
  mkdirSync(out, { recursive: true });
  await pack();
} catch (error) {
  console.error(`error: ${error.stderr || error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(work, { recursive: true });
}

async function pack() {
  run("tar", "-xzf", join(work, npmPack(ROOT, work)), "-C", work);
  const main = join(work, "package");
  const manifest = readJson(join(main, "package.json"));
  if (process.env.GITHUB_REPOSITORY) {
    const url = `git+${process.env.GITHUB_SERVER_URL ?? "https://github.com"}/${process.env.GITHUB_REPOSITORY}.git`;
    manifest.repository = { type: "git", url };
    writeJson(join(main, "package.json"), manifest);
  }
  const packages = await addonPackages(main);
  manifest.optionalDependencies = Object.fromEntries(packages.map(({ name }) => [name, manifest.version]));
  writeJson(join(main, "package.json"), manifest);

  const tarballs = [...packages.map(({ directory }) => directory), main].map((directory) => npmPack(directory, out));
  const sums = tarballs.map((name) => `${sha256(join(out, name))}  ${name}\n`);
  writeFileSync(join(out, "SHA256SUMS"), sums.join(""));
  console.log(sums.join("").trimEnd());
}

/** The packages of the platforms whose addon is there, each with its addon. */
async function addonPackages(main) {
  // The unpacked package is none of its concern: it makes folders beside the package.json that it reads.
  const directory = join(work, "addons", "npm");
  mkdirSync(join(work, "addons"));
  copyFileSync(join(main, "package.json"), join(work, "addons", "package.json"));
  await new NapiCli().createNpmDirs({ cwd: join(work, "addons") });
  const files = readdirSync(addons, { recursive: true }).map((path) => join(addons, path));
  return readdirSync(directory).flatMap((platform) => {
    const own = join(directory, platform);
    const manifest = readJson(join(own, "package.json"));
    const addon = files.find((file) => basename(file) === manifest.main);
    if (addon === undefined) {
      if (mode === "--some") return [];
      fail(`${manifest.main} is nowhere below ${addons}`);
    }
    copyFileSync(addon, join(own, manifest.main));
    copyFileSync(join(ROOT, "LICENSE"), join(own, "LICENSE"));
    const licenses = join(dirname(addon), "LICENSES.txt");
    if (existsSync(licenses)) copyFileSync(licenses, join(own, "LICENSES.txt"));
    else if (mode !== "--some") fail(`${licenses} is missing: make it with scripts/native-licenses.mjs`);
    writeJson(join(own, "package.json"), { ...manifest, files: [...manifest.files, "LICENSES.txt"] });
    return [{ name: manifest.name, directory: own }];
  });
}

/** Packs a directory; the name of the tarball. */
function npmPack(directory, destination) {
  const [{ filename }] = JSON.parse(
    run("npm", "pack", resolve(directory), "--json", "--ignore-scripts", "--pack-destination", resolve(destination)),
  );
  return filename;
}

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function run(program, ...args) {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

function fail(message) {
  throw new Error(message);
}
