// What holds for any two kernels, on kernels made from a fixed seed.

import { expect, test } from "@jest/globals";

import type { Change } from "../../src/diff/change.ts";
import { diff } from "../../src/diff/diff.ts";
import { classify } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { numbers, pick } from "../random.ts";
import { randomSnapshot, shuffled } from "../snapshot/random-snapshot.ts";

const TYPES = ["int", "u32", "u8", "u64", "unsigned short", "struct page *", "enum demo_state", "pid_t"];
const NAMES = ["pid", "prio", "page", "folio", "delay_ms", "delay_ns", "state", "flags", "error", "errors", "sector"];

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

/** Small kernels of which most events stay, and kernels with everything that a snapshot can say. */
const PAIRS = Array.from({ length: 80 }, (_, index): readonly [number, Snapshot, Snapshot] => {
  const make = index % 2 === 0 ? randomKernel : randomSnapshot;
  return [index, make(index), make(index + 1000)];
});

test.each(PAIRS)("pair %i: a kernel does not differ from itself, in whatever order", (seed, kernel) => {
  expect(diff(kernel, kernel).changes).toEqual([]);
  expect(diff(kernel, shuffled(kernel, numbers(seed))).changes).toEqual([]);
});

test.each(PAIRS)("pair %i: findings do not depend on the order of the input", (seed, before, after) => {
  const plain = diff(before, after);
  const mixed = diff(shuffled(before, numbers(seed)), shuffled(after, numbers(seed + 1)));
  expect(classify(mixed.changes)).toEqual(classify(plain.changes));
  expect(mixed.counts).toEqual(plain.counts);
});

test.each(PAIRS)("pair %i: no two findings have one fingerprint", (_, before, after) => {
  const findings = classify(diff(before, after).changes);
  expect(new Set(findings.map((finding) => finding.id)).size).toBe(findings.length);
});

test.each(PAIRS)("pair %i: the way back undoes what the way there does", (_, before, after) => {
  const [there, back] = [diff(before, after), diff(after, before)];
  expect(facts(back.changes, true)).toEqual(facts(there.changes, false));
  expect(back.counts).toEqual({
    removed: there.counts.added,
    added: there.counts.removed,
    common: there.counts.common,
  });
});

/**
 * What changed, one line for each fact, as the way there has it. Which of two things that change places has moved, and what
 * is folded under what, is nobody's business here.
 */
function facts(changes: readonly Change[], isBack: boolean): readonly string[] {
  const arrow = (before: string, after: string): string => (isBack ? `${after} -> ${before}` : `${before} -> ${after}`);
  const [gone, come] = isBack ? ["come", "gone"] : ["gone", "come"];
  const earlier = new Map<string, string>();
  for (const change of changes) {
    if (isBack) break;
    if (change.kind === "tracepoint-renamed") earlier.set(`-:${change.after}`, `-:${change.before}`);
    if (change.kind === "event-renamed" || change.kind === "event-moved") earlier.set(change.event.id, change.from.id);
  }
  const describe = (change: Change): readonly string[] => {
    switch (change.kind) {
      case "event-added":
      case "tracepoint-added":
        return [`${change.kind.split("-")[0]} ${come}`];
      case "event-removed":
      case "tracepoint-removed":
        return [`${change.kind.split("-")[0]} ${gone}`];
      case "event-renamed":
      case "event-moved":
        return [arrow(change.from.id, change.event.id), ...change.inside.flatMap(describe)];
      case "event-class-changed":
      case "event-condition-changed":
      case "tracepoint-renamed":
        return [`${change.kind} ${arrow(`${change.before}`, `${change.after}`)}`];
      case "field-removed":
        return [`field ${change.field.name} ${gone}`];
      case "field-appended":
      case "field-inserted":
        return change.fields.map(({ name }) => `field ${name} ${come}`);
      case "field-renamed":
      case "field-kind-changed":
      case "field-array-length-changed":
      case "field-size-changed":
      case "field-sign-changed":
      case "field-type-changed":
        return [`${change.kind} ${arrow(change.before.name, change.after.name)}`];
      case "argument-removed":
        return change.args.map(({ name }) => `argument ${name} ${gone}`);
      case "argument-inserted":
      case "argument-appended":
        return change.args.map(({ name }) => `argument ${name} ${come}`);
      case "argument-retyped":
      case "argument-replaced":
        return [`${change.kind} ${arrow(change.before.name, change.after.name)}`];
      case "enum-value-added":
        return change.constants.map(({ name }) => `constant ${name} ${come}`);
      case "enum-value-removed":
        return change.constants.map(({ name }) => `constant ${name} ${gone}`);
      default:
        return [];
    }
  };
  const lines = changes.flatMap((change) => {
    const ids = "event" in change ? [change.event.id, ...change.siblings] : ["*:*"];
    // A tracepoint may have an event on one side alone.
    if ("tracepoint" in change) ids.splice(0, ids.length, `-:${change.tracepoint}`);
    return ids.flatMap((id) => describe(change).map((line) => `${earlier.get(id) ?? id} ${line}`));
  });
  return lines.toSorted();
}
