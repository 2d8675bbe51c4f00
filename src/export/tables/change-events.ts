// The table `change_events`: every event that a change is about, so that changes can be joined with events.

import { renamedEvent } from "../../history/concern.ts";
import { factsOf } from "../../rules/facts.ts";
import { int32, KERNEL, text } from "../column.ts";
import { table } from "../table.ts";

export const changeEvents = table({
  meaning: "An event that a change is about",
  key: ["kernel", "arch", "change", "event"],
  columns: {
    ...KERNEL,
    change: int32("number of the change in `changes`"),
    event: text("the event's id, as in `changes`"),
    role: text(
      "`named` if the change names it, `sibling` if the very same happened to it, `former` if it is the old name of a renamed event",
    ),
  },
  *rowsOf({ key, changes }) {
    for (const [index, change] of changes.entries()) {
      const { event, siblings } = factsOf(change);
      yield { ...key, change: index, event: event.id, role: "named" };
      for (const sibling of siblings) yield { ...key, change: index, event: sibling, role: "sibling" };
      const former = renamedEvent(change)?.from.id;
      if (former !== undefined) yield { ...key, change: index, event: former, role: "former" };
    }
  },
});
