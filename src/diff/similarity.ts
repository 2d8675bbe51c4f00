// How alike two kernel identifiers are, from 0 to 1. Invariant: symmetric, 1 only for equal names.

/** Words that kernel people exchange for one another when they convert code; both sides count as nearly equal. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ["page", "folio"],
  ["pages", "folio"],
  ["folios", "folio"],
  ["writepage", "folio write"],
  ["readpage", "folio read"],
  ["readpages", "folio read"],
  ["releasepage", "folio release"],
  ["invalidatepage", "folio invalidate"],
  ["errors", "error"],
  ["num", "nr"],
  ["addr", "address"],
  ["ino", "inode"],
  ["len", "length"],
]);

/** What a synonym counts less than the word itself. */
const SYNONYM_DISCOUNT = 0.95;

/** Units that a name ends in, as `delay_ms`. */
const UNITS: ReadonlySet<string> = new Set([
  "ns",
  "us",
  "ms",
  "sec",
  "secs",
  "nsec",
  "usec",
  "msec",
  "jiffies",
  "bytes",
  "kb",
  "mb",
  "pages",
  "sectors",
  "khz",
  "mhz",
  "hz",
]);

/** Words that make two names speak of two things, however alike they are otherwise. */
const OPPOSITES: readonly (readonly [string, string])[] = [
  ["read", "write"],
  ["enter", "exit"],
  ["entry", "exit"],
  ["begin", "end"],
  ["start", "end"],
  ["start", "stop"],
  ["start", "done"],
  ["alloc", "free"],
  ["get", "put"],
  ["lock", "unlock"],
  ["add", "remove"],
  ["add", "del"],
  ["insert", "remove"],
  ["tx", "rx"],
  ["send", "recv"],
  ["map", "unmap"],
  ["enable", "disable"],
  ["src", "dst"],
  ["min", "max"],
  ["prev", "next"],
  ["old", "new"],
  ["parent", "child"],
  ["in", "out"],
  ["issue", "complete"],
];

/** Whether one name says the opposite of the other: `splice_write` and `splice_read`. */
export function areOpposite(before: string, after: string): boolean {
  const [was, is] = [new Set(wordsOf(before)), new Set(wordsOf(after))];
  const only = (word: string, here: ReadonlySet<string>, there: ReadonlySet<string>): boolean =>
    here.has(word) && !there.has(word);
  return OPPOSITES.some(
    ([one, other]) => (only(one, was, is) && only(other, is, was)) || (only(other, was, is) && only(one, is, was)),
  );
}

/** The unit that a name ends in, if it does. */
export function unitOf(name: string): string | undefined {
  const last = name.slice(name.lastIndexOf("_") + 1);
  return last !== name && UNITS.has(last) ? last : undefined;
}

/** The words of an identifier, lower case. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/**
 * Similarity of two names: the better of shared words (synonyms included) and shared pairs of letters.
 * `nameSimilarity("readpage", "read_folio")` is 0.95, since both speak of reading a folio.
 */
export function nameSimilarity(before: string, after: string): number {
  if (before === after) return 1;
  const letters =
    Math.min(before.length, after.length) < 2 ? 0 : dice(bigrams(before.toLowerCase()), bigrams(after.toLowerCase()));
  const plain = dice(wordsOf(before), wordsOf(after));
  const meant = SYNONYM_DISCOUNT * dice(meanings(before), meanings(after));
  return Math.min(0.99, Math.max(letters, plain, meant));
}

/** Sørensen-Dice coefficient of two multisets: twice the shared items over all items. */
export function dice(before: readonly string[], after: readonly string[]): number {
  if (before.length === 0 && after.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const item of before) counts.set(item, (counts.get(item) ?? 0) + 1);
  let shared = 0;
  for (const item of after) {
    const left = counts.get(item) ?? 0;
    if (left > 0) {
      shared++;
      counts.set(item, left - 1);
    }
  }
  return (2 * shared) / (before.length + after.length);
}

function meanings(name: string): readonly string[] {
  return wordsOf(name).flatMap((word) => (SYNONYMS.get(word) ?? word).split(" "));
}

function bigrams(text: string): readonly string[] {
  return Array.from({ length: text.length - 1 }, (_, start) => text.slice(start, start + 2));
}
