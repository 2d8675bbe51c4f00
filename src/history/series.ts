// How kernels follow each other: series one after another along mainline, point releases within their series.
// Invariant: every kernel but the oldest has exactly one predecessor, and it comes before it in the order.

import { groupBy } from "../snapshot/group.ts";
import { compareVersions, parseVersion, seriesOf } from "../snapshot/version.ts";

/** One kernel and the one that it is compared with. */
export interface Link {
  readonly version: string;
  /** `6.12`, `2.6.38`; the version itself where it is no release. */
  readonly series: string;
  /** Absent for the oldest kernel. */
  readonly previous?: string;
  /** On mainline: up to the first release of its series. The others are point releases. */
  readonly isMain: boolean;
  /** What kind of kernels it is compared with, where there are several kinds. */
  readonly group?: string;
}

/**
 * Kernels in the order of releases, each with its predecessor. A point release follows the one before it in its series; the
 * first of a series, candidates included, follows the first release of the series before, because that is where mainline
 * went on: 6.2-rc1 has what 6.1 had, and not what was put into 6.1.170 years later.
 *
 * Kernels of different groups are not compared: one that was read with a configuration lacks what that leaves out.
 */
export function linkKernels(
  versions: readonly string[],
  groupOf: (version: string) => string = () => "",
): readonly Link[] {
  const groups = groupBy(new Set(versions), groupOf);
  return [...groups]
    .flatMap(([group, own]) => linkGroup(own, group))
    .sort((one, other) => compareVersions(one.version, other.version));
}

function linkGroup(versions: readonly string[], group: string): readonly Link[] {
  const links: Link[] = [];
  let main: Link | undefined;
  for (const version of [...versions].sort(compareVersions)) {
    const series = seriesOfText(version);
    const last = links.at(-1);
    const isNewSeries = last?.series !== series;
    const isMain = isNewSeries || (last.isMain && isCandidate(last.version));
    const previous = isNewSeries ? main?.version : last.version;
    const link = {
      version,
      series,
      isMain,
      ...(previous === undefined ? {} : { previous }),
      ...(group === "" ? {} : { group }),
    };
    links.push(link);
    if (isMain) main = link;
  }
  return links;
}

/** The kernels from the oldest one to `tip`, in order, each the predecessor of the next. */
export function pathTo(links: readonly Link[], tip: string): readonly Link[] {
  const byVersion = new Map(links.map((link) => [link.version, link]));
  const path: Link[] = [];
  for (let link = byVersion.get(tip); link !== undefined; link = byVersion.get(link.previous ?? "")) path.push(link);
  return path.toReversed();
}

/** 2.6.39, 3.19, 4.20, 5.19 and 6.19 were the last series of their major number. */
const SERIES_BEFORE: Readonly<Record<number, number>> = { 2: 0, 3: 40, 4: 60, 5: 81, 6: 101, 7: 121 };

/** How many mainline releases lie between two kernels; undefined where a version is no release of Linux. */
export function seriesBetween(before: string, after: string): number | undefined {
  const [from, to] = [seriesNumber(before), seriesNumber(after)];
  return from === undefined || to === undefined ? undefined : to - from;
}

/** From 2011 to 2024 a mainline release came every nine and a half weeks. */
const YEARS_PER_SERIES = 9.5 / 52;

/** What a number of mainline releases is in years, about. */
export function yearsOf(series: number): number {
  return Math.round(10 * series * YEARS_PER_SERIES) / 10;
}

function seriesNumber(text: string): number | undefined {
  const version = parseVersion(text);
  const base = version && SERIES_BEFORE[version.major];
  return version === undefined || base === undefined ? undefined : base + version.minor;
}

/** Whether a version is a release candidate. */
function isCandidate(version: string): boolean {
  return (parseVersion(version)?.prerelease.length ?? 0) > 0;
}

function seriesOfText(text: string): string {
  const version = parseVersion(text);
  return version ? seriesOf(version) : text;
}
