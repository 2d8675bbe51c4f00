// Small BPF programs in C and the uses in them; what the parser makes of C is tested beside it (native/core/src/uses).

import { expect, test } from "@jest/globals";

import { bpfC } from "../../../src/audit/readers/bpf-c.ts";
import { linesOf, readText, toolFile } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "CO-RE, behind a guard",
    `SEC("?tp/sched/sched_switch")
int f(struct trace_event_raw_sched_switch *ctx)
{
	if (bpf_core_field_exists(ctx->next_pid))
		return ctx->next_pid;
	return ctx->prev_pid;
}`,
    [
      '1 tp existence sched:sched_switch [optional SEC("?tp/sched/sched_switch")]',
      '5 tp core sched:sched_switch next_pid [optional SEC("?tp/sched/sched_switch"); field bpf_core_field_exists(ctx->next_pid)]',
      '6 tp core sched:sched_switch prev_pid [optional SEC("?tp/sched/sched_switch"); !field bpf_core_field_exists(ctx->next_pid)]',
    ],
  ],
  [
    "a struct of its own",
    'struct s { unsigned char skip[24]; u32 pid; };\nSEC("tracepoint/a/b") int f(struct s *ctx) { return ctx->pid; }',
    ["2 tp existence a:b", "2 tp layout a:b +24:4"],
  ],
  [
    "arguments, and a kernel that has them",
    'SEC("tp_btf/a") int BPF_PROG(f, int x, struct y *z) { return LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 8, 0) ? z->a : x; }',
    [
      "1 tp_btf existence a",
      "1 tp_btf args a #1 z:struct y * [version >=5.8.0]",
      "1 tp_btf args a #0 x:int [!version >=5.8.0]",
    ],
  ],
  [
    "what is not understood",
    'SEC("tp/a/b") int f(struct mystery *ctx) { return ctx->x; }\nSEC("raw_tp") int g(void *ctx) { return 0; }',
    [
      "1 tp existence a:b",
      "1 ?? no definition of struct 'mystery' was found",
      "2 ?? the section names no event; it is chosen when the program is attached",
    ],
  ],
];

test.each(PROGRAMS)("reads %s", (_, text, want) => {
  expect(linesOf(readText(bpfC, "a.bpf.c", text))).toEqual(want);
});

test.each([
  ["a.c", "int main(void) { return 0; }"],
  ["a.md", 'SEC("tp/a/b") int f(void *ctx) { }'],
])("leaves %s alone", (path, text) => {
  expect(bpfC.claims(toolFile(path, text))).toBe(false);
});

test("headers of the tool give types, and name themselves where the use is in them", () => {
  const main = toolFile(
    "src/a.bpf.c",
    '#include "h.h"\n#include <bpf/bpf_helpers.h>\nSEC("tp/a/b") int f(struct s *ctx) { return g(ctx); }',
  );
  const header = toolFile(
    "src/h.h",
    "#pragma once\nstruct s { u64 pad; int x; };\nstatic int g(struct s *c)\n{ return c->x; }",
  );
  const found = bpfC.read(main, { find: (name) => (name === "h.h" ? header : undefined) });
  expect(found.uses.map(({ file, line, subject }) => [file, line, subject])).toEqual([
    ["src/a.bpf.c", 3, undefined],
    ["src/h.h", 4, { is: "bytes", offset: 8, size: 4, name: "x" }],
  ]);
});

test("a file that is a part of another is read with what stands there", () => {
  const part = toolFile(
    "src/l7/part.c",
    '#include "p.h"\nSEC("tp/a/b") int f(struct trace_event_raw_b__stub *ctx) { return g(ctx); }',
  );
  const whole = toolFile(
    "src/main.c",
    'struct trace_event_raw_b__stub { u64 pad; int x; };\nstatic int g(struct trace_event_raw_b__stub *c) { return c->x; }\n#include "l7/part.c"',
  );
  const find = (name: string): typeof part | undefined => (name === "l7/part.c" ? part : undefined);
  const { uses, notUnderstood } = bpfC.read(part, { find, includerOf: (file) => (file === part ? whole : undefined) });
  expect(uses.map(({ file, subject }) => [file, subject])).toEqual([
    ["src/l7/part.c", undefined],
    ["src/main.c", { is: "bytes", offset: 8, size: 4, name: "x" }],
  ]);
  expect(notUnderstood).toEqual([]);
});
