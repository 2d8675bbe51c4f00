// A pack: many kernels in one file, in which each line that several of them have stands once.
// The same kernels give the same bytes, whatever the order they were added in. A damaged pack is never read.

import { isAscii } from "node:buffer";
import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

import { ToolError } from "../errors.ts";
import type { Kernel, Knows } from "../snapshot/model.ts";
import { compareVersions } from "../snapshot/version.ts";
import type { KernelLines, Lists } from "./lines.ts";

/** First bytes of the file; then the SHA-256 of the rest, which is brotli. The digit is the version of the format. */
const MAGIC = "tpabi-b1";
const DIGEST_BYTES = 32;
/** The largest text that a pack may unpack to. */
const MAX_BYTES = 512 * 1024 * 1024;
/**
 * How hard a pack is pressed, as brotli counts. What is shipped is written once and sent to everybody: 11 would be a tenth
 * smaller and take thirty times as long. What users keep is written with each kernel: a twentieth larger, in a third of the time.
 */
export const QUALITY = { shipped: 9, kept: 6 } as const;

/** A kernel in a pack's text: the numbers of its lines, as runs (`0-12 40`). */
interface Entry {
  readonly kernel: Kernel;
  readonly knows: Knows;
  readonly lists: Readonly<Record<string, string>>;
}

/** The content of a pack, of which only the kernels that are asked for are put together. */
export interface Pack {
  readonly entries: readonly Entry[];
  readonly lines: readonly string[];
}

/** The file of a pack with the kernels of another one and more; a kernel that is in both is taken from `additions`. */
export function encodePack(
  additions: readonly KernelLines[],
  old: Pack = { entries: [], lines: [] },
  quality: number = QUALITY.kept,
): Buffer {
  const numbers = new Map<string, number>();
  const number = (line: string): number => {
    let known = numbers.get(line);
    if (known === undefined) numbers.set(line, (known = numbers.size));
    return known;
  };
  // Hundreds of releases have nearly all lines in common: each is looked up once, and not once for each release.
  const renumbered: number[] = [];
  const renumber = (was: number): number => (renumbered[was] ??= number(old.lines[was] as string));
  const key = ({ kernel }: Pick<Entry, "kernel">): string => `${kernel.version} ${kernel.arch}`;
  const isNew = new Set(additions.map(key));
  const kernels = [...old.entries.filter((entry) => !isNew.has(key(entry))), ...additions].sort(
    ({ kernel: a }, { kernel: b }) => compareVersions(a.version, b.version) || (a.arch < b.arch ? -1 : 1),
  );
  const entries = kernels.map(({ kernel, knows, lists }): Entry => {
    const runs = Object.entries(lists).map(([name, list]) => {
      const own = typeof list === "string" ? fromRuns(list).map(renumber) : list.map(number);
      return [name, toRuns(own)] as const;
    });
    return { kernel, knows, lists: Object.fromEntries(runs) };
  });
  const text = [...entries.map((entry) => JSON.stringify(entry)), "", ...numbers.keys(), ""].join("\n");
  const bytes = Buffer.from(text);
  const packed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return Buffer.concat([Buffer.from(MAGIC), digest(packed), packed]);
}

/** The content of a pack's file; `name` is what messages call it, `most` how many bytes it may unpack to. */
export function decodePack(file: Buffer, name: string, most = MAX_BYTES): Pack {
  const magic = file.subarray(0, MAGIC.length).toString("latin1");
  if (magic !== MAGIC) {
    const isNewer = magic.startsWith(MAGIC.slice(0, -1));
    throw new ToolError(
      isNewer ? "newer-snapshot" : "bad-baseline",
      isNewer ? `'${name}' has a newer format than this tpabi reads` : `'${name}' is no pack of baselines`,
    );
  }
  const start = MAGIC.length + DIGEST_BYTES;
  const packed = file.subarray(start);
  if (!digest(packed).equals(file.subarray(MAGIC.length, start))) {
    throw new ToolError("bad-baseline", `'${name}' is damaged: its bytes are not those that were written`);
  }
  const bytes = unpack(packed, name, most);
  const text = bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  const end = text.indexOf("\n\n");
  return {
    entries: text
      .slice(0, end)
      .split("\n")
      .map((line) => JSON.parse(line) as Entry),
    lines: text.slice(end + 2, -1).split("\n"),
  };
}

function unpack(packed: Uint8Array, name: string, most: number): Buffer {
  try {
    // The asynchronous form takes five times as long: it joins thousands of small buffers.
    return brotliDecompressSync(packed, { maxOutputLength: most });
  } catch (cause) {
    const isTooMuch = (cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    throw isTooMuch
      ? new ToolError("limit-exceeded", `'${name}' unpacks to more than ${most / 1024 / 1024} MiB`, { cause })
      : new ToolError("bad-baseline", `'${name}' is damaged: it is no brotli`, { cause });
  }
}

/** The lines of one kernel of a pack. */
export function linesOf({ lines }: Pack, { kernel, knows, lists }: Entry): KernelLines {
  const taken = Object.entries(lists).map(([name, runs]) => [name, fromRuns(runs).map((n) => lines[n] as string)] as const);
  return { kernel, knows, lists: Object.fromEntries(taken) satisfies Lists };
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function toRuns(numbers: readonly number[]): string {
  const runs: string[] = [];
  for (let start = 0; start < numbers.length; ) {
    let end = start + 1;
    while (end < numbers.length && numbers[end] === (numbers[end - 1] as number) + 1) end++;
    runs.push(end - start === 1 ? `${numbers[start]}` : `${numbers[start]}-${numbers[end - 1]}`);
    start = end;
  }
  return runs.join(" ");
}

function fromRuns(runs: string): readonly number[] {
  const numbers: number[] = [];
  for (const run of runs === "" ? [] : runs.split(" ")) {
    const [first = "", last = first] = run.split("-");
    for (let n = Number(first); n <= Number(last); n++) numbers.push(n);
  }
  return numbers;
}
