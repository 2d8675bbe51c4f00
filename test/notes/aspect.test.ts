import { expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { aspectOf, indexKernel } from "../../src/notes/aspect.ts";
import { parseExample } from "../../src/rules/example.ts";
import { rules } from "../../src/rules/index.ts";

test.each(rules.map(({ id, example }) => [id, example] as const))(
  "the kernels of the example of %s differ in the aspect of every change",
  (_, example) => {
    const [before, after] = [parseExample(example.before), parseExample(example.after)];
    const { changes } = diff(before, after);
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) {
      const aspect = aspectOf(change);
      expect([change.kind, aspect(indexKernel(before))]).not.toEqual([change.kind, aspect(indexKernel(after))]);
    }
  },
);

test("an aspect says the same of a kernel that differs in something else", () => {
  const before = parseExample("event demo:demo_run\n  field int cpu\n");
  const after = parseExample("event demo:demo_run\n  field int cpu\n  field int extra\n");
  const other = parseExample(
    "event demo:demo_run\n  field long cpu\n  field int extra\nevent demo:demo_new\n  field int x\n",
  );
  const [change] = diff(before, after).changes;
  if (change === undefined) throw new Error("the examples do not differ");
  const aspect = aspectOf(change);
  expect(aspect(indexKernel(other))).toBe(aspect(indexKernel(after)));
});
