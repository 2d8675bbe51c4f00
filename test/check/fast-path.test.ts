import { expect, test } from "@jest/globals";

import { check } from "../../src/check/check.ts";
import { compareSnapshots } from "../../src/compare.ts";
import { native } from "../../src/native.ts";
import type { Finding } from "../../src/rules/finding.ts";
import { readSnapshot } from "../../src/sources/source.ts";
import { type Changes, temporaryDirectory } from "../git/repository.ts";
import { header, HEADER, KERNEL, kernelRepository, types, TYPES } from "./kernel.ts";

const TOPIC = { kind: "range", base: "main", head: "HEAD" } as const;

/** A second system, whose events depend on nothing of the first. */
const OTHER_HEADER = "include/trace/events/other.h";
const OTHER: Changes = {
  [OTHER_HEADER]: header()
    .replaceAll("demo_t,", "int,")
    .replaceAll("demo_tick", "other_tick")
    .replaceAll("demo_named", "other_named")
    .replaceAll("DEMO", "OTHER")
    .replace("TRACE_SYSTEM demo", "TRACE_SYSTEM other")
    .replace("<linux/demo_types.h>", "<linux/other_sizes.h>"),
  "kernel/other.c": "#define CREATE_TRACE_POINTS\n#include <trace/events/other.h>\n",
  "kernel/Makefile": "obj-y += demo.o\nobj-y += other.o\n",
  "include/uapi/linux/other_sizes.h": "#define OTHER_LEN 8\n",
};

function keys(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ id }) => id).sort();
}

test.each<[string, Changes]>([
  ["the header of an event", { [HEADER]: header({ proto: "int cpu, bool idle, int state" }) }],
  ["a typedef that fields have", { [TYPES]: types({ demo: "long" }) }],
  ["a constant", { [TYPES]: types({ length: 24 }) }],
  [
    "the header of every record",
    { "include/linux/trace_events.h": "struct trace_entry { int type; int pid; long x; };\n" },
  ],
  ["what builds an event", { "kernel/Makefile": "obj-y += demo.o\nobj-$(CONFIG_OTHER) += other.o\n" }],
  ["a file that creates events, gone", { "kernel/other.c": null, "kernel/Makefile": "obj-y += demo.o\n" }],
  ["a file that creates events, without them", { "kernel/other.c": "int other;\n" }],
  ["a header that now comes first", { "include/linux/other_sizes.h": "#define OTHER_LEN 12\n" }],
  [
    "a new file that creates events",
    {
      "kernel/new.c": "#define CREATE_TRACE_POINTS\n#include <trace/events/new.h>\n",
      "kernel/Makefile": "obj-y += demo.o\nobj-y += other.o\nobj-y += new.o\n",
      "include/trace/events/new.h": header().replaceAll("demo_tick", "new_tick").replaceAll("demo_named", "new_named"),
    },
  ],
  [
    "an event that moves to another system",
    {
      [HEADER]: header().replace("TRACE_SYSTEM demo", "TRACE_SYSTEM demo2"),
    },
  ],
  ["the top makefile", { Makefile: `${KERNEL.Makefile}KBUILD_CFLAGS += -funsigned-char\n` }],
])("after a change of %s, as much is found as by comparing both kernels as a whole", async (_, changes) => {
  const { path, git, commit } = kernelRepository();
  const base = commit("other", OTHER);
  git("branch", "-qf", "main", base);
  const head = commit("change", changes);
  const read = (rev: string): ReturnType<typeof readSnapshot> =>
    readSnapshot(`git:${rev}`, { repo: path, arch: "x86_64" });
  const whole = compareSnapshots(await read(base), await read(head));
  expect(whole.findings).not.toEqual([]);
  const cacheDir = temporaryDirectory();
  // Cold, warm, and with what was kept of another base.
  for (const cache of [null, cacheDir, cacheDir]) {
    const { report } = await check(TOPIC, { repo: path, arches: ["x86_64"], cacheDir: cache });
    expect(keys(report.findings)).toEqual(keys(whole.findings));
  }
});

test("what a change cannot touch is not read", async () => {
  const { path, git, commit } = kernelRepository();
  git("branch", "-qf", "main", commit("other", OTHER));
  commit("change", { [OTHER_HEADER]: `${OTHER[OTHER_HEADER]}\n/* a comment */\n` });
  const { report } = await check(TOPIC, { repo: path, arches: ["x86_64"], cacheDir: null });
  expect(report.summary.events).toMatchObject({ before: 2, after: 2 });
});

test.each<[string, Changes]>([
  ["documentation", { "Documentation/trace/events.rst": "text\n" }],
  ["a driver without events", { "drivers/quiet.c": "int louder;\n" }],
  ["a header that no event sees", { "drivers/quiet.h": "struct quiet {};\n" }],
])("a change of %s is decided without reading events", async (_, changes) => {
  const { path, commit } = kernelRepository();
  commit("change", changes);
  const request = { path, before: "main", after: "HEAD", targets: [{ arch: "x86_64" }], cacheDir: null };
  expect(JSON.parse(await native.readChange(request))).toEqual([null]);
});

test("what was kept of one base serves the next", async () => {
  const { path, git, commit } = kernelRepository();
  const cacheDir = temporaryDirectory();
  const findings = async (): Promise<readonly string[]> =>
    (await check(TOPIC, { repo: path, arches: ["x86_64", "arm64"], cacheDir })).report.findings.map(({ rule }) => rule);
  commit("quiet", { "drivers/quiet.c": "int louder;\n" });
  expect(await findings()).toEqual([]);
  git("checkout", "-q", "main");
  commit("main goes on", { [TYPES]: types({ demo: "short" }), ...OTHER });
  git("checkout", "-q", "-B", "topic");
  commit("change", { [TYPES]: types({ demo: "long" }) });
  expect(await findings()).toEqual(["field-size-changed"]);
});
