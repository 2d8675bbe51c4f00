// Every guard compiles as it stands, against the structs of either kernel of its rule's example. Nothing is loaded.
// Needs clang and libbpf's headers for C, python3 for scripts; without them it says so and skips.

import { spawnSync } from "node:child_process";

import { expect, test } from "@jest/globals";

import { parseExample } from "../../src/rules/example.ts";
import type { Guard } from "../../src/rules/guards.ts";
import { rules } from "../../src/rules/index.ts";
import type { Field, Snapshot } from "../../src/snapshot/model.ts";

/** What vmlinux.h has beside the records: typedefs, and structs that programs follow. */
const TYPES = `
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char s8; typedef short s16; typedef int s32; typedef long long s64;
typedef u8 __u8; typedef u16 __u16; typedef u32 __u32; typedef u64 __u64; typedef s32 __s32; typedef s64 __s64;
typedef u16 __be16; typedef u32 __be32; typedef u32 __wsum; typedef _Bool bool;
typedef int pid_t; typedef u32 dev_t; typedef u32 gfp_t; typedef u64 sector_t;
enum bpf_map_type { BPF_MAP_TYPE_UNSPEC }; enum { BPF_ANY };
struct sk_buff { unsigned int len; } __attribute__((preserve_access_index));
struct trace_entry { u16 type; u8 flags; u8 preempt_count; int pid; };
`;

/** What the program around a guard in C has: libbpf, its skeleton, and two libraries of which only this much is used. */
const AROUND = `
#include <stdbool.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
bool tracepoint_exists(const char *category, const char *event);
struct tep_event; struct tep_record { void *data; }; struct tep_format_field { int offset; };
struct tep_format_field *tep_find_field(struct tep_event *event, const char *name);
`;

const tools = { clang: hasHeaders("bpf_helpers.h"), libbpf: hasHeaders("libbpf.h"), python3: has("python3") };
const NEEDS = { bpf: "clang", c: "libbpf", python: "python3" } as const satisfies Record<Guard["language"], string>;
const missing = Object.entries(tools).flatMap(([tool, isThere]) => (isThere ? [] : [tool]));
if (missing.length > 0) console.log(`skipped guards, without: ${missing.join(", ")}`);

const guards = rules.flatMap(({ id, guard, example }) => (guard === undefined ? [] : [{ id, guard, example }]));

test.each(guards)("the guard of $id compiles", ({ guard, example }) => {
  if (!canCompile(guard)) return;
  for (const text of [example.before, example.after]) expect(compile(guard, parseExample(text))).toBe("");
});

const BROKEN: readonly (Guard & { readonly says: string })[] = [
  { language: "bpf", text: "int on(struct trace_event_raw_demo *ctx) { return ctx->gone; }", says: "gone" },
  { language: "c", text: "static int f(void) { return bpf_gone(); }", says: "bpf_gone" },
  { language: "python", text: "def f(:\n", says: "SyntaxError" },
];

test.each(BROKEN)("the check finds what does not compile as $language", ({ says, ...guard }) => {
  if (!canCompile(guard)) return;
  expect(compile(guard, parseExample("event demo:demo\n  field int err\n"))).toMatch(says);
});

function canCompile({ language }: Guard): boolean {
  return tools[NEEDS[language]];
}

/** What the compiler complains about; empty if nothing. */
function compile({ language, text }: Guard, kernel: Snapshot): string {
  if (language === "python")
    return stderrOf("python3", ["-c", "import sys; compile(sys.stdin.read(), 'guard', 'exec')"], text);
  const flags = ["-Wall", "-Werror", "-Wno-unused-function", "-c", "-o", "/dev/null", "-x", "c", "-"];
  if (language === "c") return stderrOf("clang", flags, `${AROUND}${skeletonOf(text)}${text}\n`);
  const headers = ["bpf_helpers.h", "bpf_core_read.h", "bpf_tracing.h"].map((name) => `#include <bpf/${name}>\n`);
  const source = `${TYPES}${recordsOf(kernel)}${headers.join("")}${text}\nchar LICENSE[] SEC("license") = "GPL";\n`;
  return stderrOf("clang", ["-target", "bpf", "-D__TARGET_ARCH_x86", "-g", "-O2", ...flags], source);
}

/** The records as vmlinux.h has them. */
function recordsOf({ events }: Snapshot): string {
  const records = new Map(events.map((event) => [event.class ?? event.name, event.fields]));
  const enums = new Set(
    events.flatMap(({ fields }) => fields.flatMap(({ type }) => /^enum \w+/.exec(type)?.[0] ?? [])),
  );
  return [
    ...[...enums].map((name, index) => `${name} { EXAMPLE_${index} };\n`),
    ...[...records].map(([name, fields]) => {
      const members = fields.map((field) => `  ${memberOf(field)};\n`).join("");
      return `struct trace_event_raw_${name} {\n  struct trace_entry ent;\n${members}} __attribute__((preserve_access_index));\n`;
    }),
  ].join("");
}

function memberOf({ name, type, kind }: Field): string {
  if (kind === "dynamic" || kind === "relative") return `u32 __${kind === "dynamic" ? "data" : "rel"}_loc_${name}`;
  const bracket = type.indexOf("[");
  if (bracket < 0) return `${type} ${name}`;
  const length = type.slice(bracket).replace(/[A-Za-z_]\w*/, "16");
  return `${type.slice(0, bracket)} ${name}${length}`;
}

/** The programs that a guard chooses among, as bpftool's skeleton declares them. */
function skeletonOf(text: string): string {
  const programs = new Set([...text.matchAll(/skel->progs\.(\w+)/g)].map(([, name]) => name));
  const members = [...programs].map((name) => `struct bpf_program *${name};`).join(" ");
  return `struct demo_bpf { struct { ${members} } progs; };\n`;
}

function stderrOf(program: string, args: readonly string[], input: string): string {
  const { status, stderr } = spawnSync(program, args, { input, encoding: "utf8" });
  return status === 0 ? "" : stderr;
}

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

function hasHeaders(name: string): boolean {
  const source = `typedef unsigned int __u32; typedef unsigned long long __u64;\n#if __has_include(<bpf/${name}>)\n#else\n#error\n#endif\n`;
  return stderrOf("clang", ["-fsyntax-only", "-x", "c", "-"], source) === "" && has("clang");
}
