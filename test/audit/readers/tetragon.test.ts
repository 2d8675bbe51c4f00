// Small tracing policies, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { tetragon } from "../../../src/audit/readers/tetragon.ts";
import { linesOf, readText } from "./uses.ts";

const HEAD = "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: mine\nspec:\n";

const POLICIES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "places of fields",
    `${HEAD}  tracepoints:\n  - subsystem: "raw_syscalls"\n    event: sys_enter\n    args:\n    - index: 4\n      type: "syscall64"\n    - index: 5\n`,
    [
      "7 tp existence raw_syscalls:sys_enter",
      "10 tp fields raw_syscalls:sys_enter @4:syscall64",
      "12 tp fields raw_syscalls:sys_enter @5",
    ],
  ],
  [
    "arguments of a raw tracepoint",
    `${HEAD}  tracepoints:\n  - {subsystem: sched, event: sched_process_exec, raw: true,\n     args: [{index: 2, type: linux_binprm}]}\n`,
    ["7 raw_tp existence sched_process_exec", "8 raw_tp args sched_process_exec #2"],
  ],
  [
    "a second document",
    `kind: Service\ntracepoints: []\n---\n${HEAD.replace("Policy", "PolicyNamespaced")}  tracepoints:\n  - subsystem: a\n    event: b\n`,
    ["10 tp existence a:b"],
  ],
  [
    "what is missing",
    `${HEAD}  tracepoints:\n  - event: b\n  - subsystem: a\n    event: c\n    args:\n    - type: int\n`,
    ["8 tp existence a:c", "7 ?? expected both subsystem and event", "11 ?? expected an index"],
  ],
  [
    "aliases, each of which stands for ten of the one before it",
    `${HEAD}  lists:\n  - &a0 [x]\n${Array.from({ length: 30 }, (_, index) => `  - &a${index + 1} [${`*a${index}, `.repeat(10)}]\n`).join("")}  tracepoints:\n  - {subsystem: a, event: b, args: [*a30]}\n`,
    ["39 tp existence a:b"],
  ],
  [
    "a file that is larger than any policy",
    `${HEAD}  tracepoints:\n${"#".repeat(500_000)}`,
    ["1 ?? larger than any policy"],
  ],
  ["no YAML", `${HEAD}  tracepoints: [\n`, ["7 ?? no valid YAML"]],
  [
    "near misses",
    "kind: CustomResourceDefinition\n# kind: TracingPolicy\nspec:\n  tracepoints:\n  - subsystem: a\n    event: b\n",
    [],
  ],
];

describe("tracing policies", () => {
  test.each(POLICIES)("%s", (_, text, expected) => {
    expect(linesOf(readText(tetragon, "policy.yaml", text))).toEqual(expected);
  });

  test("a use names its policy", () => {
    const { uses } = readText(tetragon, "policy.yaml", `${HEAD}  tracepoints:\n  - subsystem: a\n    event: b\n`);
    expect(uses.map(({ program }) => program)).toEqual(["mine"]);
  });
});
