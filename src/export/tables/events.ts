// The table `events`.

import { recordEnd } from "../../snapshot/model.ts";
import { EVENT, int32, KERNEL, maybe, PLACE, text } from "../column.ts";
import { table } from "../table.ts";

export const events = table({
  meaning: "An event of a kernel",
  key: ["kernel", "arch", "event", "variant"],
  columns: {
    ...KERNEL,
    ...EVENT,
    system: text("its subsystem, `TRACE_SYSTEM`"),
    name: text("its name within the system"),
    class: maybe(text("its class; `struct trace_event_raw_<class>` is the record")),
    tracepoint: maybe(text("the tracepoint that it is attached to")),
    field_count: int32("fields of its own, without the common ones"),
    record_bytes: maybe(
      int32(
        "bytes from the start of the record to the end of its last field: BPF programs that read at or past it are refused",
      ),
    ),
    print_format: maybe(text("the literal of its print format, escapes as they stand")),
    print_args: maybe(text("the expressions after the literal")),
    ...PLACE,
  },
  *rowsOf({ events: all }) {
    for (const { event, key } of all) {
      yield {
        ...key,
        system: event.system,
        name: event.name,
        class: event.class,
        tracepoint: event.tracepoint,
        field_count: event.fields.length,
        record_bytes: recordEnd(event.fields),
        print_format: event.print?.format,
        print_args: event.print?.args,
        condition: event.when,
        file: event.location?.file,
        line: event.location?.line,
      };
    }
  },
});
