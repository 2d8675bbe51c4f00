import { expect, test } from "@jest/globals";

import { renderVerification } from "../../src/reports/verification.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { verify } from "../../src/verify/verify.ts";

const EVENT = `
event sched:wakeup
  field char comm[16]
  field int prio
`;

function aspectsOf(source: Snapshot, running: Snapshot): readonly string[] {
  return verify(source, running).disagreements.map(({ event, aspect }) => `${event} ${aspect}`);
}

test("a kernel agrees with itself", () => {
  const one = parseExample(EVENT);
  const { agreements, disagreements, onlyInSource } = verify(one, one);
  expect(agreements.every(({ total, exact }) => total === 1 && exact === 1)).toBe(true);
  expect([...disagreements, ...onlyInSource]).toEqual([]);
});

test.each([
  ["event sched:wakeup\n  field char comm[16]\n  field long prio\n", ["sched:wakeup layout", "sched:wakeup types"]],
  [
    "event sched:wakeup\n  field char comm[16]\n  field unsigned int prio\n",
    ["sched:wakeup layout", "sched:wakeup types"],
  ],
  ["event sched:other\n  field int prio\n", ["sched:wakeup existence"]],
])("a difference is told once for each aspect: %j", (source, expected) => {
  expect(aspectsOf(parseExample(source), parseExample(EVENT))).toEqual(expected);
});

test("an offset that the source does not know agrees with nothing", () => {
  const running = parseExample(EVENT);
  const [event] = running.events;
  const fields = event?.fields.map(({ offset: _, ...field }) => field) ?? [];
  const source = { ...running, events: [{ ...event!, fields }] };
  expect(aspectsOf(source, running)).toEqual(["sched:wakeup layout"]);
});

test("the table counts, the lists name, and what only the source has is no disagreement", () => {
  const source = parseExample(`${EVENT}\nevent sched:extra\n  field int a\n`);
  const text = renderVerification(verify(source, parseExample(EVENT)), 10);
  expect(text).toContain("events found                 1 of       1  100.00 %");
  expect(text).toContain("only in the source: 1\n  sched:extra");
});
