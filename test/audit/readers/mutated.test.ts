// All readers on files that are nearly what people write: cut off, spliced, with stretches doubled, gone, or swapped for what
// means something to the language. They come to an end, soon, and throw nothing. The seed is fixed, so a failure comes back.

import { describe, expect, test } from "@jest/globals";

import { readers } from "../../../src/audit/readers/index.ts";
import type { ToolFile, UseReader } from "../../../src/audit/reader.ts";
import { numbers, pick } from "../../random.ts";
import { SEEDS } from "./seeds.ts";

/** Mutated files of each seed; TPABI_MUTATIONS asks for more. */
const ROUNDS = Number(process.env["TPABI_MUTATIONS"] ?? 150);

/** What opens, closes, quotes, joins or ends something in one of the languages. */
const WORDS = [
  "(", ")", "[", "]", "{", "}", "<", ">", '"', "'", "`", '"""', "'''", "\\", "\\\n", "/*", "*/", "//", "#", "\n", "\r\n",
  "\t", ",", ";", ":", "::", ".", "..", "->", "=", "==", "!", "&", "&&", "|", "||", "*", "**", "$", "${", "$(", "@", "%", "?",
  "-", "---", "- ", "? ", "&a ", "*a ", "!!binary ", "<<: ", "<<EOF\n", "#if 1\n", "#endif\n", "#define f(x) f(x) f(x)\n",
  "def ", "sub ", "if ", "else ", "for ", "while ", "return ", "struct ", "r#\"", "0", "-1", "99999999999999999999", "1e999",
  "\0", "\u0080", "\ud800", "\u202e", "é", "日", "a".repeat(5000), "(".repeat(500), "{[".repeat(500), " ".repeat(5000),
]; // prettier-ignore

/** Of processor time, in seconds: hundreds of times what one file needs. */
const MOST = 1;

describe.each(readers.map((reader) => [reader.id, reader] as const))("%s", (id, reader) => {
  const seeds = SEEDS.filter(([of]) => of === id);

  test("knows the seeds", () => {
    const counts = seeds.map(([, path, text]) => findings(reader, toFile(path, text)));
    expect(counts.length > 0 && counts.every((count) => count > 0)).toBe(true);
  });

  test.each(seeds)(
    "%s: %s, mutated",
    (_, path, text) => {
      const next = numbers(path.length + text.length);
      const others = SEEDS.map(([, , other]) => other);
      const bad: unknown[] = [];
      let claimed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const mutated = mutate(text, others, next);
        const file = toFile(path, mutated);
        const start = process.cpuUsage();
        try {
          if (reader.claims(file)) claimed++;
          findings(reader, file);
        } catch (error) {
          bad.push({ round, mutated, error });
        }
        const { user, system } = process.cpuUsage(start);
        if ((user + system) / 1e6 > MOST) bad.push({ round, mutated, seconds: (user + system) / 1e6 });
      }
      expect(bad).toEqual([]);
      // Files that no reader looks into would prove nothing.
      expect(claimed).toBeGreaterThan(ROUNDS / 2);
    },
    120_000,
  );
});

/** How many uses and reasons are found. */
function findings(reader: UseReader, file: ToolFile): number {
  if (!reader.claims(file)) return 0;
  const { uses, notUnderstood } = reader.read(file, { find: () => file });
  return uses.length + notUnderstood.length;
}

function toFile(path: string, text: string): ToolFile {
  const bytes = path.endsWith(".o") ? Buffer.from(text, "latin1") : Buffer.from(text);
  return { path, bytes, text: bytes.includes(0) ? "" : bytes.toString() };
}

/** The text after one to six changes. */
function mutate(text: string, others: readonly string[], next: (bound: number) => number): string {
  let mutated = text;
  for (let changes = 1 + next(6); changes > 0; changes--) {
    const at = next(mutated.length + 1);
    const end = Math.min(mutated.length, at + 1 + next(1 + next(200)));
    const [before, stretch, after] = [mutated.slice(0, at), mutated.slice(at, end), mutated.slice(end)];
    const other = pick(others, next);
    const from = next(other.length);
    mutated = pick(
      [
        () => before + pick(WORDS, next) + stretch + after,
        () => before + pick(WORDS, next) + after,
        () => before + after,
        () => before + stretch.repeat(2 + next(20)) + after,
        () => before + String.fromCharCode(next(256)) + after,
        () => before + other.slice(from, from + next(300)) + stretch + after,
        () => (next(4) === 0 ? before : mutated),
      ],
      next,
    )();
  }
  return mutated;
}
