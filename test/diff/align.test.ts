// Pairing of events: renames that people would call renames, and nothing else; fast on whole kernels.

import { expect, test } from "@jest/globals";

import { alignEvents } from "../../src/diff/align.ts";
import { parseExample } from "../../src/rules/example.ts";
import { eventId, type TraceEvent } from "../../src/snapshot/model.ts";

const record = "  field dev_t dev\n  field u64 pos\n  field int len\n";
const event = (id: string, body = record): string => `event ${id}\n${body}`;

function renames(before: string, after: string): readonly string[] {
  const found = alignEvents(parseExample(before).events, parseExample(after).events, true);
  return found.renames.map((rename) => `${eventId(rename.before)} -> ${eventId(rename.after)}`);
}

test.each([
  [
    "page to folio",
    event("ext4:ext4_readpage"),
    event("ext4:ext4_read_folio"),
    ["ext4:ext4_readpage -> ext4:ext4_read_folio"],
  ],
  [
    "a word dropped",
    event("btrfs:raid56_read_partial"),
    event("btrfs:raid56_read"),
    ["btrfs:raid56_read_partial -> btrfs:raid56_read"],
  ],
  [
    "another system",
    event("ras:memory_failure_event"),
    event("mm:memory_failure_event"),
    ["ras:memory_failure_event -> mm:memory_failure_event"],
  ],
  ["the opposite", event("demo:splice_write"), event("demo:splice_read"), []],
  [
    "another record",
    event("demo:demo_start"),
    event("demo:demo_started", "  field int a\n  field int b\n  field int c\n  field int d\n"),
    [],
  ],
  ["another name", event("demo:demo_start"), event("demo:buffer_flushed"), []],
  [
    "the best of two",
    event("demo:write_page"),
    event("demo:write_page_slow") + event("demo:write_folio"),
    ["demo:write_page -> demo:write_folio"],
  ],
])("%s", (_, before, after, expected) => {
  expect(renames(before, after)).toEqual(expected);
});

function splits(before: string, after: string): readonly string[] {
  const found = alignEvents(parseExample(before).events, parseExample(after).events, true);
  return found.splits.map(({ before: was, parts }) => `${eventId(was)} -> ${parts.map(eventId).join(" ")}`);
}

test.each([
  [
    "an event became two",
    event("demo:update_plane"),
    event("demo:plane_update_arm") + event("demo:plane_update_noarm"),
    ["demo:update_plane -> demo:plane_update_arm demo:plane_update_noarm"],
  ],
  ["only one has a longer name", event("demo:update_plane"), event("demo:plane_update_arm") + event("demo:cursor"), []],
  [
    "the record of one is another",
    event("demo:update_plane"),
    event("demo:plane_update_arm") + event("demo:plane_update_noarm", "  field int err\n"),
    [],
  ],
  ["in another system", event("demo:update_plane"), event("i915:update_plane_arm") + event("i915:update_plane_no"), []],
  [
    "it got the system's name in front, and others beside it",
    event("demo:update_plane"),
    event("demo:demo_update_plane") + event("demo:demo_update_plane_fail"),
    [],
  ],
  [
    "the event is still there",
    event("demo:update_plane"),
    event("demo:update_plane") + event("demo:update_plane_arm") + event("demo:update_plane_noarm"),
    [],
  ],
  [
    "both are renames of others",
    event("demo:update_plane") + event("demo:updated_plane_arm"),
    event("demo:update_plane_arm") + event("demo:update_plane_noarm", "  field int err\n"),
    [],
  ],
])("split: %s", (_, before, after, expected) => {
  expect(splits(before, after)).toEqual(expected);
});

test("two events never become one", () => {
  const before = event("demo:write_page") + event("demo:write_pages");
  const found = alignEvents(parseExample(before).events, parseExample(event("demo:write_folio")).events, true);
  expect(found.renames).toHaveLength(1);
  expect(found.removed).toHaveLength(1);
  expect(found.counts).toEqual({ removed: 2, added: 1, common: 0 });
});

test("a whole kernel with hundreds of new events is aligned at once", () => {
  const [template] = parseExample(event("demo:demo")).events as [TraceEvent];
  const make = (count: number, prefix: string): TraceEvent[] =>
    Array.from({ length: count }, (_, index) => ({
      ...template,
      system: `s${index % 90}`,
      name: `${prefix}_${index}_done`,
    }));
  const common = make(4800, "kept");
  const start = performance.now();
  const found = alignEvents([...common, ...make(70, "gone")], [...common, ...make(730, "new")], true);
  expect(performance.now() - start).toBeLessThan(500);
  expect(found.counts).toEqual({ removed: 70, added: 730, common: 4800 });
});

test("variants of one event under different conditions are paired by them", () => {
  const variant = (when: string, field: string): string => event("xen:set_pud", `  when ${when}\n  field ${field}\n`);
  const pairs = (before: string, after: string): readonly (readonly string[])[] => {
    const found = alignEvents(parseExample(before).events, parseExample(after).events, true);
    expect([found.removed, found.added, found.renames]).toEqual([[], [], []]);
    return found.pairs.map((pair) => [pair.before, pair.after].map(({ fields }) => fields[0]?.name ?? ""));
  };
  const both = variant("CONFIG_FOUR_LEVELS", "int four") + variant("!CONFIG_FOUR_LEVELS", "int other");
  expect(pairs(both, both)).toEqual([
    ["four", "four"],
    ["other", "other"],
  ]);
  expect(pairs(both, variant("!CONFIG_FOUR_LEVELS", "int other"))).toEqual([
    ["four", "other"],
    ["other", "other"],
  ]);
  expect(pairs(variant("!CONFIG_FOUR_LEVELS", "int other"), both)).toEqual([
    ["other", "other"],
    ["other", "four"],
  ]);
});
