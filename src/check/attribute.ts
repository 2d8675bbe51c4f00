// Moves findings to the changed lines that made them, so that they can be shown in the diff of a pull request.
// Invariant: a finding is moved to a line that the change touched, or stays where its declaration is.

import type { Hunk, Lines } from "../git/changes.ts";
import type { Finding } from "../rules/finding.ts";
import type { Location } from "../snapshot/model.ts";
import type { ChangedSnapshots } from "../sources/change.ts";
import { placeFinder, type Places, type Stretch } from "./places.ts";

/** The change of one file: what differs, and both texts as lines; no lines where there is no such file. */
export interface FileChange {
  /** Path in the later kernel, or in the earlier one if the file is gone. */
  readonly path: string;
  readonly hunks: readonly Hunk[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** By path; a renamed file stands under both of its paths. */
export type FileChanges = ReadonlyMap<string, FileChange>;

/** A changed line: where to show it, and what it says (or said, where lines were removed). */
interface ChangedLine {
  readonly place: Location;
  readonly text: string;
}

export function attribute(
  findings: readonly Finding[],
  sides: ChangedSnapshots,
  changes: FileChanges,
): readonly Finding[] {
  const findPlaces = placeFinder(sides);
  return findings.map((finding) => {
    const place = findChange(finding, findPlaces(finding), changes);
    if (place === undefined || isSame(place, finding.location)) return finding;
    const { location, declaration = location, ...rest } = finding;
    return { ...rest, location: place, ...(declaration && !isSame(declaration, place) && { declaration }) };
  });
}

/** The files that findings can be moved to, if they changed. */
export function filesOf(findings: readonly Finding[], sides: ChangedSnapshots): ReadonlySet<string> {
  const findPlaces = placeFinder(sides);
  return new Set(findings.flatMap((finding) => Object.values(findPlaces(finding)).flatMap(fileNames)));
}

function fileNames(stretches: readonly Stretch[]): readonly string[] {
  return stretches.map(({ file }) => file);
}

/** The changed line of a finding: its own declaration, else what that comes from, else what is around it. */
function findChange(finding: Finding, places: Places, changes: FileChanges): Location | undefined {
  const { own, causes, around, distant } = places;
  const widened = around.map((stretch) => ({
    ...stretch,
    lines: spanOf(changes.get(stretch.file)?.[stretch.side], stretch),
  }));
  const later = own.filter(({ side }) => side === "after");
  for (const stretches of [later, own, causes, widened, distant]) {
    const lines = stretches.flatMap((stretch) => changedLines(changes.get(stretch.file), stretch));
    if (lines.length > 0) return best(lines, finding);
  }
  return findCondition(finding, changes);
}

/** Which configuration builds an event is said by makefiles: their changed line with the same symbols. */
function findCondition({ before = "", after = "" }: Finding, changes: FileChanges): Location | undefined {
  const symbols = new Set(wordsOf(`${before} ${after}`).filter((word) => word.startsWith("CONFIG_")));
  const makefiles = [...new Set(changes.values())].filter(({ path }) => isMakefile(path));
  const lines = makefiles.flatMap((change) =>
    (["after", "before"] as const).flatMap((side) =>
      changedLines(change, { side, file: change.path, lines: [0, Infinity] }),
    ),
  );
  return lines.find(({ text }) => wordsOf(text).some((word) => symbols.has(word)))?.place;
}

export function isMakefile(path: string): boolean {
  return /(^|\/)(Makefile|Kbuild)[^/]*$/.test(path);
}

function touches({ start, count }: Lines, [from, to]: readonly [number, number]): boolean {
  return count > 0 && start <= to && start + count - 1 >= from;
}

/** The changed lines within a stretch of one side; what was removed is shown where it was. */
function changedLines(change: FileChange | undefined, { side, lines: [from, to] }: Stretch): readonly ChangedLine[] {
  return (change?.hunks ?? []).flatMap((hunk) => {
    const own = hunk[side];
    if (!change || !touches(own, [from, to])) return [];
    const first = Math.max(own.start, from);
    const last = Math.min(own.start + own.count - 1, to);
    return Array.from({ length: last - first + 1 }, (_, i) => ({
      place: { file: change.path, line: side === "after" ? first + i : standIn(hunk, first + i) },
      text: change[side][first + i - 1] ?? "",
    }));
  });
}

/** The line of the later file beside which a removed line stood: one of those that replace it, if there are any. */
function standIn({ before, after }: Hunk, line: number): number {
  const offset = Math.min(line - before.start, after.count - 1);
  return Math.max(1, after.start + Math.max(0, offset));
}

/** The macro call around a line: from one line that begins with a name and a bracket to before the next. */
function spanOf(lines: readonly string[] = [], { lines: [line] }: Stretch): readonly [number, number] {
  const begins = (at: number): boolean => /^\w+\s*\(/.test(lines[at - 1] ?? "");
  let from = line;
  while (from > 1 && !begins(from)) from--;
  let to = line;
  while (to < lines.length && !begins(to + 1)) to++;
  return [from, to];
}

/** The line that names most of what the finding is about; of equals the first. */
function best(lines: readonly ChangedLine[], finding: Finding): Location | undefined {
  let found: ChangedLine | undefined;
  let most = -1;
  for (const line of lines) {
    const points = score(line, finding);
    if (points > most) [found, most] = [line, points];
  }
  return found?.place;
}

function score({ text }: ChangedLine, { event, subject = "", before = "", after = "" }: Finding): number {
  const meant = new Set(wordsOf(`${event} ${before} ${after}`));
  const own = new Set(wordsOf(text));
  return (own.has(subject) ? 3 : 0) + [...own].filter((word) => meant.has(word)).length;
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[A-Za-z_]\w*/g) ?? [];
}

function isSame(one: Location | undefined, other: Location | undefined): boolean {
  return one?.file === other?.file && one?.line === other?.line;
}
