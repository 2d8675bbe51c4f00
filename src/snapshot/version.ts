// Kernel releases as semver, so that they have one order and can be matched with ranges. The only file that maps them.
// A suffix of a distribution says nothing about order, so it becomes build metadata and never a pre-release.

// The class alone: the package's index loads forty files more.
import SemVer from "semver/classes/semver.js";

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
