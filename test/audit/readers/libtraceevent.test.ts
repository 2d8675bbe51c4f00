// Small C programs that read events by name, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import type { ToolFile } from "../../../src/audit/reader.ts";
import { libtraceevent } from "../../../src/audit/readers/libtraceevent.ts";
import { linesOf, readText, toolFile } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "a handler and its fields",
    'int f(struct trace_seq *s, void *r, void *event)\n{\n  tep_get_field_val(s, event, "pid", r, &v, 1);\n' +
      '  x = tep_find_any_field(event, "comm");\n}\nvoid g(void)\n{\n' +
      '  tep_register_event_handler(tep, -1, "a", "b", f, NULL);\n}\n',
    ["8 perf existence a:b", "3 perf fields a:b .pid=number", "4 perf fields a:b .comm"],
  ],
  [
    "fields read in what a handler calls",
    'static void inner(void *e) { tep_get_field_raw(s, e, "x", r, &l, 1); }\n' +
      'static int f(void *e) { inner(e); }\nvoid g(void) { add_event_handler(ras, 1, "a", "b", f, NULL); }\n',
    ["3 perf existence a:b", "1 perf fields a:b .x"],
  ],
  [
    "a table of handlers and members that they call",
    'static int one(void *e, void *s) { u = evsel__intval(e, s, "pid"); }\n' +
      "struct ops ops = { .switch_event = one };\nstatic int f(void *e) { return ops->switch_event(e); }\n" +
      'struct h h[] = { { "a:ev_b", f }, };\n',
    ["4 perf existence a:ev_b", "1 perf fields a:ev_b .pid=number"],
  ],
  [
    "events told apart by their name",
    'void g() { add_event("a", "b"); add_event("a", "c"); }\nvoid f() {\n' +
      '  if (strcmp(event->name, "b") == 0) { tep_get_field_val(s, event, "x", r, &v, 0); }\n' +
      '  else if (event_name == "c") tep_get_field_val(s, event, "y", r, &v, 0);\n' +
      '  if (evsel__name_is(e, "a:d") && evsel__strval(e, s, "z")) return;\n}\n',
    [
      "1 perf existence a:b",
      "1 perf existence a:c",
      "5 perf existence a:d",
      "3 perf fields a:b .x=number",
      "4 perf fields a:c .y=number",
      "5 perf fields a:d .z=string",
    ],
  ],
  [
    "an event that replaces another",
    'void g() {\n  if (!add_event("power", "cpu_idle")) {\n    add_event("power", "power_start");\n  }\n}\n// tep_\n',
    ["2 perf existence power:cpu_idle", '3 perf existence power:power_start [!event add_event("power", "cpu_idle")]'],
  ],
  [
    "events by system and name in one, and two fields that are matched",
    'void g() { perf->add_event("a:ev_b"); mate_events(h, start, "pid", "pid", 1); }\n',
    ["1 perf existence a:ev_b"],
  ],
  [
    "a field that may be missing",
    'void g() { e = tep_find_event_by_name(tep, "a", "b");\n' +
      '  if (tep_get_field_val(s, e, "x", r, &v, 1) >= 0) { }\n  if (tep_get_field_val(s, e, "y", r, &v, 1) < 0) return;\n}',
    [
      "1 perf existence a:b",
      '2 perf fields a:b .x=number [field tep_get_field_val(s, e, "x", r, &v, 1)]',
      "3 perf fields a:b .y=number",
    ],
  ],
  [
    "what is read only if a field was found, and a field that stands in for another",
    'void g() { e = tep_find_event_by_name(tep, "a", "b");\n  if (tep_get_field_val(s, e, "n", r, &v, 0) >= 0) {\n' +
      '    ev.x = tep_get_field_raw(s, e, "new", r, &l, 1);\n    if (!ev.x) {\n' +
      '      ev.x = tep_get_field_raw(s, e, "old", r, &l, 1);\n      if (!ev.x)\n        return;\n    }\n  }\n}',
    [
      "1 perf existence a:b",
      '2 perf fields a:b .n=number [field tep_get_field_val(s, e, "n", r, &v, 0)]',
      '3 perf fields a:b .new [field tep_get_field_val(s, e, "n", r, &v, 0); field tep_get_field_raw(s, e, "new", r, &l, 1)]',
      '5 perf fields a:b .old [field tep_get_field_val(s, e, "n", r, &v, 0); !field tep_get_field_raw(s, e, "new", r, &l, 1)]',
    ],
  ],
  [
    "programs that libbpf attaches, and a command line for perf",
    'void g() {\n  bpf_program__attach_tracepoint(p, "a", "b");\n  bpf_program__attach_raw_tracepoint(p, "c");\n}\n' +
      'const char *args[] = { "record",\n  "-e", "a:d", };\n',
    ["2 tp existence a:b", "3 raw_tp existence c", "6 perf existence a:d"],
  ],
  [
    "names given to literals",
    '#define NAME "x"\nconst char *other = "y";\nvoid g() { e = tep_find_event_by_name(t, "a", "b");\n' +
      "  tep_find_field(e, NAME); tep_find_field(e, other); }\n",
    ["3 perf existence a:b", "4 perf fields a:b .x", "4 perf fields a:b .y"],
  ],
  [
    "what cannot be understood",
    'int f(void *e, const char *n) {\n  tep_find_field(e, n);\n  tep_find_field(e, "x");\n}\n',
    ["2 ?? the field's name is not a literal", "3 ?? field 'x' of an event that is not known here"],
  ],
  [
    "near misses",
    'struct f *tep_find_field(struct tep_event *event, const char *name);\n/* tep_find_field(e, "x") */\n' +
      'void g() { log_event("Hello", "world"); puts("tep_find_field(e, \\"x\\")"); set_event("a"); }\n',
    [],
  ],
];

describe("C files", () => {
  test.each(PROGRAMS)("%s", (_, text, expected) => {
    expect(linesOf(readText(libtraceevent, "tool.c", text))).toEqual(expected);
  });

  test("a use names the handler, also where another function reads the field", () => {
    const text =
      'void inner(void *e) { tep_find_field(e, "x"); }\nint f(void *e) { inner(e); }\n' +
      'void g() { tep_register_event_handler(t, -1, "a", "b", f, 0); }\n';
    expect(readText(libtraceevent, "tool.c", text).uses.map(({ program }) => program)).toEqual(["f", "f"]);
  });

  test("a handler is registered in the file behind a header", () => {
    const others = new Map<string, ToolFile>([
      ["one.h", toolFile("one.h", '#include "main.h"\n')],
      ["main.c", toolFile("main.c", 'void g() { tep_register_event_handler(t, -1, "a", "b", f, 0); }')],
      ["main.h", toolFile("main.h", "")],
    ]);
    const file = toolFile("one.c", '#include "one.h"\nint f() { tep_find_field(e, "x"); }\n');
    const found = libtraceevent.read(file, { find: (name) => others.get(name) });
    expect(linesOf(found)).toEqual(["2 perf fields a:b .x"]);
  });
});
