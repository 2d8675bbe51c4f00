// Loaders of a few lines, and what they say of the programs and variables of their object.

import { expect, test } from "@jest/globals";

import { loaderOf } from "../../../src/audit/readers/bpf-loader.ts";
import type { Guard } from "../../../src/audit/use.ts";
import { toolFile } from "./uses.ts";

const shown = ({ kind, subject, text, negated }: Guard): string =>
  `${negated ? "!" : ""}${kind} ${subject ?? text.replace(/ in x\.c:\d+/, "")}`;

/** `program: guards` and `variable = guard` of `x.c`, the loader of `x.bpf.c`. */
function said(text: string): readonly string[] {
  const loader = toolFile("src/x.c", text);
  const { programs, variables } = loaderOf(toolFile("src/x.bpf.c", ""), {
    find: (name) => (name === "x.c" ? loader : undefined),
  });
  return [
    ...[...programs].map(([name, guards]) => `${name}: ${guards.map(shown).join(", ")}`),
    ...Object.entries(variables).map(([name, guard]) => `${name} = ${shown(guard)}`),
  ];
}

const off = (program: string): string => `bpf_program__set_autoload(skel->progs.${program}, false);`;

const LOADERS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "either program",
    `if (probe_tp_btf("e")) ${off("raw")} else { ${off("typed")} }`,
    ["raw: !type btf_trace_e", "typed: type btf_trace_e"],
  ],
  [
    "by a value",
    `bpf_program__set_autoload(skel->progs.p, access("/sys/kernel/tracing/events/s/e", F_OK) == 0);
    bpf_program__set_autoload(skel->progs.q, btf__find_by_name_kind(vmlinux, "btf_trace_e", BTF_KIND_TYPEDEF) > 0);
    bpf_program__set_autoload(skel->progs.r, !access("/sys/kernel/tracing/events/s/e/id", F_OK));`,
    ["p: event s:e", "q: type btf_trace_e", "r: event s:e"],
  ],
  [
    "where it is not there",
    `if (libbpf_find_vmlinux_btf_id("e", BPF_TRACE_RAW_TP) < 0) ${off("p")}
    if (access("/sys/kernel/debug/tracing/events/s/e/format", F_OK)) ${off("q")}`,
    ["p: type btf_trace_e", "q: event s:e"],
  ],
  [
    "a program switched on, by its name",
    'if (tracepoint_exists("s", "e")) bpf_program__set_autoload(bpf_object__find_program_by_name(obj, "p"), true);',
    ["p: event s:e"],
  ],
  [
    "a question that nobody here can answer",
    `if (fentry_can_attach("f", NULL)) ${off("p")}`,
    ['p: !optional fentry_can_attach("f", NULL)'],
  ],
  [
    "variables",
    `skel->rodata->has_new = tracepoint_exists("s", "e");
    skel->rodata->is_single = has_single_argument();
    skel->rodata->min_ns = env.min_ms * 1000;
    if (!tracepoint_exists("s", "old")) skel->rodata->no_old = true;`,
    ["has_new = event s:e", "is_single = optional has_single_argument()", "no_old = !event s:old"],
  ],
  ["what the user chooses", `if (!env.queued) ${off("p")} ${off("q")}`, ["p: ", "q: "]],
  [
    "what the user chooses where the kernel allows it",
    `if (probe_tp_btf("e")) { if (!env.queued) ${off("p")} }`,
    ["p: "],
  ],
];

test.each(LOADERS)("reads %s", (_, body, want) => {
  expect(said(`int main(void) { ${body} }`)).toEqual(want);
});

test("follows functions of the loader that ask, and that leave out", () => {
  const text = `static void disable(struct x *skel);
static bool has_both(void) { return tracepoint_exists("s", "a") && tracepoint_exists("s", "b"); }
static void disable(struct x *skel) { ${off("a")} ${off("b")} }
int main(void) { if (env.kernel) { if (!has_both()) disable(skel); } }`;
  expect(said(text)).toEqual(["a: event s:a, event s:b", "b: event s:a, event s:b"]);
});

test("a loader that calls itself comes to an end", () => {
  expect(said(`static bool has_x(void) { return has_x(); }\nvoid f(void) { f(); if (has_x()) ${off("p")} }`)).toEqual([
    "p: !optional has_x()",
  ]);
});

test.each([
  ["negations", `if (${"!".repeat(50_000)}has_x()) ${off("p")}`],
  ["parentheses", `if (${"(".repeat(50_000)}has_x()${")".repeat(50_000)}) ${off("p")}`],
  ["parts", `if (${"has_x() && ".repeat(50_000)}y) ${off("p")}`],
  ["settings", `if (has_x()) { ${off("p").repeat(50_000)} }`],
])("very many %s come to an end", (_, body) => {
  expect(said(`int main(void) { ${body} }`)).toHaveLength(1);
});

test("files that are no loader say nothing", () => {
  const loader = toolFile("x.bpf.c", off("p"));
  expect(loaderOf(toolFile("x.bpf.c", ""), { find: () => loader }).programs.size).toBe(0);
  expect(loaderOf(toolFile("x.h", ""), { find: () => loader }).programs.size).toBe(0);
});
