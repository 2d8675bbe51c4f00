import { expect, test } from "@jest/globals";

import { eventMatcher } from "../../src/snapshot/event-glob.ts";

test.each([
  ["sched:*", "sched:sched_switch", true],
  ["sched:*", "block:sched", false],
  ["sched_switch", "sched:sched_switch", true],
  ["*_switch", "sched:sched_switch", true],
  ["switch", "sched:sched_switch", false],
  ["sched:sched_s?itch", "sched:sched_switch", true],
  ["*:*", "*:*", true],
  ["a.c:*", "abc:x", false],
])("%s matches %s: %s", (pattern, id, expected) => {
  expect(eventMatcher(pattern)(id)).toBe(expected);
});
