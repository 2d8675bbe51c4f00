// The table `fields`: those of every event, and the common ones once for each kernel.

import type { Field } from "../../snapshot/model.ts";
import { EVENT, flag, int32, KERNEL, maybe, PLACE, text } from "../column.ts";
import { type NumberedEvent, table } from "../table.ts";

/** The event of the fields that every record begins with, as findings name it. */
const EVERY_EVENT = { event: "*:*", variant: 0 };

export const fields = table({
  meaning: "A field of an event; with the event `*:*`, one that every record begins with",
  key: ["kernel", "arch", "event", "variant", "position"],
  columns: {
    ...KERNEL,
    ...EVENT,
    position: int32("place in the record, from 0"),
    field: text("its name; a few events have two fields of one name"),
    type: text("as tracefs spells it, array length included: `pid_t`, `char[16]`, `__data_loc char[]`"),
    kind: text(
      "`scalar` or `array`, in place; `dynamic` or `relative`, a word that says where it lies (`__data_loc`, `__rel_loc`)",
    ),
    offset_bytes: maybe(int32("bytes from the start of the record")),
    size_bytes: maybe(int32("bytes in the record; 4 for the word of a dynamic field")),
    elements: maybe(int32("elements of an array")),
    is_signed: maybe(flag("whether it is signed; empty where an old format file does not say it")),
    ...PLACE,
  },
  *rowsOf({ key, events, after }) {
    yield* rowsOfRecord({ ...key, ...EVERY_EVENT }, after.commonFields);
    for (const { event, key: own } of events) yield* rowsOfRecord(own, event.fields);
  },
});

function* rowsOfRecord(key: NumberedEvent["key"], record: readonly Field[]) {
  for (const [position, field] of record.entries()) {
    yield {
      ...key,
      position,
      field: field.name,
      type: field.type,
      kind: field.kind,
      offset_bytes: field.offset,
      size_bytes: field.size,
      elements: field.length,
      is_signed: field.signed,
      condition: field.when,
      file: field.location?.file,
      line: field.location?.line,
    };
  }
}
