// kernels.json: which kernels have a baseline, and where each comes from. The form is docs/kernels.schema.json.
// It is written after the packs it names, so it never names a kernel that is not there.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ToolError } from "../errors.ts";
import { readText } from "../sources/files.ts";

/** Where a kernel's source came from. */
export type Provenance =
  /** A source package of Debian, unpacked. */
  | { readonly kind: "debian"; readonly package: string; readonly version: string }
  | {
      readonly kind: "git";
      /** The tag or other revision that was read. */
      readonly tag?: string;
      /** The object id of the commit, or of the tree where the repository has only that. */
      readonly commit: string;
      /** The public repository, as GitHub names it. */
      readonly repository?: string;
      /** Its history: all commits of upstream, one commit for each release, or one import of this release. */
      readonly history?: "upstream" | "releases" | "import";
    }
  /** Anything else: a source tree, a running kernel, a saved snapshot. */
  | { readonly kind: "other"; readonly origin: readonly string[] };

/** A file of a Debian package that holds a kernel configuration. */
export interface ConfigFile {
  readonly package: string;
  readonly version: string;
  readonly file: string;
}

/** The snapshot of one release for one architecture. */
export interface ArchEntry {
  readonly events: number;
  readonly tracepoints: number;
  /** SHA-256 of the snapshot's text (`encode`). */
  readonly sha256: string;
  /** The configuration its conditions were evaluated with; without one they are kept (`when`). */
  readonly config?: ConfigFile;
}

/** One release. */
export interface Release {
  readonly version: string;
  readonly series: string;
  readonly source: Provenance;
  /** Path of the pack, relative to kernels.json. */
  readonly pack: string;
  readonly arches: Readonly<Record<string, ArchEntry>>;
}

/** What is known of a series of releases. */
export interface Series {
  readonly lts: true;
  /** The month in which kernel.org ends it, or ended it: `2028-12`. */
  readonly endOfLife: string;
}

/** The content of a kernels.json. */
export interface Registry {
  readonly schemaVersion: 1;
  /** The series with long-term support; all others end when the next one comes. */
  readonly series: Readonly<Record<string, Series>>;
  readonly kernels: readonly Release[];
}

/** The directory with the kernels.json and the packs that are shipped with tpabi. */
export const SHIPPED = fileURLToPath(new URL("../../", import.meta.url));

const EMPTY: Registry = { schemaVersion: 1, series: {}, kernels: [] };

/** Where the registry of a directory lies. */
export function registryPath(directory: string): string {
  return join(directory, "kernels.json");
}

/** The registry of a directory; an empty one where there is none yet. */
export async function readRegistry(directory: string): Promise<Registry> {
  const path = registryPath(directory);
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    if ((error as ToolError).code === "not-found") return EMPTY;
    throw error;
  }
  let value: { schemaVersion?: unknown; kernels?: unknown } | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw new ToolError("bad-baseline", `'${path}' is no JSON`, { cause });
  }
  if (typeof value?.schemaVersion === "number" && value.schemaVersion > EMPTY.schemaVersion) {
    throw new ToolError("newer-snapshot", `'${path}' has format ${value.schemaVersion}; this tpabi reads 1`);
  }
  if (value?.schemaVersion !== 1 || !Array.isArray(value.kernels)) {
    throw new ToolError("bad-baseline", `'${path}' is no list of baselines`);
  }
  return { ...EMPTY, ...(value as Registry) };
}

/** The registry of a directory that somebody named because there are baselines in it. */
export async function requireRegistry(directory: string): Promise<Registry> {
  const registry = await readRegistry(directory);
  if (registry.kernels.length > 0) return registry;
  throw new ToolError("not-found", `there are no baselines in '${directory}'`, {
    hint: "name a directory that `tpabi baseline add` or `update` wrote to: it has a kernels.json",
  });
}

/** The text of a kernels.json. */
export function encodeRegistry(registry: Registry): string {
  return `${JSON.stringify(registry, undefined, 2)}\n`;
}
