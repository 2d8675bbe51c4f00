import { expect, test } from "@jest/globals";

import { eventId } from "../../src/snapshot/model.ts";

test("an event is spelled system:name", () => {
  expect(eventId({ system: "sched", name: "sched_switch" })).toBe("sched:sched_switch");
});
