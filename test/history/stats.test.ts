import { describe, expect, test } from "@jest/globals";

import { maturityBySystem, maturityOf } from "../../src/history/maturity.ts";
import { showEvents, showSystems } from "../../src/history/show-maturity.ts";
import { showStatistics, statisticsAsCsv, plainStatistics } from "../../src/history/show-stats.ts";
import { countSteps, type KernelStats } from "../../src/history/stats.ts";
import { pathOf, survivalTo } from "../../src/history/survival.ts";
import { renderCsv, sparkline } from "../../src/history/table.ts";
import { walkExamples } from "./kernels.ts";

const KERNELS = {
  "5.10": `
event a:one
  field int x
  field int y
event a:two
  field int x
event b:three
  field int x
`,
  "5.10.7": `
event a:one
  field int x
  field int y
event a:two
  field int x
event b:three
  field long x
`,
  "6.1": `
event a:one
  field int x
event a:two
  field int x
event b:four
  field u64 bytes
`,
  "6.12": `
event a:one
  field int x
  field int y
event a:two
  field int x
event b:four
  field u64 bytes
event b:five
  field u64 count
`,
};

function count(kernels: Readonly<Record<string, string>> = KERNELS): Promise<readonly KernelStats[]> {
  return countSteps(walkExamples(kernels));
}

describe("counts", () => {
  test("each event counts once in its kernel and system", async () => {
    const [first, point, next, last] = await count();
    expect(first?.counts).toMatchObject({ events: 3, added: 0, removed: 0, changed: 0 });
    expect(point?.systems["b"]).toMatchObject({ events: 1, changed: 1 });
    expect(point?.systems["a"]).toMatchObject({ events: 2, changed: 0 });
    expect(next).toMatchObject({
      previous: "5.10",
      counts: { events: 3, added: 1, removed: 1, changed: 1, likely: 2 },
    });
    expect(next?.churn).toBe(1);
    expect(last?.counts).toMatchObject({ events: 4, added: 1, removed: 0, changed: 1, likely: 0 });
  });

  test("a renamed event is neither added nor removed", async () => {
    const [, after] = await count({
      "6.1": "event a:block_remap\n  field int x\n  field u64 sector\n",
      "6.2": "event a:block_bio_remap\n  field int x\n  field u64 sector\n",
    });
    expect(after?.counts).toMatchObject({ added: 0, removed: 0, renamed: 1, changed: 0 });
  });
});

describe("survival", () => {
  test("what broke once stays broken, and other branches do not count", async () => {
    const stats = await count();
    const fields = survivalTo(stats, "6.12").map(({ from, to, events, kept }) => [from, to, events, kept.fields]);
    expect(fields).toEqual([
      ["5.10", "6.1", 3, 1 / 3],
      ["5.10", "6.12", 3, 1 / 3],
      ["6.1", "6.12", 3, 1],
    ]);
    expect(survivalTo(stats, "6.12", "a")[1]?.kept).toMatchObject({ existence: 1, fields: 1 / 2 });
  });

  test("a change of the common fields breaks readers of bytes of all events", async () => {
    const stats = await count({
      "6.1": "event a:one\n  field int x\n",
      "6.2": "common int common_new\nevent a:one\n  field int x\n",
    });
    expect(survivalTo(stats, "6.2")[0]?.kept).toMatchObject({ existence: 1, layout: 0, fields: 1 });
  });
});

describe("maturity", () => {
  test("age, changes and breaks along one line of kernels", async () => {
    const stats = await count();
    const events = maturityOf(pathOf(stats, "6.12"), (id) => (id === "a:one" ? ["demotop"] : []));
    expect(events.find(({ event }) => event === "a:one")).toEqual({
      event: "a:one",
      since: "5.10",
      isSinceOldest: true,
      ageInSeries: 22,
      changed: ["6.1", "6.12"],
      broken: [{ version: "6.1", contracts: ["layout", "fields", "core"] }],
      unchangedForSeries: 0,
      users: ["demotop"],
    });
    expect(events.find(({ event }) => event === "a:two")).toMatchObject({ broken: [], unchangedForSeries: 22 });
    expect(events.find(({ event }) => event === "b:four")).toMatchObject({ since: "6.1", isSinceOldest: false });
    expect(maturityBySystem(events)).toMatchObject([
      { system: "a", events: 2, neverBroken: 1, settled: 1, users: ["demotop"] },
      { system: "b", events: 2, neverBroken: 2, settled: 1 },
    ]);
  });

  test("the tables name events and systems", async () => {
    const events = maturityOf(pathOf(await count(), "6.12"));
    expect(showEvents(events)).toMatch(/^a:two +≤ 5\.10 +22 \(4 y\) +0 +0 +never +22 \(4 y\) +0 +settled$/m);
    expect(showEvents(events.slice(0, 1))).toContain("broke in 6.1: layout, fields, core\n");
    expect(showSystems(events)).toMatch(/^a +2 +22 \(4 y\) +50\.0 % +50\.0 % +0$/m);
  });
});

test("statistics as text, JSON and CSV agree", async () => {
  const kernels = await count();
  const statistics = { kernels, survival: survivalTo(kernels, "6.12") };
  const text = showStatistics(statistics, { width: 100, plots: false, all: false });
  expect(text).toMatch(/^6\.1 +since 5\.10 +3 +1 +1 +0 +1 +0 +2 +100\.0 %$/m);
  expect(plainStatistics(statistics)).toMatchObject({
    kernels: [{}, {}, { version: "6.1", counts: { added: 1 } }, {}],
    survival: [{}, { from: "5.10", to: "6.12" }, {}],
  });
  expect(statisticsAsCsv(statistics)).toContain("6.1,5.10,b,1,1,1,0,0,0,1\n");
  expect(showStatistics(statistics, { width: 100, plots: true, all: false })).toMatch(/^added {5}/m);
  expect(text).not.toContain("Nothing was compared");
  const alone = { kernels: kernels.slice(0, 1), survival: [] };
  expect(showStatistics(alone, { width: 100, plots: false, all: false })).toMatch(/\n\nNothing was compared: .*\n$/);
});

test.each([
  ["a,b", '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ["=1+1", "'=1+1"],
  ["@x\n\u001b[2J", "'@x\\x0a\\x1b[2J"],
  [3, "3"],
  [undefined, ""],
])("the CSV cell of %j", (cell, expected) => {
  expect(renderCsv(["t"], [[cell]])).toBe(`t\n${expected}\n`);
});

test("bars rise with their values, and nothing is no bar", () => {
  expect(sparkline([0, 1, 4, 8])).toBe(" ▁▄█");
});
