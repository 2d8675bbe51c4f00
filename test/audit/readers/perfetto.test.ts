// Small files of perfetto, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { perfetto } from "../../../src/audit/readers/perfetto.ts";
import { linesOf, readText } from "./uses.ts";

const FILES: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "a configuration",
    "trace.cfg",
    'data_sources {\n  ftrace_config {\n    ftrace_events: "sched/sched_switch"\n    # ftrace_events: "a/x"\n' +
      '    ftrace_events: ["power/*",\n      "print"]\n    atrace_categories: "a/b"\n  }\n}\n',
    ["3 perf existence sched:sched_switch", "5 perf existence power:*", "6 perf existence print"],
  ],
  ["a here-document", "x.sh", 'perfetto -c - <<EOF\nftrace_events: "a/b"\nEOF\n', ["2 perf existence a:b"]],
  [
    "a string of Python and calls of C++",
    "x.py",
    'CONFIG = """\n  ftrace_events: "a/b"\n"""\nconfig.add_ftrace_events("a/c")\n',
    ["4 perf existence a:c", "2 perf existence a:b"],
  ],
  [
    "the list of events",
    "tools/event_list",
    "ftrace/print\nsched/sched_switch # mine\nremoved old/gone\n\n",
    ["1 perf existence ftrace:print", "2 perf existence sched:sched_switch"],
  ],
  [
    "messages",
    "ftrace/i2c.proto",
    "message I2cReadFtraceEvent {\n  optional string name = 1;\n  optional int32 adapter_nr = 2; // x = 3;\n}\n" +
      "message Other {\n  optional int32 x = 1;\n}\n",
    [
      "1 perf existence i2c:i2c_read",
      "2 perf fields i2c:i2c_read .name=string",
      "3 perf fields i2c:i2c_read .adapter_nr=number",
    ],
  ],
  [
    "a file named after its event, and the general message",
    "ftrace/kfree.proto",
    "message KfreeFtraceEvent {\n  optional uint64 ptr = 2;\n}\nmessage GenericFtraceEvent {\n  message Field {\n  }\n}\n",
    ["1 perf existence kfree", "2 perf fields kfree .ptr=number"],
  ],
  [
    "all messages in one file",
    "perfetto_trace.proto",
    "message SchedSwitchFtraceEvent {\n  optional int32 prev_pid = 2;\n}\n",
    ["1 perf existence sched_switch", "2 perf fields sched_switch .prev_pid=number"],
  ],
  ["a name that is computed", "x.py", "s = f\"ftrace_events: '{e}/x'\"\n", ["1 ?? the event's name is computed"]],
  [
    "near misses",
    "x.cc",
    '// ftrace_events: "a/b"\nvoid set_ftrace_events(const char *x);\nif (ftrace_events == "a/b") {}\nint ftrace_events = 3;\n',
    [],
  ],
];

describe("files of perfetto", () => {
  test.each(FILES)("%s", (_, path, text, expected) => {
    expect(linesOf(readText(perfetto, path, text))).toEqual(expected);
  });
});
