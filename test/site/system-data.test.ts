// What the site keeps of kernels: put in and taken out again, it is the same but for line numbers, and so are the findings.

import { beforeAll, describe, expect, test } from "@jest/globals";

import { findBaseline } from "../../src/baselines/select.ts";
import { listBaselines, readBaseline } from "../../src/baselines/store.ts";
import { compareText } from "../../src/diff/order.ts";
import { diff } from "../../src/diff/diff.ts";
import { walk } from "../../src/history/walk.ts";
import { classify } from "../../src/rules/classify.ts";
import { knownConsumers } from "../../src/rules/consumers.ts";
import type { Finding } from "../../src/rules/finding.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { createCollection } from "../../src/site/collect.ts";
import type { KernelFacts, SystemData } from "../../src/site/data.ts";
import { snapshotOn } from "../../src/site/system-data.ts";
import { SNAPSHOT } from "../samples.ts";

async function keep(snapshots: readonly Snapshot[]): Promise<{ facts: KernelFacts; systems: readonly SystemData[] }> {
  const collection = createCollection();
  const byVersion = new Map(snapshots.map((snapshot) => [snapshot.kernel.version, snapshot]));
  const steps = walk([...byVersion.keys()], { read: async (version) => byVersion.get(version) as Snapshot });
  for await (const step of collection.watch(steps)) expect(step.after.kernel.version).not.toBe("");
  return { facts: collection.facts(), systems: [...collection.systems.values()].map((builder) => builder.finish()) };
}

/** Without lines, and without the places of fields, which the site does not keep. */
function withoutLines(snapshot: Snapshot): Snapshot {
  const flat = <T extends { readonly location?: { readonly file: string } }>(item: T): T => ({
    ...item,
    ...(item.location && { location: { file: item.location.file, line: 0 } }),
  });
  return {
    ...snapshot,
    events: snapshot.events
      .map((event) => ({ ...flat(event), fields: event.fields.map(({ location: _location, ...field }) => field) }))
      .sort((one, other) => compareText(one.system, other.system) || compareText(one.name, other.name)),
    tracepoints: snapshot.tracepoints.map(flat).sort((one, other) => compareText(one.name, other.name)),
    problems: [],
  };
}

test("every kind of fact comes back", async () => {
  const { facts, systems } = await keep([SNAPSHOT]);
  expect(snapshotOn(facts, systems, 0)).toEqual(withoutLines(SNAPSHOT));
  expect(() => snapshotOn(facts, systems, 1)).toThrow("no kernel 1");
});

describe("two shipped kernels", () => {
  let before: Snapshot;
  let after: Snapshot;
  let kept: Awaited<ReturnType<typeof keep>>;
  beforeAll(async () => {
    const baselines = await listBaselines();
    const read = (version: string) => readBaseline(findBaseline(baselines, version, "x86_64", ""));
    [before, after] = await Promise.all([read("6.1.192"), read("6.12.117")]);
    kept = await keep([before, after]);
  }, 60_000);

  test("come back", () => {
    expect(snapshotOn(kept.facts, kept.systems, 0)).toEqual(withoutLines(before));
    expect(snapshotOn(kept.facts, kept.systems, 1)).toEqual(withoutLines(after));
  });

  test("have the same findings", () => {
    const judge = (one: Snapshot, other: Snapshot): readonly Partial<Finding>[] =>
      classify(diff(one, other).changes, { consumers: knownConsumers(one.kernel.version) }).map(
        ({ location: _location, declaration: _declaration, ...finding }) => finding,
      );
    const expected = judge(before, after);
    expect(expected.length).toBeGreaterThan(500);
    expect(judge(snapshotOn(kept.facts, kept.systems, 0), snapshotOn(kept.facts, kept.systems, 1))).toEqual(expected);
  });

  test("keep each version of an event once", () => {
    const versions = kept.systems.reduce((sum, { events }) => sum + events.length, 0);
    const changed =
      versions - new Set([...before.events, ...after.events].map(({ system, name }) => `${system}:${name}`)).size;
    expect(changed).toBeGreaterThan(0);
    expect(versions).toBeLessThan(0.8 * (before.events.length + after.events.length));
  });
});
