import { spawnSync } from "node:child_process";

import { expect, test } from "@jest/globals";

import { insteadOf } from "../../src/audit/instead.ts";
import type { Row } from "../../src/audit/matrix.ts";
import type { Use } from "../../src/audit/use.ts";
import { breaks, type Verdict } from "../../src/audit/verdict.ts";

const ABSENT: Verdict = { status: "absent", outcome: "attach", how: "no event" };
const BROKEN = breaks("silent", "another value");

const TP: Use = {
  reader: "bpf-c",
  file: "a.bpf.c",
  line: 1,
  program: "p",
  attach: "tp",
  contract: "existence",
  target: { system: "demo", name: "demo_issue" },
};
const RAW: Use = { ...TP, attach: "raw_tp", target: { name: "demo_issue" } };

function instead(use: Use, verdict: Verdict, fallback: readonly string[] = []): ReturnType<typeof insteadOf> {
  const row: Row = { use, lines: [1], verdicts: [verdict] };
  return insteadOf(row, fallback);
}

test("nothing is to be written where everything holds", () => {
  expect(instead(TP, { status: "holds" })).toEqual([]);
});

test("the nearest events are named where one is absent", () => {
  expect(instead(TP, ABSENT, ["demo:demo_run"])[0]?.text).toBe("where it is absent, the nearest: demo:demo_run");
});

test("a version check is told to be the wrong one, and a raw argument to be safer typed", () => {
  const guards: Use["guards"] = [{ kind: "version", text: "v", line: 1, range: ">=5.4" }];
  const texts = instead({ ...RAW, subject: { is: "argument", index: 1 }, guards }, BROKEN).map(({ text }) => text);
  expect(texts).toEqual([
    expect.stringContaining("tp_btf/demo_issue"),
    expect.stringContaining("number of arguments"),
    expect.stringContaining("not for the version"),
  ]);
});

test("bpftrace and bcc get advice of their own", () => {
  expect(instead({ ...TP, reader: "bpftrace" }, ABSENT)[0]?.text).toContain("script of its own");
  expect(instead({ ...TP, reader: "bcc" }, ABSENT)[0]?.code).toBe('BPF.tracepoint_exists("demo", "demo_issue")');
});

const USER = [
  instead(TP, ABSENT),
  instead(RAW, ABSENT),
  instead({ ...RAW, subject: { is: "argument", index: 1 } }, BROKEN),
  instead({ ...RAW, attach: "tp_btf" }, breaks("load", "too old")),
].flatMap((all) => all.flatMap(({ code }) => code ?? []));

const MEMBER = instead(
  { ...TP, contract: "core", subject: { is: "member", struct: "trace_event_raw_demo", name: "comm" } },
  breaks("load", "no member"),
).flatMap(({ code }) => code ?? []);

/** Whether code compiles; nothing where the compiler or libbpf's headers are missing. */
function compiles(compiler: readonly string[], code: string): string | undefined {
  const [program = "", ...args] = compiler;
  const check = (input: string): { status: number | null; stderr: string } =>
    spawnSync(program, [...args, "-fsyntax-only", "-x", "c", "-"], { input, encoding: "utf8" });
  if (check("#include <linux/types.h>\n#include <bpf/bpf_helpers.h>\n").status !== 0) return undefined;
  const { status, stderr } = check(code);
  return status === 0 ? "yes" : stderr;
}

test("what libbpf's users are told to write compiles", () => {
  expect(USER).toHaveLength(4);
  const body = USER.map((code) => `{ ${code} }`).join("\n");
  const code = `#include <unistd.h>\n#include <bpf/btf.h>\n#include <bpf/libbpf.h>
struct skel { struct { struct bpf_program *p; } progs; };
int f(struct skel *skel, struct btf *vmlinux) { ${body.replace("- 1; }", "- 1; return arguments; }")} return 0; }`;
  const result = compiles(["gcc", "-Wall", "-Werror"], code);
  if (result === undefined) console.log("skipped compiling: no gcc or no headers of libbpf");
  expect(["yes", undefined]).toContain(result);
});

test("what BPF programs are told to write compiles", () => {
  expect(MEMBER).toHaveLength(1);
  const code = `#include <linux/types.h>\n#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_core_read.h>
struct trace_event_raw_demo { char comm[16]; } __attribute__((preserve_access_index));
int f(void) { return ${MEMBER.join("")}; }`;
  const result = compiles(
    ["clang", "-target", "bpf", "-g", "-O2", "-Wall", "-Werror", "-I/usr/include/x86_64-linux-gnu"],
    code,
  );
  if (result === undefined) console.log("skipped compiling: no clang or no headers of libbpf");
  expect(["yes", undefined]).toContain(result);
});
