// Directories of baselines: a kernels.json and the packs it names. What is written is merged with what others have written
// meanwhile, under a lock, and each file is replaced as a whole.

import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { ToolError } from "../errors.ts";
import { encode } from "../snapshot/codec.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { compareVersions, parseVersion, seriesOf } from "../snapshot/version.ts";
import { readBytes, writeAtomically } from "../sources/files.ts";
import { type KernelLines, toSnapshot } from "./lines.ts";
import { withLock } from "./lock.ts";
import { decodePack, encodePack, linesOf, type Pack, QUALITY } from "./pack.ts";
import {
  type ArchEntry,
  encodeRegistry,
  type Provenance,
  readRegistry,
  type Registry,
  registryPath,
  type Release,
  type Series,
  SHIPPED,
} from "./registry.ts";

/** The baseline of one release for one architecture. */
export interface Baseline extends ArchEntry {
  readonly version: string;
  readonly arch: string;
  readonly series: string;
  /** What is known of its series, if that has long-term support. */
  readonly lts?: Series;
  readonly source: Provenance;
  /** Where its pack lies. */
  readonly pack: string;
  /** Whether it came with tpabi. */
  readonly shipped: boolean;
}

/** A kernel to be kept: its lines, and what the registry says of it. */
export interface Addition extends KernelLines {
  readonly source: Provenance;
  readonly entry: ArchEntry;
}

/**
 * All baselines in these directories, the oldest release first. Where two have the same release, the first directory's
 * counts. A directory that has none yet, or does not exist, has no baselines.
 */
export async function listBaselines(directories: readonly string[] = [SHIPPED]): Promise<readonly Baseline[]> {
  const registries = await Promise.all(directories.map(readRegistry));
  const series = Object.assign({}, ...registries.map((registry) => registry.series)) as Readonly<Record<string, Series>>;
  const found = new Map<string, Baseline>();
  for (const [index, directory] of directories.entries()) {
    for (const { arches, pack, ...release } of registries[index]?.kernels ?? []) {
      for (const [arch, entry] of Object.entries(arches)) {
        const key = `${release.version} ${arch}`;
        if (found.has(key)) continue;
        const lts = series[release.series];
        const place = { pack: join(directory, pack), shipped: directory === SHIPPED };
        found.set(key, { ...release, ...entry, arch, ...place, ...(lts !== undefined && { lts }) });
      }
    }
  }
  return [...found.values()].sort(byRelease);
}

/** Packs that this process has read; a command often asks for several kernels of one. */
const packs = new Map<string, Promise<Pack>>();

/** The snapshot of a baseline. */
export async function readBaseline(baseline: Baseline): Promise<Snapshot> {
  return toSnapshot(await readLines(baseline));
}

/** A baseline in the form in which it is kept. */
async function readLines({ version, arch, pack: path }: Baseline): Promise<KernelLines> {
  let pack = packs.get(path);
  if (pack === undefined) packs.set(path, (pack = readPack(path)));
  const content = await pack;
  const entry = content.entries.find(({ kernel }) => kernel.version === version && kernel.arch === arch);
  if (entry === undefined) throw new ToolError("bad-baseline", `'${path}' has no ${version} for ${arch}`);
  return linesOf(content, entry);
}

/** A baseline as `writeBaselines` takes it, to keep it in another directory. */
export async function readAddition(baseline: Baseline): Promise<Addition> {
  const { source, events, tracepoints, sha256, config } = baseline;
  const entry = { events, tracepoints, sha256, ...(config !== undefined && { config }) };
  return { ...(await readLines(baseline)), source, entry };
}

/** SHA-256 of a snapshot as it is saved: what the registry says of it. */
export function digestOf(snapshot: Snapshot | string): string {
  return createHash("sha256")
    .update(typeof snapshot === "string" ? snapshot : encode(snapshot))
    .digest("hex");
}

/**
 * Keeps kernels in a directory, which is made if need be. A release that is there already is replaced. `adapt` sees what is
 * there before anything is written, while nobody else can write; it may refuse, or add to what the registry knows.
 */
export async function writeBaselines(
  directory: string,
  additions: readonly Addition[],
  adapt: (there: Registry) => Registry = (there) => there,
): Promise<void> {
  if (additions.length === 0) return;
  await mkdir(join(directory, "baselines"), { recursive: true });
  await withLock(join(directory, "baselines", "lock"), async () => {
    const registry = adapt(await readRegistry(directory));
    const names = new Set(additions.map(({ kernel }) => packOf(kernel.version)));
    const quality = resolve(directory) === resolve(SHIPPED) ? QUALITY.shipped : QUALITY.kept;
    for (const name of names) {
      const path = join(directory, name);
      const own = additions.filter(({ kernel }) => packOf(kernel.version) === name);
      await writeAtomically(path, encodePack(own, await findPack(path), quality));
      packs.delete(path);
    }
    const kernels = additions.reduce(withAddition, registry.kernels);
    await writeAtomically(registryPath(directory), encodeRegistry({ ...registry, kernels: [...kernels].sort(byRelease) }));
  });
}

/** The pack of a release: those of a major version have most of their lines in common. */
function packOf(version: string): string {
  return `baselines/${parseVersion(version)?.major ?? "other"}.br`;
}

/** The pack at a path, if there is one yet. */
async function findPack(path: string): Promise<Pack | undefined> {
  return readPack(path).catch((error: ToolError) => {
    if (error.code === "not-found") return undefined;
    throw error;
  });
}

function withAddition(kernels: readonly Release[], { kernel, source, entry }: Addition): readonly Release[] {
  const { version, arch } = kernel;
  const parsed = parseVersion(version);
  const series = parsed === undefined ? version : seriesOf(parsed);
  const known = kernels.find((release) => release.version === version);
  const arches = Object.entries({ ...known?.arches, [arch]: entry }).sort(([a], [b]) => (a < b ? -1 : 1));
  const release: Release = { version, series, source, pack: packOf(version), arches: Object.fromEntries(arches) };
  return [...kernels.filter((other) => other !== known), release];
}

function byRelease(a: { version: string; arch?: string }, b: { version: string; arch?: string }): number {
  return compareVersions(a.version, b.version) || ((a.arch ?? "") < (b.arch ?? "") ? -1 : 1);
}

async function readPack(path: string): Promise<Pack> {
  return decodePack(await readBytes(path), path);
}
