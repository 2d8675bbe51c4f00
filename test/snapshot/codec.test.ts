import { describe, expect, test } from "@jest/globals";

import { decode, encode } from "../../src/snapshot/codec.ts";
import { SNAPSHOT } from "../samples.ts";

test("a snapshot survives the round trip, and its text is stable", async () => {
  const text = encode(SNAPSHOT);
  const decoded = await decode(text, "sample.json");
  expect(decoded).toEqual(SNAPSHOT);
  expect(encode(decoded)).toBe(text);
});

test("one event and one tracepoint per line, keys sorted, a newline at the end", () => {
  expect(encode(SNAPSHOT)).toMatchSnapshot();
});

test("the order in which keys were set does not show", () => {
  const [event] = SNAPSHOT.events;
  const reversed = Object.fromEntries(Object.entries(event ?? {}).toReversed());
  expect(encode({ ...SNAPSHOT, events: [reversed as unknown as (typeof SNAPSHOT.events)[0]] })).toBe(encode(SNAPSHOT));
});

describe("what is no snapshot is refused with one line", () => {
  const valid = encode(SNAPSHOT);
  test.each([
    ["empty text", " \n", "bad-snapshot", "'x.json' is empty"],
    ["no JSON", "garbage", "bad-snapshot", "'x.json' is no JSON: syntax error"],
    ["cut in the middle", valid.slice(0, 500), "bad-snapshot", "'x.json' is no JSON: it ends too early"],
    ["a syntax error", '{\n"a": 1,\n"b" 2\n}', "bad-snapshot", "'x.json' is no JSON: syntax error in line 3"],
    [
      "another JSON file",
      '{"name": "tpabi"}',
      "bad-snapshot",
      "'x.json' is no tpabi snapshot: it has no schemaVersion",
    ],
    ["no object", "null", "bad-snapshot", "'x.json' is no tpabi snapshot: it has no schemaVersion"],
    [
      "a newer format",
      '{"schemaVersion": 2}',
      "newer-snapshot",
      "'x.json' has snapshot format 2; this tpabi reads up to 1",
    ],
    [
      "a wrong type",
      valid.replace('"offset":12', '"offset":"12"'),
      "bad-snapshot",
      "'x.json' is no valid snapshot: events[0].fields[1].offset must be integer",
    ],
    [
      "an unknown key",
      valid.replace('"bare":true', '"naked":true'),
      "bad-snapshot",
      "'x.json' is no valid snapshot: tracepoints[1] must NOT have additional properties ('naked')",
    ],
  ])("%s", async (_name, text, code, message) => {
    await expect(decode(text, "x.json")).rejects.toMatchObject({ code, message });
  });
});
