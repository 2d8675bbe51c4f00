// Kernel releases as semver, so that they have one order and can be matched with ranges. The only file that maps them.
// A suffix of a distribution says nothing about order, so it becomes build metadata and never a pre-release.

// The classes alone: the package's index loads forty files more.
import Range from "semver/classes/range.js";
import SemVer from "semver/classes/semver.js";

import { ToolError } from "../errors.ts";

/** major.minor[.patch[.fourth]][-rcN][suffix] */
const RELEASE = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-rc(\d+))?(?:[-+.~_](.*))?$/;

/**
 * A kernel release as semver, or undefined if the text is none.
 *
 * - `6.12-rc3` is `6.12.0-rc.3`, before `6.12.0`.
 * - `6.1.0-56-amd64`, `5.10.43-android12-9`, `6.12.117+deb12-amd64` keep their suffix as build metadata.
 * - `2.6.38.8` is `2.38.8`: in the days of 2.6 the third number was what the second is now. Only 2.6 of the 2.x kernels
 *   has trace events, so nothing else is mapped there.
 */
export function parseVersion(text: string): SemVer | undefined {
  const match = RELEASE.exec(text.trim());
  if (!match) return undefined;
  const [, major, minor, third, fourth, rc, suffix] = match;
  const isOld = major === "2";
  if (isOld ? minor !== "6" || third === undefined : fourth !== undefined) return undefined;
  const numbers = isOld ? [major, third, fourth ?? 0] : [major, minor, third ?? 0];
  const build = suffix?.replace(/[^0-9A-Za-z-]+/g, ".").replace(/^\.+|\.+$/g, "");
  try {
    return new SemVer(`${numbers.map(Number).join(".")}${rc ? `-rc.${Number(rc)}` : ""}${build ? `+${build}` : ""}`);
  } catch {
    return undefined;
  }
}

/** The series a release belongs to: `6.12` for `6.12.117`, `2.6.38` for `2.6.38.8`. */
export function seriesOf(version: SemVer): string {
  return version.major === 2 ? `2.6.${version.minor}` : `${version.major}.${version.minor}`;
}

/** Negative if `a` is the older release; texts that are no release come first, in text order. */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left && right) return left.compare(right) || left.compareBuild(right);
  if (left || right) return left ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}

/**
 * A number by which releases sort as `compareVersions` sorts them, for programs that know no versions; undefined for a text
 * that is no release. Releases that differ in their suffix alone have the same one.
 */
export function releaseOrder(text: string): number | undefined {
  const version = parseVersion(text);
  if (version === undefined) return undefined;
  const { major, minor, patch, prerelease } = version;
  const candidate = prerelease[1];
  return ((major * 1e4 + minor) * 1e5 + patch) * 1e3 + (typeof candidate === "number" ? candidate : 999);
}

/** The releases nearest to the wanted one, nearest first. */
export function nearestVersions(wanted: SemVer, candidates: readonly string[], count: number): readonly string[] {
  return candidates
    .flatMap((text) => {
      const version = parseVersion(text);
      return version ? [{ text, distance: distanceBetween(wanted, version) }] : [];
    })
    .sort((a, b) => a.distance - b.distance || compareVersions(a.text, b.text))
    .slice(0, count)
    .map(({ text }) => text);
}

/** Any major version is farther than any minor one, and that farther than any patch. */
function distanceBetween(a: SemVer, b: SemVer): number {
  return Math.abs(a.major - b.major) * 1e8 + Math.abs(a.minor - b.minor) * 1e4 + Math.abs(a.patch - b.patch);
}

/** One alternative of a range: operators, and releases whose last numbers may be left out or be an `x` or `y`. */
const COMPARATOR = /^(?:[<>]=?|[=^~])?\s*(\S+)$/;
const PARTIAL = /^v?(\d+(?:\.(?:\d+|[xXyY*]))*)(?:-rc(\d+))?(?:[-+_](.*))?$/;

/**
 * A range of kernel releases: `>=5.4 <6.2`, `6.1.x`, `5.10 || 6.12`, `5.4 - 6.1`, `2.6.x`, `*`. The rules are semver's:
 * `6.1` is the whole series, `>=5.4` begins with its first release, a space or a comma means "and".
 *
 * - A candidate belongs to its own series: `6.2-rc1` is in `6.2` and `>=6.2`, not in `<6.2` and not in `>=6.2.0`.
 * - A suffix (`6.1.0-56-amd64`) does not count, as in the order of releases.
 * - `2.6.38` is a series, so it has `2.6.38.8` in it; `2.6` and `2.6.x` are all of 2.6.
 *
 * Throws `bad-range` if it is none.
 */
export function parseRange(text: string): Range {
  const alternatives = text.split("||").map((alternative) => alternative.trim());
  if (alternatives.some((alternative) => alternative === "")) throw badRange(text);
  try {
    // Without `includePrerelease`, no candidate would be in any range that does not name it.
    return new Range(alternatives.map(toSemverRange).join(" || "), { includePrerelease: true });
  } catch (cause) {
    throw badRange(text, cause);
  }
}

/** Whether a release is in a range; a text that is no release is in none. */
export function inRange(version: string, range: string | Range): boolean {
  const release = parseVersion(version);
  return release !== undefined && (typeof range === "string" ? parseRange(range) : range).test(release);
}

function toSemverRange(alternative: string): string {
  const joined = alternative.replaceAll(/,/g, " ").replaceAll(/([<>=^~])\s+/g, "$1");
  return joined.split(/\s+/).map(toSemverComparator).join(" ");
}

function toSemverComparator(text: string): string {
  if (text === "-" || text === "*" || text === "") return text;
  const version = COMPARATOR.exec(text)?.[1] ?? "";
  const operator = text.slice(0, text.length - version.length);
  const [, dotted = "", candidate] = PARTIAL.exec(version) ?? [];
  const numbers = dotted.toLowerCase().replaceAll(/[*y]/g, "x").split(".");
  const places = numbers[0] === "2" ? oldNumbers(numbers) : numbers;
  if (places === undefined || dotted === "" || places.length > 3) throw new TypeError(`no release: ${version}`);
  if (candidate === undefined) return operator + places.join(".");
  return `${operator}${[...places, "0", "0"].slice(0, 3).join(".")}-rc.${Number(candidate)}`;
}

/** `2.6.38.8` without the 6 that all releases with trace events have in common; see `parseVersion`. */
function oldNumbers([major = "", minor, ...rest]: readonly string[]): readonly string[] | undefined {
  if (minor === undefined || minor === "x") return [major];
  return minor === "6" ? [major, ...rest] : undefined;
}

function badRange(text: string, cause?: unknown): ToolError {
  return new ToolError("bad-range", `'${text}' is no range of kernel versions`, { cause });
}
