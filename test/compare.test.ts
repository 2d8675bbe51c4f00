import { expect, test } from "@jest/globals";

import { compareSnapshots, requireNoProblems } from "../src/compare.ts";
import type { Snapshot } from "../src/snapshot/model.ts";
import { SNAPSHOT } from "./samples.ts";

const [EVENT] = SNAPSHOT.events;
const AFTER: Snapshot = { ...SNAPSHOT, events: [{ ...EVENT!, fields: EVENT!.fields.slice(1) }], problems: [] };

test("a kernel compared with itself has no findings", () => {
  const { findings, summary } = compareSnapshots(SNAPSHOT, SNAPSHOT);
  expect(findings).toEqual([]);
  expect(summary.events).toEqual({ before: 1, after: 1, both: 1, removed: 0, added: 0 });
});

test("a removed field is found on its event, and filtered by the event's name", () => {
  const { findings } = compareSnapshots(SNAPSHOT, AFTER);
  expect(findings.map(({ event, rule, subject }) => [event, rule, subject])).toContainEqual([
    "block:block_rq_insert",
    "field-removed",
    "dev",
  ]);
  expect(compareSnapshots(SNAPSHOT, AFTER, ["block:*"]).findings).toEqual(findings);
  expect(compareSnapshots(SNAPSHOT, AFTER, ["sched_util_est_se_tp"]).findings).toEqual([]);
});

test("an event whose change is told with that of its siblings is found by its own name", () => {
  const withSibling = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    events: [...snapshot.events, ...snapshot.events.map((event) => ({ ...event, name: "block_rq_issue" }))],
  });
  const [finding] = compareSnapshots(withSibling(SNAPSHOT), withSibling(AFTER), ["block_rq_issue"]).findings;
  expect(finding).toMatchObject({ rule: "field-removed", event: "block:block_rq_insert" });
});

test("a pattern that matches nothing is refused", () => {
  expect(() => compareSnapshots(SNAPSHOT, AFTER, ["block:*", "blok:*"])).toThrow(
    expect.objectContaining({ code: "unknown-event", message: "no event of either kernel matches 'blok:*'" }),
  );
});

test("problems can be made fatal", () => {
  expect(() => requireNoProblems(compareSnapshots(AFTER, AFTER))).not.toThrow();
  expect(() => requireNoProblems(compareSnapshots(AFTER, SNAPSHOT))).toThrow(
    expect.objectContaining({
      code: "found-problems",
      message: "not understood: include/trace/events/foo.h:7: type 'foo_t' is not known",
    }),
  );
});
