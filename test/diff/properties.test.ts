// What holds for any two kernels, on kernels made from a fixed seed.

import { expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { classify } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";

const TYPES = ["int", "u32", "u8", "u64", "unsigned short", "struct page *", "enum demo_state", "pid_t"];
const NAMES = ["pid", "prio", "page", "folio", "delay_ms", "delay_ns", "state", "flags", "error", "errors", "sector"];

/** A generator of numbers below a bound (mulberry32), the same on every run. */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

function pick<T>(items: readonly T[], next: (bound: number) => number): T {
  return items[next(items.length)] as T;
}

function randomKernel(seed: number): Snapshot {
  const next = numbers(seed);
  const lines = Array.from({ length: 12 }, (_, index) => {
    if (next(6) === 0) return [];
    const names = [...new Set(Array.from({ length: 1 + next(6) }, () => pick(NAMES, next)))];
    const fields = names.map((name) => `  field ${pick(TYPES, next)} ${name}`);
    const args = names.map((name) => `${pick(["int", "struct page *", "unsigned long"], next)} ${name}`).join(", ");
    return [
      `event s${index % 3}:event_${index}_${pick(["read", "write", "page"], next)}`,
      `  proto ${args}`,
      ...fields,
    ];
  });
  return parseExample(lines.flat().join("\n"));
}

function shuffled(snapshot: Snapshot, seed: number): Snapshot {
  const next = numbers(seed);
  const shuffle = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => ({ item, key: next(1_000_000) }))
      .toSorted((one, other) => one.key - other.key)
      .map(({ item }) => item);
  return { ...snapshot, events: shuffle(snapshot.events), tracepoints: shuffle(snapshot.tracepoints) };
}

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

test("a kernel does not differ from itself, in whatever order", () => {
  for (const seed of SEEDS) {
    const kernel = randomKernel(seed);
    expect(diff(kernel, shuffled(kernel, seed)).changes).toEqual([]);
  }
});

test("findings do not depend on the order of the input", () => {
  for (const seed of SEEDS) {
    const [before, after] = [randomKernel(seed), randomKernel(seed + 1000)];
    const plain = diff(before, after);
    const mixed = diff(shuffled(before, seed), shuffled(after, seed + 1));
    expect(classify(mixed.changes)).toEqual(classify(plain.changes));
    expect(mixed.counts).toEqual(plain.counts);
  }
});

test("the way back removes what the way there added", () => {
  for (const seed of SEEDS) {
    const [before, after] = [randomKernel(seed), randomKernel(seed + 1000)];
    const there = diff(before, after);
    const back = diff(after, before);
    const ids = (changes: typeof there.changes, kind: string): readonly string[] =>
      changes.flatMap((change) => (change.kind === kind && "event" in change ? [change.event.id] : []));
    expect(ids(back.changes, "event-removed")).toEqual(ids(there.changes, "event-added"));
    expect(ids(back.changes, "event-added")).toEqual(ids(there.changes, "event-removed"));
    expect(back.counts).toEqual({
      removed: there.counts.added,
      added: there.counts.removed,
      common: there.counts.common,
    });
  }
});

test("no two findings have one fingerprint", () => {
  for (const seed of SEEDS) {
    const findings = classify(diff(randomKernel(seed), randomKernel(seed + 1000)).changes);
    expect(new Set(findings.map((finding) => finding.id)).size).toBe(findings.length);
  }
});
