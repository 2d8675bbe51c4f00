// The snapshots shipped with tpabi, found by version. kernels.json lists them and says where they come from.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ToolError } from "../errors.ts";
import { decodeOwn } from "../snapshot/codec.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { compareVersions, nearestVersions, parseVersion, seriesOf } from "../snapshot/version.ts";
import { readText } from "./files.ts";
import type { ReadOptions, Reader } from "./reader.ts";

/** One shipped kernel, as far as finding it needs; kernels.json says more of its origin. */
export interface ShippedKernel {
  readonly version: string;
  readonly arch: string;
  /** Path of the snapshot, relative to kernels.json. */
  readonly file: string;
}

export const baselineReader: Reader = {
  spelling: "VERSION",
  meaning: "a shipped kernel: v6.12.117, 6.12.117, 6.12 (its newest release shipped) or latest",
  prefix: "baseline:",
  claims: (text) => text === "latest" || parseVersion(text) !== undefined,
  read: readBaseline,
};

async function readBaseline(name: string, options: ReadOptions): Promise<Snapshot> {
  const kernelsFile = options.kernelsFile ?? fileURLToPath(new URL("../../kernels.json", import.meta.url));
  const { kernels } = JSON.parse(await readText(kernelsFile)) as { kernels: readonly ShippedKernel[] };
  const kernel = findKernel(kernels, name, options.arch ?? "x86_64");
  return decodeOwn(await readText(join(dirname(kernelsFile), kernel.file)));
}

/** The shipped kernel that a name means; an exact version wins over the newest of its series. */
export function findKernel(kernels: readonly ShippedKernel[], name: string, arch: string): ShippedKernel {
  const candidates = kernels
    .filter((kernel) => kernel.arch === arch)
    .sort((a, b) => compareVersions(b.version, a.version));
  const wanted = parseVersion(name);
  const found =
    name === "latest"
      ? candidates[0]
      : (candidates.find(({ version }) => wanted && parseVersion(version)?.compare(wanted) === 0) ??
        candidates.find(({ version }) => isSeries(name) && seriesOfText(version) === seriesOfText(name)));
  if (found) return found;
  const nearest = wanted
    ? nearestVersions(
        wanted,
        candidates.map(({ version }) => version),
        3,
      )
    : [];
  throw new ToolError("unknown-kernel", `no baseline of '${name}' for ${arch} is shipped`, {
    hint:
      nearest.length > 0
        ? `the nearest shipped: ${nearest.map((version) => `v${version}`).join(", ")}; or read it yourself with git:REV or a source tree`
        : `shipped architectures: ${[...new Set(kernels.map((kernel) => kernel.arch))].sort().join(", ") || "none"}`,
  });
}

/** `6.12` and `2.6.38` name a series, `6.12.1` and `6.12-rc1` one release. */
function isSeries(name: string): boolean {
  return /^v?(\d+\.\d+|2\.6\.\d+)$/.test(name);
}

function seriesOfText(text: string): string | undefined {
  const version = parseVersion(text);
  return version && seriesOf(version);
}
