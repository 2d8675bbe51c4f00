// Runs the programs on this machine: compiles them, loads them, and says what became of each.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Outcome } from "../../src/rules/finding.ts";
import type { Case } from "./cases/case.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TRACEFS = "/sys/kernel/tracing";

/** One line of loader.c. */
export interface Result {
  readonly case: string;
  readonly stage: "load" | "attach" | "read";
  readonly errno: number;
  readonly hits: number;
  readonly got: string;
  readonly expected: string;
  readonly said: string;
}

/** Why nothing can be proven on this machine. */
export function whatIsMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync("/sys/kernel/btf/vmlinux")) return "no /sys/kernel/btf/vmlinux";
  if (!existsSync(join(TRACEFS, "events"))) return `no tracefs at ${TRACEFS}`;
  for (const program of ["clang", "gcc"]) {
    if (spawnSync(program, ["--version"]).status !== 0) return `no ${program}`;
  }
  const headers = spawnSync("gcc", ["-fsyntax-only", "-x", "c", "-"], { input: "#include <bpf/libbpf.h>\n" });
  return headers.status === 0 ? undefined : "no headers of libbpf (libbpf-dev)";
}

/** What became of each program; nothing where the kernel takes none. */
export function prove(cases: readonly Case[], directory: string): ReadonlyMap<string, Result> | undefined {
  const sources = readdirSync(join(HERE, "programs")).filter((name) => name.endsWith(".bpf.c"));
  const paths = sources.map((name) => join(HERE, "programs", name));
  execFileSync("clang", ["-target", "bpf", "-g", "-O2", "-Wall", "-Werror", "-c", ...paths], { cwd: directory });
  execFileSync("gcc", ["-O2", "-Wall", "-Werror", "-o", "loader", join(HERE, "loader.c"), "-lbpf"], { cwd: directory });
  const input = cases.map(({ program, trigger, expects }) => {
    const object = OBJECTS[program.split("_")[0] as keyof typeof OBJECTS];
    return `${program} ${object} ${program} ${trigger} ${expects}\n`;
  });
  const { status, stdout, stderr } = spawnSync("./loader", { cwd: directory, input: input.join(""), encoding: "utf8" });
  if (status === 3) return undefined;
  if (status !== 0) throw new Error(`${basename(directory)}: the loader failed: ${stderr}`);
  const results = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);
  return new Map(results.map((result) => [result.case, result]));
}

/** The object file of a program, by the first word of its name. */
const OBJECTS = {
  raw: "raw-tp.bpf.o",
  btf: "tp-btf.bpf.o",
  layout: "layout.bpf.o",
  syscall: "layout.bpf.o",
  core: "core.bpf.o",
};

/** The outcome in the words of the rules. */
export function outcomeOf({ stage, hits, got, expected, case: name }: Result): Outcome {
  if (stage !== "read") return stage;
  if (hits === 0) throw new Error(`${name}: the event did not happen`);
  return got === expected ? "none" : "silent";
}

/** What a filter on a field meets, in an instance of its own. */
export function tryFilter(event: string, field: string): Outcome {
  const instance = join(TRACEFS, "instances", `tpabi-${process.pid}`);
  mkdirSync(instance);
  try {
    writeFileSync(join(instance, "events", event.replace(":", "/"), "filter"), `${field} == 1`);
    return "none";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EINVAL") return "missing";
    throw error;
  } finally {
    rmdirSync(instance);
  }
}

/** What a bpftrace script meets that names a field; nothing where bpftrace is not installed. */
export function tryBpftrace(event: string, field: string): Outcome | undefined {
  const script = `tracepoint:${event} { print(args->${field}); } BEGIN { exit(); }`;
  const { status, error, stderr } = spawnSync("bpftrace", ["-e", script], { encoding: "utf8" });
  if (error !== undefined) return undefined;
  if (status === 0) return "none";
  if (!/does not contain a field|has no field/.test(stderr)) throw new Error(stderr);
  return "missing";
}
