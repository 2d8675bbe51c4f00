// Holds the rules against the running kernel: programs written for a kernel of yesterday meet what the rules say.
// Needs root, BTF, tracefs, clang, gcc and libbpf's headers; without them it says so and does nothing.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { classify } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import { type Finding, OUTCOMES } from "../../src/rules/finding.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { compareVersions } from "../../src/snapshot/version.ts";
import { readSnapshot } from "../../src/sources/source.ts";
import { ARGS } from "./cases/args.ts";
import type { Case, NameCase } from "./cases/case.ts";
import { EVENTS } from "./cases/events.ts";
import { CORE, LAYOUT, NAMES } from "./cases/record.ts";
import { outcomeOf, prove, type Result, tryBpftrace, tryFilter, whatIsMissing } from "./kernel.ts";

const CASES: readonly Case[] = [...ARGS, ...LAYOUT, ...CORE];

let missing = whatIsMissing();
let results: ReadonlyMap<string, Result> = new Map();
let running: Snapshot;

beforeAll(async () => {
  if (missing === undefined) {
    const directory = mkdtempSync(join(tmpdir(), "tpabi-"));
    try {
      const proven = prove(CASES, directory);
      if (proven === undefined) missing = "the kernel takes no BPF programs";
      else results = proven;
    } finally {
      rmSync(directory, { recursive: true });
    }
    running = await readSnapshot("running");
  }
  if (missing !== undefined) console.log(`skipped the proof on real programs: ${missing}`);
}, 60_000);

/** Skipped as a whole where nothing can be proven, so that nobody takes it for a proof. */
const onThisKernel = missing === undefined ? describe : describe.skip;

onThisKernel("a program of yesterday meets what the rule says", () => {
  test.each(CASES.map((one) => [`${one.rule}, ${one.contract}: ${one.program}`, one] as const))("%s", (_, one) => {
    if (!isProvable(one)) return;
    const claimed = findingOf(one).contracts[one.contract];
    const result = results.get(one.program) as Result;
    const observed = outcomeOf(result);
    expect({ observed, said: result.said }).toEqual({ observed: one.milder?.[0] ?? claimed, said: result.said });
  });

  test.each(NAMES.map((one) => [`${one.rule}, fields: '${one.field}' of ${one.event}`, one] as const))(
    "%s",
    (_, one) => {
      if (!isProvable(one)) return;
      const claimed = findingOf(one).contracts.fields;
      expect(tryFilter(one.event, one.field)).toBe(claimed);
      expect([claimed, undefined]).toContain(tryBpftrace(one.event, one.field));
    },
  );
});

test.each(CASES.filter(({ milder }) => milder !== undefined))("$program is said to meet something milder", (one) => {
  const claimed = findingOf(one).contracts[one.contract];
  expect(OUTCOMES.slice(OUTCOMES.indexOf(claimed) + 1)).toContain(one.milder?.[0]);
});

test("every claim that a case stays below is reached by another", () => {
  const claims = new Set(CASES.filter((one) => one.milder === undefined).map(claimOf));
  const unproven = CASES.filter((one) => one.milder !== undefined && !claims.has(claimOf(one)));
  expect(unproven.map(({ program }) => program)).toEqual([]);
});

function claimOf(one: Case): string {
  return `${one.rule} ${one.contract} ${findingOf(one).contracts[one.contract]}`;
}

/** The kernel as it should be, and the same with the declaration of yesterday. */
function pairOf({ event, before }: Pick<Case, "event" | "before">): readonly [before: string, after: string] {
  const now = `event ${event}${EVENTS[event]}`;
  const then = before.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no '${from}' in ${event}`);
    return text.replace(from, to);
  }, now);
  return [then, now];
}

/** What the rule says of the change between the two. */
function findingOf(one: Case | NameCase): Finding {
  const [before, after] = pairOf(one).map(parseExample) as [Snapshot, Snapshot];
  const findings = classify(diff(before, after).changes);
  const found = findings.find(({ rule }) => rule === one.rule);
  if (found === undefined) throw new Error(`no ${one.rule}, but ${findings.map(({ rule }) => rule).join(", ")}`);
  return found;
}

/** Whether this machine can prove it: its kernel has the event as the case takes it to be. */
function isProvable({ event, since }: Pick<Case, "event" | "since">): boolean {
  if (missing !== undefined) return false;
  if (since !== undefined && compareVersions(running.kernel.version, since) < 0) {
    console.log(`skipped: kernels before ${since} behave otherwise`);
    return false;
  }
  const expected = parseExample(`event ${event}${EVENTS[event]}`);
  const ids = new Set(expected.events.map(({ system, name }) => `${system}:${name}`));
  const events = running.events.filter(({ system, name }) => ids.has(`${system}:${name}`));
  const same =
    JSON.stringify(expected.events.map(shapeOf).sort()) === JSON.stringify(events.map(shapeOf).sort()) &&
    expected.tracepoints.every(({ name, args }) => {
      const found = running.tracepoints.find((tracepoint) => tracepoint.name === name);
      return found !== undefined && typesOf(found.args) === typesOf(args);
    });
  if (!same) console.log(`skipped: this kernel has another ${event}`);
  return same;
}

function shapeOf({ name, fields }: Snapshot["events"][number]): string {
  return `${name}: ${fields.map((field) => `${field.name} ${field.offset} ${field.size}`).join(", ")}`;
}

function typesOf(args: Snapshot["tracepoints"][number]["args"]): string {
  return args.map(({ type }) => type.replace(/\bconst /g, "").trim()).join(", ");
}
