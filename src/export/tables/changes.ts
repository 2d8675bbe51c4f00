// The table `changes`: facts without judgement.

import { factsOf } from "../../rules/facts.ts";
import { double, int32, KERNEL, maybe, text } from "../column.ts";
import { table } from "../table.ts";

/** The columns that say what a change or a finding is about. */
export const SUBJECT = {
  event: text("the event it is about: `system:name`, `-:name` for a tracepoint without an event, `*:*` for all events"),
  system: text("the part before the colon"),
  event_count: int32("events to which this happened in the very same way; `change_events` has them all"),
  subject: maybe(text("the field or argument it is about, by its earlier name")),
  before: maybe(text("the changed fact in the earlier kernel, as short text")),
  after: maybe(text("the changed fact in the later kernel")),
  confidence: maybe(double("for renames and splits, from 0 to 1: how sure it is that one became the other")),
  file: maybe(
    text(
      "where the changed declaration stands: path in the later kernel's tree, or in the earlier one's if it is gone",
    ),
  ),
  line: maybe(int32("line in that file, from 1")),
};

export const changes = table({
  meaning: "What happened to events between a kernel and the one before it",
  key: ["kernel", "arch", "change"],
  columns: {
    ...KERNEL,
    previous: text("the kernel before"),
    change: int32("number of the change among those of this kernel, from 0"),
    kind: text("what kind of change, such as `field-removed`"),
    ...SUBJECT,
  },
  *rowsOf({ key, link, changes: all }) {
    for (const [index, change] of all.entries()) {
      const { event, siblings, subject, before, after, confidence, location } = factsOf(change);
      yield {
        ...key,
        previous: link.previous ?? "",
        change: index,
        kind: change.kind,
        event: event.id,
        system: event.system,
        event_count: 1 + siblings.length,
        subject,
        before,
        after,
        confidence,
        file: location?.file,
        line: location?.line,
      };
    }
  },
});
