import { describe, expect, test } from "@jest/globals";

import { followLife, type Life } from "../../src/history/life.ts";
import { lifeAsCsv, showLife } from "../../src/history/show-life.ts";
import { walkExamples } from "./kernels.ts";

const KERNELS = {
  "6.1": `
event demo:demo_start
  field pid_t pid
  field u64 delay
`,
  "6.1.9": `
event demo:demo_start
  field pid_t pid
  field u64 delay
  field int extra
`,
  "6.2": `
event demo:demo_start
  field u64 delay
`,
  "6.3": `
event demo:demo_starting
  field u64 delay
`,
  "6.4": `
event demo:demo_starting
  field u64 delay_ns
event demo:demo_other
  field int status
`,
  "6.5": `
event demo:demo_other
  field int status
`,
};

function follow(asked: string, kernels: Readonly<Record<string, string>> = KERNELS): Promise<Life> {
  return followLife(asked, () => walkExamples(kernels));
}

async function states(asked: string): Promise<readonly string[]> {
  return (await follow(asked)).steps.map(({ version, state, event = "-" }) => `${version} ${state} ${event}`);
}

describe("an event", () => {
  const whole = [
    "6.1 first demo:demo_start",
    "6.1.9 changed demo:demo_start",
    "6.2 changed demo:demo_start",
    "6.3 renamed demo:demo_starting",
    "6.4 changed demo:demo_starting",
    "6.5 gone -",
  ];

  test.each(["demo:demo_start", "demo_starting", "demo:demo_starting"])(
    "has one life, asked for as %s",
    async (asked) => {
      expect(await states(asked)).toEqual(whole);
    },
  );

  test("comes later", async () => {
    expect((await states("demo_other")).slice(3)).toEqual([
      "6.3 absent -",
      "6.4 introduced demo:demo_other",
      "6.5 same demo:demo_other",
    ]);
  });

  test("keeps its findings with the kernel that brought them", async () => {
    const { steps, names } = await follow("demo_start");
    expect(names).toEqual(["demo:demo_start", "demo:demo_starting"]);
    expect(
      steps.find(({ version }) => version === "6.2")?.findings.map(({ rule, subject }) => [rule, subject]),
    ).toEqual([["field-removed", "pid"]]);
  });
});

describe("a field", () => {
  test.each(["demo_start.delay", "demo_starting.delay_ns"])(
    "is followed through its own renames: %s",
    async (asked) => {
      const life = await follow(asked);
      expect(life.fields).toEqual(["delay", "delay_ns"]);
      expect(life.steps.map(({ state, field = "-" }) => `${state} ${field}`)).toEqual([
        "first u64 delay at 16, 8 bytes",
        "same u64 delay at 16, 8 bytes",
        "changed u64 delay at 8, 8 bytes",
        "renamed u64 delay at 8, 8 bytes",
        "renamed u64 delay_ns at 8, 8 bytes",
        "gone -",
      ]);
    },
  );

  test("may be an argument", async () => {
    const { steps } = await follow("demo_run.prev", {
      "6.1": "event demo:demo_run\n  proto struct task_struct *prev\n  field int x\n",
      "6.2": "event demo:demo_run\n  proto bool preempt, struct task_struct *prev\n  field int x\n",
    });
    expect(steps.map(({ state, field, findings }) => [state, field, findings.map(({ rule }) => rule)])).toEqual([
      ["first", "argument 1: struct task_struct * prev", []],
      ["changed", "argument 2: struct task_struct * prev", ["argument-inserted"]],
    ]);
  });
});

test("changes of the header concern every event", async () => {
  const { steps } = await follow("demo_start", {
    "6.1": "event demo:demo_start\n  field pid_t pid\n",
    "6.2": "common int common_padding\nevent demo:demo_start\n  field pid_t pid\n",
  });
  expect(steps[1]?.findings.map(({ rule }) => rule)).toEqual(["common-fields-changed"]);
});

test.each([
  ["demo:nothing", "no event of these kernels is named 'demo:nothing'"],
  ["demo_start.nothing", "'demo_start' has no field or argument 'nothing' in any of these kernels"],
  ["demo:demo_*", "several events are meant: demo:demo_starting, demo:demo_other"],
  ["a.b.c", "'a.b.c' is no event"],
])("%s is an error", async (asked, message) => {
  await expect(follow(asked)).rejects.toMatchObject({ message });
});

test("the text tells what happened where, plots only for terminals, and harmless findings only if asked", async () => {
  const life = await follow("demo_start");
  const text = showLife(life, { width: 200, plots: false, all: false });
  expect(text).toMatch(/^6\.2 {2}changed, likely \(mainline, since 6\.1\)$/m);
  expect(text).toMatch(/^6\.1\.9 {2}changed, \w+ \(point release, since 6\.1\)$/m);
  expect(text).toMatch(/^6\.5 {2}gone, likely \(mainline, since 6\.4\)$/m);
  expect(text).not.toContain("█ breaking");
  const plot = showLife(life, { width: 200, plots: true, all: false });
  expect(plot).toMatch(/^mainline {2}─▓▓▓▓ {1}6\.1 \.\. 6\.5$/m);
  expect(plot).toMatch(/^6\.1\.y {5}─[▒░] 6\.1 \.\. 6\.1\.9$/m);
});

test("CSV has a row for each finding and quotes what would break it", async () => {
  const rows = lifeAsCsv(await follow("demo_start"))
    .trim()
    .split("\n");
  expect(rows[0]).toBe("kernel,series,previous,state,event,field,level,likelihood,rule,subject,message");
  expect(rows.filter((row) => row.startsWith("6.2,"))).toEqual([
    expect.stringMatching(
      /^6\.2,6\.2,6\.1,changed,demo:demo_start,,likely,0\.\d+,field-removed,pid,"'pid_t pid' removed: /,
    ),
  ]);
});
