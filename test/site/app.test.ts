// The parts of the pages that need no browser: addresses, search, the drawing of records, cells in words, filters.

import { describe, expect, test } from "@jest/globals";

import { applyFilter, parseFilter } from "../../src/site/app/filter.ts";
import { href, parseRoute } from "../../src/site/app/links.ts";
import { brokenIn, lifeOf, placesOf } from "../../src/site/app/history.ts";
import { originCommand } from "../../src/site/app/origin.ts";
import { fateOf, rowsOf } from "../../src/site/app/record.ts";
import { describeCells, runsOf } from "../../src/site/app/runs.ts";
import { createSearch } from "../../src/site/app/search.ts";
import type { Field } from "../../src/snapshot/model.ts";
import type { Core, EventVersion, SiteFinding, SystemData } from "../../src/site/data.ts";
import { type Finding, NO_OUTCOMES } from "../../src/rules/finding.ts";
import { FINDINGS } from "../samples.ts";

const field = (name: string, offset: number, size: number, type = "int"): Field => ({
  name,
  type,
  offset,
  size,
  signed: true,
  kind: "scalar",
});

const array = (type: string): Field => ({ ...field("a", 8, 16, type), kind: "array" });

const finding = (own: Partial<Finding>): Finding => ({
  ...(FINDINGS[1] as Finding),
  contracts: NO_OUTCOMES,
  ...own,
});

describe("addresses", () => {
  test.each([
    ["sched:sched_switch", "#/event/sched:sched_switch"],
    ["a/b?c#d%e", "#/event/a%2Fb%3Fc%23d%25e"],
    ["</script>'\"", "#/event/%3C%2Fscript%3E'%22"],
  ])("of %s", (id, link) => {
    expect(href(["event", id])).toBe(link);
    expect(parseRoute(link)).toMatchObject({ page: "event", names: [id] });
  });

  test("carry a query, without what is empty", () => {
    const link = href(["event", "a:b"], { at: "6.1.0", and: "", text: "x=1&y" });
    expect(link).toBe("#/event/a:b?at=6.1.0&text=x%3D1%26y");
    expect(Object.fromEntries(parseRoute(link).query)).toEqual({ at: "6.1.0", text: "x=1&y" });
  });

  test("may be broken", () => {
    expect(parseRoute("#/event/%zz")).toMatchObject({ page: "event", names: ["%zz"] });
    expect(parseRoute("")).toMatchObject({ page: "", names: [] });
  });
});

describe("search", () => {
  const search = createSearch(
    {
      systems: [
        { name: "sched", file: "s", events: 3 },
        { name: "xfs", file: "x", events: 1 },
      ],
      tools: [{ name: "perf", version: "1", source: "perf", file: "p", uses: 2 }],
    },
    { events: [["sched_switch", "-sched_old", "sched_wakeup"], ["xfs_perform"]], fields: [["prev_state", [0]]] },
  );
  test.each([
    ["sched_switch", ["sched:sched_switch"]],
    ["SCHED:sched_w", ["sched:sched_wakeup"]],
    ["sched", ["sched", "sched:sched_switch", "sched:sched_wakeup", "sched:sched_old"]],
    ["switch sched", ["sched:sched_switch"]],
    ["prev", ["prev_state"]],
    ["perf", ["perf", "xfs:xfs_perform"]],
    ["nothing", []],
  ])("%s", (text, names) => {
    const { hits, total } = search(text);
    expect(hits.map(({ name }) => name)).toEqual(names);
    expect(total).toBe(names.length);
  });

  test("says what is gone", () => {
    expect(search("sched_old").hits[0]).toMatchObject({ about: "event, gone", link: "#/event/sched:sched_old" });
  });
});

describe("records", () => {
  const bytes = (fields: readonly Field[]): unknown =>
    rowsOf(fields).map(({ offset, segments, leftOut }) => [
      offset,
      segments.map((segment) => `${segment.isFirst ? (segment.field?.name ?? "-") : "…"}${segment.length}`).join(" "),
      ...(leftOut === undefined ? [] : [leftOut]),
    ]);

  test.each([
    [
      [field("a", 0, 4), field("b", 8, 8)],
      [
        [0, "a4 -4"],
        [8, "b8"],
      ],
    ],
    [
      [field("b", 4, 8), field("a", 0, 2)],
      [
        [0, "a2 -2 b4"],
        [8, "…4"],
      ],
    ],
    [
      [field("long", 0, 64)],
      [
        [0, "long8", 6],
        [56, "…8"],
      ],
    ],
    [[field("union", 0, 8), field("inside", 0, 4)], [[0, "union8"]]],
    [[{ name: "unplaced", type: "int", kind: "scalar" as const }], []],
  ])("%# are drawn to scale", (fields, rows) => {
    expect(bytes(fields)).toEqual(rows);
  });

  test.each([
    [field("a", 8, 4), [field("a", 8, 4)], "same", ""],
    [field("a", 12, 4), [field("a", 8, 4)], "moved", "was at 8"],
    [field("a", 8, 8, "long"), [field("a", 8, 4)], "changed", "was 4 bytes, was int a"],
    [field("a", 8, 4), [], "new", "new"],
    [{ ...field("a", 8, 1, "char"), signed: false }, [field("a", 8, 1, "char")], "same", ""],
    [array("char[16]"), [array("char[TASK_COMM_LEN]")], "same", ""],
    [array("char[16]"), [array("u8[16]")], "changed", "was u8 a[16]"],
    [{ ...field("a", 8, 4), signed: false }, [field("a", 8, 4)], "changed", "was signed"],
  ])("%# are compared by name", (one, other, fate, text) => {
    expect(fateOf(one, other, true)).toEqual({ fate, text });
  });
});

describe("the life of an event", () => {
  const kernels = [{}, { previous: 0 }, { previous: 1 }, { previous: 1 }] as unknown as Core["kernels"];
  const made = (kernel: number, own: Partial<SiteFinding>): SiteFinding => ({
    kernel,
    rule: "field-removed",
    events: ["a:one"],
    level: "likely",
    likelihood: 0.5,
    contracts: { fields: "missing" },
    message: "",
    ...own,
  });
  const version = (name: string, on: string): EventVersion => ({ name, on, record: 0 });
  const data = {
    system: "a",
    events: [version("one", "0-1"), version("one", "3"), version("two", "2")],
    tracepoints: [{ name: "raw", on: "1", args: [], bare: true }],
    findings: [
      made(1, { level: "possible", contracts: { text: "cosmetic" } }),
      made(1, { level: "breaking", events: ["a:other", "a:one"] }),
      made(2, { rule: "event-renamed", events: ["a:two"], before: "a:one" }),
      made(3, { level: "safe", contracts: {} }),
    ],
  } as unknown as SystemData;

  test("has what happened to it, also in company and under another name", () => {
    const cells = lifeOf({ kernels }, data, "one").map(({ isThere, level, findings }) => [
      isThere,
      level,
      findings.length,
    ]);
    expect(cells).toEqual([
      [true, undefined, 0],
      [true, "breaking", 2],
      [false, "likely", 1],
      [true, "safe", 1],
    ]);
  });

  test("has what happened to every event, while it was there", () => {
    const everywhere = [1, 2].map((kernel) => made(kernel, { rule: "common-fields-changed", events: ["*:*"] }));
    const cells = lifeOf({ kernels }, data, "two", [
      ...everywhere,
      made(2, { rule: "char-sign-flipped", events: ["*:*"] }),
    ]);
    expect(cells.map(({ findings }) => findings.map(({ rule }) => rule))).toEqual([
      [],
      [],
      ["common-fields-changed", "event-renamed"],
      [],
    ]);
  });

  test("counts hard outcomes on the way to the newest kernel", () => {
    // The third kernel is a branch that the fourth does not come from.
    expect(brokenIn({ kernels }, lifeOf({ kernels }, data, "one"))).toBe(1);
  });

  test("includes tracepoints without an event", () => {
    expect([...placesOf(data, "raw")]).toEqual([1]);
  });
});

test.each([
  ["hhh", "holds everywhere"],
  ["ahh", "holds on 2 to 3; the event is not there on 1"],
  ["hab", "holds on 1; what it uses of the event is not there on 3; the event is not there on 2"],
])("cells %s", (cells, words) => {
  expect(describeCells(runsOf(cells), ["1", "2", "3"])).toBe(words);
});

test.each([
  [
    "sched_waking",
    "include/trace/events/sched.h",
    "4.1.0",
    "4.4.1",
    "-S sched_waking v4.1..v4.4.1 -- include/trace/events/sched.h",
  ],
  ["a", "b.h", "2.6.31", "v2.6.32", "-S a v2.6.31..v2.6.32 -- b.h"],
  ["a;reboot", "b.h", "4.1.0", "4.4.0", undefined],
  ["--output=x", "b.h", "4.1.0", "4.4.0", undefined],
  ["a", "b h", "4.1.0", "4.4.0", undefined],
  ["a", "$(b)", "4.1.0", "4.4.0", undefined],
])("the commit of %s in %s", (name, file, before, after, end) => {
  expect(originCommand(name, file, before, after)).toBe(end && `git log --reverse --oneline ${end}`);
});

describe("filters", () => {
  const all = [
    finding({ event: "sched:a", level: "breaking", consumers: [{ tool: "perf", where: "x", outcome: "silent" }] }),
    finding({ event: "block:b", level: "likely", siblings: ["xfs:c"], contracts: (FINDINGS[1] as Finding).contracts }),
    finding({ event: "xfs:d", level: "safe" }),
  ];
  test.each([
    ["", ["sched:a", "block:b"]],
    ["level=safe", ["xfs:d"]],
    ["level=none", []],
    ["system=xfs", ["block:b"]],
    ["tool=perf", ["sched:a"]],
    ["text=XFS:C", ["block:b"]],
    ["contract=layout", ["block:b"]],
    ["contract=nonsense", ["sched:a", "block:b"]],
  ])("'%s'", (query, events) => {
    expect(applyFilter(all, parseFilter(new URLSearchParams(query))).map(({ event }) => event)).toEqual(events);
  });
});
