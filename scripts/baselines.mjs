// Makes the shipped baselines again from where kernels.json says they come from, and tells of each whether it is what it was.
// `npm run baselines -- [--repo DIR] [VERSION...]`: those from Debian's archive, and with a repository those from its tags.
// `npm run baselines -- --debian linux-source-6.1`: also those releases of the package that are in the archive and not yet here.

import { parseArgs } from "node:util";

import { readRegistry, SHIPPED } from "../dist/baselines/registry.js";
import { writeBaselines } from "../dist/baselines/store.js";
import { toAddition } from "../dist/baselines/update.js";
import { openSession } from "../dist/native.js";
import { compareVersions } from "../dist/snapshot/version.js";
import { availableVersions, fetchConfig, fetchSource } from "./debian.mjs";

/** Debian's names of the architectures that baselines are made for; arm64 exists since 3.7. */
const ARCHES = { x86_64: "amd64", arm64: "arm64" };

const { values, positionals } = parseArgs({
  options: { repo: { type: "string" }, debian: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const { kernels } = await readRegistry(SHIPPED);
const wanted = [...kernels, ...values.debian.flatMap(newReleases)].filter(
  ({ version }) => positionals.length === 0 || positionals.includes(version),
);
const memory = new Map();
const additions = [];
const session = openSession();
const verdicts = {};
for (const { version, source, arches } of wanted) {
  for (const [arch, known] of Object.entries(arches)) {
    const text = await read(source, arch, known.config);
    if (text === undefined) {
      note("skipped (no --repo, or no tag)", version, arch);
      continue;
    }
    const addition = toAddition(text, undefined, memory, source);
    const entry = { ...addition.entry, ...(known.config && { config: known.config }) };
    additions.push({ ...addition, entry });
    note(known.sha256 === undefined ? "made" : known.sha256 === entry.sha256 ? "unchanged" : "changed", version, arch);
  }
}
session.close();
await writeBaselines(SHIPPED, additions);
console.log(JSON.stringify(verdicts));

function note(verdict, version, arch) {
  verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  console.log(`${version} ${arch}: ${verdict}`);
}

/** The text of a snapshot; nothing if its source is not at hand. */
async function read(source, arch, config) {
  if (source.kind === "git") {
    const { repo } = values;
    return repo && source.tag && session.read({ kind: "git", path: repo, rev: source.tag, arch, cacheDir: null });
  }
  const tree = fetchSource(source.package, source.version);
  const text = fetchConfig(config.package, config.version, config.file, ARCHES[arch]);
  return session.read({ kind: "tree", path: tree, arch, config: text, cacheDir: null });
}

/** The releases of a source package that are not in kernels.json, the newest package of each. */
function newReleases(name) {
  const known = new Set(kernels.map(({ version }) => version));
  return availableVersions(name).flatMap((version) => {
    const release = version.split("-")[0];
    if (known.has(release)) return [];
    known.add(release);
    const arches = Object.keys(ARCHES).map((arch) => [arch, { config: configFor(name, version, arch) }]);
    return [
      { version: release, source: { kind: "debian", package: name, version }, arches: Object.fromEntries(arches) },
    ];
  });
}

/** The configuration of that package version, or, since the archive drops those first, of the next one that it has. */
function configFor(sourceName, sourceVersion, arch) {
  const name = sourceName.replace("source", "config");
  const debian = ARCHES[arch];
  const versions = availableVersions(name, { arch: debian }).toReversed();
  const release = (version) => version.split("-")[0];
  const version =
    versions.find((one) => one === sourceVersion) ??
    versions.find((one) => compareVersions(release(one), release(sourceVersion)) >= 0) ??
    versions.at(-1);
  return { package: name, version, file: `config.${debian}_none_${debian}.xz` };
}
