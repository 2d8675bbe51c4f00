import { expect, test } from "@jest/globals";

import { renderVerification } from "../../src/reports/verification.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { verify } from "../../src/verify/verify.ts";
import { BTF_SNAPSHOT, SNAPSHOT } from "../samples.ts";

const TRACEPOINTS = BTF_SNAPSHOT.tracepoints;
const CLASSES = BTF_SNAPSHOT.classes ?? [];
const [EVENT] = SNAPSHOT.events;

function found(source: Snapshot, running: Snapshot): readonly string[] {
  const { agreements, disagreements } = verify(source, running);
  return [
    ...agreements.map(({ aspect, exact, total }) => `${aspect} ${exact}/${total}`),
    ...disagreements.map(({ event, source: ours, running: theirs }) => `${event}: ${ours} | ${theirs}`),
  ];
}

test("source agrees with BTF in all that both know", () => {
  expect(found(SNAPSHOT, BTF_SNAPSHOT)).toEqual(["args 2/2", "classes 1/1"]);
});

test.each<[string, Partial<Snapshot>, readonly string[]]>([
  [
    "spelling",
    { tracepoints: [{ name: "block_rq_insert", args: [{ name: "", type: "struct request*const" }] }] },
    ["args 1/1", "classes 1/1"],
  ],
  [
    "one argument more",
    { tracepoints: [{ name: "block_rq_insert", args: [...TRACEPOINTS[0]!.args, { name: "n", type: "int" }] }] },
    ["args 0/1", "classes 1/1", "block_rq_insert: (struct request *) | (struct request *, int)"],
  ],
  [
    "a tracepoint that the source lacks",
    { tracepoints: [...TRACEPOINTS, { name: "new_one", args: [] }] },
    ["args 2/3", "classes 1/1", "new_one: undefined | ()"],
  ],
  [
    "a member moved",
    { classes: [{ name: "block_rq", fields: CLASSES[0]!.fields.slice(0, 1) }] },
    [
      "args 2/2",
      "classes 0/1",
      "trace_event_raw_block_rq: dev_t dev at 8, 4 bytes, unsigned; char[16] comm at 12, 16 bytes, unsigned; dynamic cmd at 28, 4 bytes | dev_t dev at 8, 4 bytes, unsigned",
    ],
  ],
  [
    "the class of another module, too",
    { classes: [{ name: "block_rq", fields: [] }, ...CLASSES] },
    ["args 2/2", "classes 1/1"],
  ],
  [
    "a class that the source lacks",
    { classes: [{ name: "new_one", fields: [] }] },
    ["args 2/2", "classes 0/1", "trace_event_raw_new_one: undefined | "],
  ],
])("BTF with %s", (_, running, expected) => {
  expect(found(SNAPSHOT, { ...BTF_SNAPSHOT, ...running })).toEqual(expected);
});

test("tracefs is compared with the classes that have the names of its events, and with no others", () => {
  const { class: _class, ...event } = EVENT!;
  const tracefs = { ...SNAPSHOT, knows: { ...SNAPSHOT.knows, args: false }, events: [{ ...event, name: "block_rq" }] };
  expect(found(tracefs, { ...BTF_SNAPSHOT, classes: [...CLASSES, { name: "other", fields: [] }] })).toEqual([
    "classes 1/1",
  ]);
});

test("BTF lists no events, so the source has none too many", () => {
  const text = renderVerification(verify(SNAPSHOT, { ...BTF_SNAPSHOT, tracepoints: [{ name: "x", args: [] }] }), 10);
  expect(text).not.toContain("only in the source");
  expect(text).toContain("tracepoint args exact        0 of       1    0.00 %");
  expect(text).toContain("x  is not in the source");
});
