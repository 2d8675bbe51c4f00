import { describe, expect, test } from "@jest/globals";

import type { Snapshot } from "../../src/snapshot/model.ts";
import { merge, symbolsToLookUp } from "../../src/sources/merge.ts";
import { BTF_SNAPSHOT, SNAPSHOT } from "../samples.ts";

const [EVENT] = SNAPSHOT.events;

/** The kernel of SNAPSHOT as its tracefs tells it, with these events. */
function tracefs(events: Snapshot["events"]): Snapshot {
  const none = { args: false, values: false, locations: false };
  return {
    ...SNAPSHOT,
    kernel: { version: "6.12.117+deb12-amd64", arch: "x86_64", origin: ["tracefs"] },
    knows: { ...SNAPSHOT.knows, ...none },
    events,
    tracepoints: [],
    enums: {},
    problems: [],
  };
}

/** SNAPSHOT's event as tracefs tells it. */
function eventOfTracefs(): Snapshot["events"][number] {
  const fields = EVENT!.fields.map(({ when: _when, location: _location, ...field }) => field);
  const { format, args } = EVENT!.print!;
  return { system: EVENT!.system, name: EVENT!.name, fields, print: { format, args } };
}

function disagreements(snapshot: Snapshot): readonly string[] {
  return snapshot.problems
    .filter(({ code }) => code === "sources-disagree")
    .map(({ message, event }) => (event === undefined ? message : `${event} ${message}`));
}

test("one source stays as it is", () => {
  expect(merge([SNAPSHOT])).toBe(SNAPSHOT);
});

test("sources that agree complete each other, in any order", () => {
  const parts = [SNAPSHOT, tracefs([eventOfTracefs()]), BTF_SNAPSHOT];
  const merged = merge(parts);
  expect(disagreements(merged)).toEqual([]);
  expect(merged.kernel).toEqual({ ...SNAPSHOT.kernel, origin: ["source", "tracefs", "btf"] });
  expect(merged.knows).toEqual(SNAPSHOT.knows);
  expect(merged.events).toEqual(SNAPSHOT.events);
  expect(merged.tracepoints).toEqual(SNAPSHOT.tracepoints);
  expect(merged.enums).toEqual(SNAPSHOT.enums);
  expect(merged.classes).toEqual(BTF_SNAPSHOT.classes);
  expect(merged.problems).toEqual(SNAPSHOT.problems);
  const other = merge(parts.toReversed());
  expect({ ...other, kernel: merged.kernel }).toEqual(merged);
});

test("tracefs and BTF make the facts of a running kernel", () => {
  const merged = merge([tracefs([eventOfTracefs()]), BTF_SNAPSHOT]);
  expect(merged.kernel).toEqual({ version: "6.12.117+deb12-amd64", arch: "x86_64", origin: ["tracefs", "btf"] });
  expect(merged.knows).toEqual({ ...SNAPSHOT.knows, values: false, locations: false });
  expect(merged.tracepoints).toEqual(BTF_SNAPSHOT.tracepoints);
});

test("an event has the class of its name if that has its record", () => {
  const own = { ...BTF_SNAPSHOT.classes![0]!, name: EVENT!.name };
  const classOf = (classes: Snapshot["classes"]): string | undefined =>
    merge([tracefs([eventOfTracefs()]), { ...BTF_SNAPSHOT, classes: classes! }]).events[0]?.class;
  expect(classOf([own])).toBe("block_rq_insert");
  expect(classOf([{ ...own, fields: own.fields.slice(1) }])).toBeUndefined();
  expect(classOf([{ ...own, fields: own.fields.slice(1) }, own])).toBe("block_rq_insert");
});

describe("a contradiction is a problem that shows both sides:", () => {
  const changed = (fields: Snapshot["events"][number]["fields"]): Snapshot =>
    tracefs([{ ...eventOfTracefs(), fields }]);
  const [dev, comm, cmd] = eventOfTracefs().fields;
  test.each<[string, readonly Snapshot[], string]>([
    [
      "version",
      [SNAPSHOT, { ...BTF_SNAPSHOT, kernel: { version: "6.1.0", arch: "", origin: ["btf"] } }],
      "kernel version: source has '6.12.117', btf has '6.1.0'",
    ],
    [
      "offset",
      [SNAPSHOT, changed([{ ...dev!, offset: 16 }, comm!, cmd!])],
      "block:block_rq_insert fields: tracefs has 'dev_t dev at 16, 4 bytes; char[16] comm at 12, 16 bytes; __data_loc char[] cmd at 28, 4 bytes', source has 'dev_t dev at 8, 4 bytes; char[16] comm at 12, 16 bytes; __data_loc char[] cmd at 28, 4 bytes'",
    ],
    [
      "sign",
      [SNAPSHOT, changed([{ ...dev!, signed: true }, comm!, cmd!])],
      "block:block_rq_insert signs: tracefs has 'dev signed; comm unsigned; cmd unsigned', source has 'dev unsigned; comm unsigned; cmd unsigned'",
    ],
    [
      "event",
      [SNAPSHOT, tracefs([eventOfTracefs(), { ...eventOfTracefs(), name: "block_new" }])],
      "block:block_new existence: tracefs has 'exists', source has 'no such event'",
    ],
    [
      "arguments",
      [SNAPSHOT, { ...BTF_SNAPSHOT, tracepoints: [{ name: "block_rq_insert", args: [{ name: "", type: "int" }] }] }],
      "arguments of tracepoint block_rq_insert: btf has 'int', source has 'struct request *'",
    ],
    [
      "record",
      [SNAPSHOT, { ...BTF_SNAPSHOT, classes: [{ name: "block_rq", fields: [dev!] }] }],
      "block:block_rq_insert record of class block_rq: source has 'scalar dev at 8, 4; array comm at 12, 16; dynamic cmd at 28, 4', btf has 'scalar dev at 8, 4'",
    ],
    [
      "value",
      [SNAPSHOT, { ...BTF_SNAPSHOT, enums: { WB_REASON_SYNC: 3 } }],
      "value of WB_REASON_SYNC: source has '2', btf has '3'",
    ],
    [
      "common fields",
      [tracefs([]), { ...BTF_SNAPSHOT, commonFields: [dev!] }],
      "common fields: tracefs has 'unsigned short common_type at 0, 2 bytes', btf has 'dev_t dev at 8, 4 bytes'",
    ],
    [
      "two dumps",
      [tracefs([]), { ...tracefs([]), kernel: { version: "6.1", arch: "", origin: ["tracefs"] } }],
      "kernel version: tracefs 1 has '6.12.117+deb12-amd64', tracefs 2 has '6.1'",
    ],
  ])("%s", (_, parts, expected) => {
    expect(disagreements(merge(parts))).toEqual([expected]);
  });
});

test("modules may have tracepoints of one name, and each keeps its own arguments", () => {
  const variant = (type: string, name: string) => ({ name: "underrun", args: [{ name, type }] });
  const btf = { ...BTF_SNAPSHOT, tracepoints: [variant("struct i915 *", ""), variant("struct xe *", "")] };
  const source = { ...SNAPSHOT, tracepoints: [variant("struct xe *", "xe")] };
  const merged = merge([source, btf]);
  expect(disagreements(merged)).toEqual([]);
  expect(merged.tracepoints).toEqual([variant("struct i915 *", ""), variant("struct xe *", "xe")]);
});

test("constants of BTF that the source does not list are of other enums", () => {
  const btf = { ...BTF_SNAPSHOT, enums: { OTHER: 1 } };
  expect(merge([SNAPSHOT, btf]).enums).toEqual(SNAPSHOT.enums);
  expect(merge([tracefs([]), btf]).enums).toEqual({ OTHER: 1 });
});

test("kernels of two architectures are not merged", () => {
  const arm = { ...BTF_SNAPSHOT, kernel: { version: "", arch: "arm64", origin: ["btf" as const] } };
  expect(() => merge([SNAPSHOT, arm])).toThrow(
    expect.objectContaining({ code: "bad-usage", message: "source is a kernel for x86_64, btf one for arm64" }),
  );
});

test("constants are looked up that a print format names outside of its literals", () => {
  const print = { format: "", args: '__print_symbolic(REC->state, { TASK_IDLE, "NOT_THIS \\" NOR_THIS" }), REC->x' };
  expect(symbolsToLookUp([{ ...SNAPSHOT, events: [{ ...EVENT!, print }] }])).toEqual([
    "TASK_IDLE",
    "WB_REASON_BACKGROUND",
    "WB_REASON_SYNC",
  ]);
});
