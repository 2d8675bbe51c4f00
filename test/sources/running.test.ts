import { expect, test } from "@jest/globals";

import { type ErrorCode, ToolError } from "../../src/errors.ts";
import type { Native } from "../../src/native.ts";
import { readSnapshot } from "../../src/sources/source.ts";
import { BTF_SNAPSHOT, SNAPSHOT } from "../samples.ts";

const TRACEFS = { ...SNAPSHOT, kernel: { ...SNAPSHOT.kernel, origin: ["tracefs" as const] } };

/** An addon that gives the two samples, or fails with the codes. */
function machine(codes: { readonly tracefs?: ErrorCode; readonly btf?: ErrorCode } = {}): Native {
  const give = (code: ErrorCode | undefined, value: unknown): Promise<string> =>
    code === undefined
      ? Promise.resolve(JSON.stringify(value))
      : Promise.reject(new ToolError(code, `seen ${code}`, { hint: "do this" }));
  return {
    readTracefs: () => give(codes.tracefs, TRACEFS),
    readBtf: () => give(codes.btf, BTF_SNAPSHOT),
    readSource: () => Promise.reject(new Error("no source is asked for")),
    readChange: () => Promise.reject(new Error("no change is asked for")),
  };
}

test("this machine is its tracefs and its BTF", async () => {
  const { kernel, knows, events, classes, problems } = await readSnapshot("running", { native: machine() });
  expect(kernel.origin).toEqual(["tracefs", "btf"]);
  expect(knows.args && knows.existence).toBe(true);
  expect([events.length, classes?.length]).toEqual([1, 1]);
  expect(problems).toEqual(SNAPSHOT.problems);
});

test("what may not be read is a problem that says how to, and what is not known for it", async () => {
  const native = machine({ tracefs: "permission-denied" });
  const { kernel, knows, events, tracepoints, problems } = await readSnapshot("running", { native });
  expect(kernel.origin).toEqual(["btf"]);
  expect([knows.args, knows.existence, events.length, tracepoints.length]).toEqual([true, false, 0, 2]);
  expect(problems).toEqual([
    {
      code: "source-unreadable",
      message:
        "tracefs of this machine: seen permission-denied, so fields, print formats and which events exist are not known; do this",
    },
  ]);
});

test("a kernel without BTF still has its tracefs", async () => {
  const { kernel, knows, problems } = await readSnapshot("running", { native: machine({ btf: "not-found" }) });
  expect([kernel.origin, knows.existence]).toEqual([["tracefs"], true]);
  expect(problems.map(({ code }) => code)).toEqual(["source-unreadable", "unknown-type"]);
});

test.each<[ErrorCode, ErrorCode | undefined, ErrorCode]>([
  ["permission-denied", "not-found", "permission-denied"],
  ["limit-exceeded", undefined, "limit-exceeded"],
])("tracefs fails with %s and BTF with %s: %s", async (tracefs, btf, expected) => {
  const native = machine({ tracefs, ...(btf !== undefined && { btf }) });
  await expect(readSnapshot("running", { native })).rejects.toMatchObject({ code: expected });
});
