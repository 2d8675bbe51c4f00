import { expect, test } from "@jest/globals";

import { check } from "../../src/check/check.ts";
import type { Report } from "../../src/reports/report.ts";
import type { Changes } from "../git/repository.ts";
import { header, HEADER, kernelRepository, types, TYPES } from "./kernel.ts";

/** The report of a pull request that changes some files, on top of a base that has others. */
async function checked(base: Changes, changes: Changes): Promise<Report> {
  const { path, git, commit } = kernelRepository();
  git("branch", "-qf", "main", commit("base", base));
  commit("change", changes);
  const target = { kind: "range", base: "main", head: "HEAD" } as const;
  return (await check(target, { repo: path, arches: ["x86_64"], cacheDir: null })).report;
}

function places({ findings }: Report): readonly string[] {
  return [...new Set(findings.map(({ location }) => `${location?.file}:${location?.line}`))];
}

function lineOf(text: string, part: string): number {
  return text.split("\n").findIndex((line) => line.includes(part)) + 1;
}

const WRAPPED = header({ fields: "DEMO_FIELDS" });
const withMacro = (fields: string): string => types().replace("#endif", `#define DEMO_FIELDS ${fields}\n#endif`);

test.each<[string, Changes, Changes, string]>([
  [
    "a macro with the fields, in another header",
    { [HEADER]: WRAPPED, [TYPES]: withMacro("__field(int, cpu)") },
    { [TYPES]: withMacro("__field(long, cpu)") },
    `${TYPES}:${lineOf(withMacro(""), "DEMO_FIELDS")}`,
  ],
  [
    "a struct that a field has",
    { [TYPES]: `${types({ demo: "struct demo" })}struct demo {\n\tint a;\n\tint b;\n};\n` },
    { [TYPES]: `${types({ demo: "struct demo" })}struct demo {\n\tint a;\n\tlong b;\n};\n` },
    `${TYPES}:${lineOf(types(), "#endif") + 3}`,
  ],
  [
    "an enum constant that is the length of a field",
    { [TYPES]: types().replace("#define DEMO_LEN 16", "enum {\n\tDEMO_SOME = 3,\n\tDEMO_LEN = 16,\n};") },
    { [TYPES]: types().replace("#define DEMO_LEN 16", "enum {\n\tDEMO_SOME = 3,\n\tDEMO_LEN = 32,\n};") },
    `${TYPES}:${lineOf(types(), "DEMO_LEN") + 2}`,
  ],
  [
    "what builds the event",
    {},
    { "kernel/Makefile": "# what is built\nobj-$(CONFIG_DEMO) += demo.o\n" },
    "kernel/Makefile:2",
  ],
  [
    "a header under a new name",
    {},
    {
      [HEADER]: null,
      "include/trace/events/renamed.h": header({ fields: "__field(long, cpu)" }),
      "kernel/demo.c": "#define CREATE_TRACE_POINTS\n#include <trace/events/renamed.h>\n",
    },
    `include/trace/events/renamed.h:${lineOf(header(), "cpu)")}`,
  ],
])("%s: the finding is at the line that changed", async (_, base, changes, place) => {
  const report = await checked(base, changes);
  expect(report.findings).not.toEqual([]);
  expect(places(report).filter((one) => one === place)).toEqual([place]);
});

test("two changed definitions are told apart", async () => {
  const report = await checked({}, { [TYPES]: types({ demo: "long", length: 32 }) });
  const bySubject = Object.fromEntries(report.findings.map(({ subject, location }) => [subject, location?.line]));
  expect(bySubject).toMatchObject({ id: 4, label: 6 });
});

test("what a change makes unreadable is reported, and what was unreadable before is not", async () => {
  const broken = header({ other: "__field(nowhere_t, id)" });
  const made = await checked({}, { [HEADER]: broken });
  expect(made.problems.after).toEqual([expect.objectContaining({ code: "unknown-type", event: "demo:demo_named" })]);
  const known = await checked({ [HEADER]: broken }, { [HEADER]: broken.replace("int state", "int state, bool idle") });
  expect(known.problems).toEqual({ before: [], after: [] });
});

test("an event in a file that is gone is found where the file was", async () => {
  const report = await checked({}, { [HEADER]: null, "kernel/demo.c": "int demo;\n" });
  expect(report.findings.map(({ rule }) => rule)).toContain("event-removed");
  expect(places(report).every((place) => place.startsWith(HEADER))).toBe(true);
});
