// All readers on text that nobody would write: they come to an end, soon, and throw nothing.

import { describe, expect, test } from "@jest/globals";

import { readers } from "../../../src/audit/readers/index.ts";
import type { UseReader } from "../../../src/audit/reader.ts";
import { toolFile } from "./uses.ts";

/** Words that make readers claim a file and look closer. */
const NEEDLES =
  "bpftrace perf record trace-cmd tracefs events/sched/sched_switch/enable link.Tracepoint tep_get_field_val evsel__intval " +
  "register_trace_x LTTNG_TRACEPOINT_EVENT TracePoint attach_tracepoint ftrace_events FtraceEvent tracepoints: subsystem: " +
  "TracingPolicy tracepoint: t:a:b perf_trace_context TRACEPOINT_PROBE(a, b) def a__b(\n" +
  'SEC("tp/a/b") int f(struct trace_event_raw_b *ctx) {\n';

/** The same thing over and over: long enough to show what is quadratic. */
function repeated(unit: string, length = 5e4): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

const UNITS = [
  "a", "(", "[", "{", "((", "){", '"', "'", "`", "\\", "/*", "*/", "//", "#", "$(", "`(", "<<A\n", "<<'", "#if X\n",
  "#if 1 /* ", "#else\n", "t:a:b,", "t:a:b{", "args.x ", "/", "*", "f(", "tep_get_field_val(", "-e a:b ", "perf record ",
  "[\"perf\",", "- ", "a: ", "- - ", "&a ", "*a ", "&& ", "|| ", "if (", "def a__b(", "link.Tracepoint(", "R\"(", "r#\"",
  '"""', "events/a/b/", "hist:keys=", "hist:keys=a,", "message AFtraceEvent {", "TP_PROTO(", "LTTNG_TRACEPOINT_EVENT(",
  "register_trace_a(", "LINUX_VERSION_CODE < KERNEL_VERSION(", "ftrace_events: \"", "{ \"a:b\", f }, ", "x->f(", "$x ",
  "ctx->a ", "(void *)ctx + ", "f(ctx, ", "if (ctx->a) return 0; ", "struct a { ", "#define A A A\nA", 'SEC("tp/a/b") int f(',
  "bpf_core_field_exists(", "#if A\n", "if x:\n ", "x.replace(\"",
]; // prettier-ignore

const PATHS = [
  "x.bt",
  "x.go",
  "x.rs",
  "x.c",
  "x.py",
  "x.pl",
  "x.sh",
  "x.service",
  "x.proto",
  "x.pbtxt",
  "x.yaml",
  "event_list",
];

/** Numbers that look random and are the same in each run. */
function randomBytes(seed: number, count: number): string {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24;
  return Array.from({ length: count }, () => String.fromCharCode(next() & 127)).join("");
}

const TEXTS = [
  ...UNITS.map((unit) => NEEDLES + repeated(unit)),
  ...[1, 2, 3].map((seed) => NEEDLES + randomBytes(seed, 5e4)),
];

/** One megabyte on one line. */
const LONG = NEEDLES + repeated('f("a:b", x) ', 1e6);

/** Of processor time, in seconds: far more than any of them needs, far less than what is not linear would take. */
const MOST = 1;
const MOST_FOR_LONG = 5;

describe.each(readers.map((reader) => [reader.id, reader] as const))("%s", (_, reader) => {
  test.each(PATHS)(
    "ends on hostile %s",
    (path) => {
      const slow = TEXTS.filter((text) => secondsFor(reader, path, text) > MOST);
      expect(slow.map((text) => text.slice(NEEDLES.length, NEEDLES.length + 20))).toEqual([]);
    },
    120_000,
  );

  test("ends on one megabyte on one line", () => {
    const path = PATHS.find((name) => reader.claims(toolFile(name, LONG))) ?? "x.yaml";
    expect(secondsFor(reader, path, LONG)).toBeLessThan(MOST_FOR_LONG);
  }, 120_000);
});

function secondsFor(reader: UseReader, path: string, text: string): number {
  const file = toolFile(path, text);
  const start = process.cpuUsage();
  if (reader.claims(file)) reader.read(file, { find: () => undefined });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
