// Small Go programs that attach to events, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { go } from "../../../src/audit/readers/go.ts";
import { linesOf, readText } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "cilium/ebpf",
    'func f() {\n  l, err := link.Tracepoint("sched", "sched_switch", objs.P, nil)\n' +
      '  link.AttachRawTracepoint(link.RawTracepointOptions{\n    Program: p,\n    Name: "sys_enter",\n  })\n}\n',
    ["2 tp existence sched:sched_switch", "5 raw_tp existence sys_enter"],
  ],
  [
    "a constant",
    'const group = "sched"\nvar name = "sched_switch"\nfunc f() { link.Tracepoint(group, name, p, nil) }\n',
    ["3 tp existence sched:sched_switch"],
  ],
  [
    "libbpfgo and gobpf",
    'prog.AttachTracepoint("a", "b")\nprog.AttachRawTracepoint("c")\nmodule.AttachTracepoint("a:d", fd)\n',
    ["1 tp existence a:b", "2 raw_tp existence c", "3 tp existence a:d"],
  ],
  [
    "sections of ebpf-manager",
    'x := &manager.Probe{\n  EBPFSection: "tracepoint/raw_syscalls/sys_enter",\n}\nconst mySection = "raw_tp/sys_exit"\nz := "kprobe/f"\n// Tracepoint',
    ["2 tp existence raw_syscalls:sys_enter", "4 raw_tp existence sys_exit"],
  ],
  [
    "a typed program",
    'spec := ebpf.ProgramSpec{\n  Type: ebpf.Tracing,\n  AttachType: ebpf.AttachTraceRawTp,\n  AttachTo: "task_newtask",\n}\n',
    ["4 tp_btf existence task_newtask"],
  ],
  [
    "rows of a table",
    'var t = []p{\n  A: NewTraceProbe(RawTracepoint, "raw_syscalls:sys_enter", "f"),\n  {probes.Tracepoint, "a:b"},\n}\n',
    ["2 raw_tp existence sys_enter", "3 tp existence a:b"],
  ],
  [
    "names that come from elsewhere",
    "func f(parts []string) {\n  link.Tracepoint(parts[0], parts[1], prog, nil)\n" +
      "  link.AttachRawTracepoint(link.RawTracepointOptions{Name: name})\n}\n",
    ["2 ?? the event's name is not a literal", "3 ?? the event's name is not a literal"],
  ],
  [
    "a label that looks like a section",
    'load("x.o", "tracepoint/sched/sched_switch")\n',
    ["1 ?? looks like a section, but may be a mere label"],
  ],
  ["a file that ends in the middle of a typed program", "x := ebpf.AttachTraceRawTp\nAttachTo:", []],
  ["a file that ends in the middle of a row", "var t = []p{ {probes.Tracepoint,", []],
  [
    "near misses",
    'func (m *M) AttachTracepoint(group, name string) error { return nil }\n// link.Tracepoint("a", "b", p, nil)\n' +
      's := `link.Tracepoint("a", "b")`\nAttachTo: "do_exit"\nopen("tracepoint/x y/z")\nt := tracepoint.Tracepoint{Subsys: s, Event: e}\n',
    [],
  ],
];

describe("Go files", () => {
  test.each(PROGRAMS)("%s", (_, text, expected) => {
    expect(linesOf(readText(go, "main.go", text))).toEqual(expected);
  });

  test("a use names its function", () => {
    const { uses } = readText(go, "main.go", 'func (m *M) run() {\n link.Tracepoint("a", "b", p, nil)\n}\n');
    expect(uses.map(({ program }) => program)).toEqual(["run"]);
  });
});
