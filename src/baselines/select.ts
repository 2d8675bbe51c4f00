// Which baselines are meant: one by a name, or all that a range of versions takes in.

import type SemVer from "semver/classes/semver.js";

import { ToolError } from "../errors.ts";
import { compareVersions, inRange, nearestVersions, parseRange, parseVersion, seriesOf } from "../snapshot/version.ts";
import type { Baseline } from "./store.ts";

/** Names that are no versions, and what they mean. */
const NAMES = ["latest", "lts", "running-lts"] as const;

/** `6.12.x` or, as kernel branches are called, `6.12.y`: the newest release of a series. */
const NEWEST = /^(v?(?:\d+\.\d+|2\.6\.\d+))\.[xXyY*]$/;

/** Whether a text names a baseline, one that there is or not. */
export function isBaselineName(text: string): boolean {
  return NAMES.some((name) => name === text) || NEWEST.test(text) || parseVersion(text) !== undefined;
}

/**
 * The baseline that a name means.
 *
 * - `v6.12.117`, `6.12.117`: that release.
 * - `6.12`: that release, or else the newest of the series; `6.12.x`: always the newest.
 * - `latest`: the newest release; `lts`: the newest of the newest series with long-term support.
 * - `running-lts`: the newest of the newest such series that is not newer than `running`, the release of this machine.
 */
export function findBaseline(all: readonly Baseline[], name: string, arch: string, running = ""): Baseline {
  const candidates = all.filter((baseline) => baseline.arch === arch).sort((a, b) => compareVersions(b.version, a.version));
  const found = candidates.find(matcher(candidates, name, running));
  if (found !== undefined) return found;
  throw new ToolError("unknown-kernel", `there is no baseline of '${name}' for ${arch}`, {
    hint: hintFor(all, candidates, name),
  });
}

/** A test that the wanted baseline is the first to pass, of candidates with the newest first. */
function matcher(candidates: readonly Baseline[], name: string, running: string): (baseline: Baseline) => boolean {
  if (name === "latest") return () => true;
  if (name === "lts") return ({ lts }) => lts !== undefined;
  if (name === "running-lts") {
    const own = parseVersion(running);
    const series = own && seriesOf(own);
    return ({ lts, ...other }) =>
      lts !== undefined && series !== undefined && compareVersions(other.series, series) <= 0;
  }
  const series = NEWEST.exec(name)?.[1];
  if (series !== undefined) return (baseline) => baseline.series === series.replace("v", "");
  const wanted = parseVersion(name);
  const isThis = ({ version }: Baseline): boolean => wanted !== undefined && isRelease(version, wanted);
  // `6.12` and `2.6.38` name a series, `6.12.1` and `6.12-rc1` one release.
  if (candidates.some(isThis) || !/^v?(\d+\.\d+|2\.6\.\d+)$/.test(name)) return isThis;
  return (baseline) => baseline.series === name.replace("v", "");
}

/** Whether a baseline is of a release. A suffix has to be its own: `6.1.192x` is a slip, and no name for 6.1. */
function isRelease(version: string, wanted: SemVer): boolean {
  const own = parseVersion(version);
  return own?.compare(wanted) === 0 && (wanted.build.length === 0 || own.compareBuild(wanted) === 0);
}

function hintFor(all: readonly Baseline[], candidates: readonly Baseline[], name: string): string {
  const wanted = parseVersion(name) ?? parseVersion(name.replace(/\.[xXyY*]$/, ""));
  if (candidates.length === 0) {
    return `there are baselines for: ${[...new Set(all.map(({ arch }) => arch))].sort().join(", ") || "nothing"}`;
  }
  if (wanted === undefined) return "see `tpabi baseline list`";
  const nearest = nearestVersions(
    wanted,
    candidates.map(({ version }) => version),
    3,
  );
  return `the nearest: ${nearest.map((version) => `v${version}`).join(", ")}; or read it yourself with git:REV or a source tree`;
}

/**
 * The baselines for one architecture whose versions are in a range (see `parseRange`), oldest first. Each is read with
 * `readBaseline`. None at all is an error: a check against nothing would look like success.
 */
export async function selectKernels(
  range: string,
  arch: string,
  options: { readonly baselines?: readonly string[] } = {},
): Promise<readonly Baseline[]> {
  const versions = parseRange(range);
  // Loaded late, so that names can be told from paths without it.
  const { listBaselines } = await import("./store.ts");
  const kernels = (await listBaselines(options.baselines)).filter((kernel) => kernel.arch === arch);
  const selected = kernels.filter(({ version }) => inRange(version, versions));
  if (selected.length > 0) return selected;
  const [oldest, newest] = [kernels.at(0)?.version, kernels.at(-1)?.version];
  throw new ToolError("unknown-kernel", `no baseline for ${arch} is in the range '${range}'`, {
    hint:
      oldest === undefined
        ? `there are no baselines for ${arch}`
        : `they begin with ${oldest} and end with ${newest}; see \`tpabi baseline list\``,
  });
}
