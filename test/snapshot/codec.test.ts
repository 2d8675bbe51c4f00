import { describe, expect, test } from "@jest/globals";

import { decode, encode } from "../../src/snapshot/codec.ts";
import { SNAPSHOT } from "../samples.ts";

test("a snapshot survives the round trip, and its text is stable", () => {
  const text = encode(SNAPSHOT);
  const decoded = decode(text, "sample.json");
  expect(decoded).toEqual(SNAPSHOT);
  expect(encode(decoded)).toBe(text);
});

test("a field's location need not leave out the file that it shares with its event", () => {
  const text = encode(SNAPSHOT);
  const full = text.replace('"location":{"line":180}', '"location":{"file":"include/trace/events/block.h","line":180}');
  expect(full).not.toBe(text);
  expect(decode(full, "sample.json")).toEqual(SNAPSHOT);
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
      "'x.json' is no valid snapshot: events[0].fields[1].offset must be an integer",
    ],
    [
      "a number that none can hold",
      valid.replace(/"enums": \{\n"(\w+)": \d+/, '"enums": {\n"$1": 1e999'),
      "bad-snapshot",
      "'x.json' is no valid snapshot: enums.WB_REASON_BACKGROUND must be a number",
    ],
    [
      "a field without a file in an event without a location",
      valid.replace(/"location":\{"file":"[^"]*","line":164\},/, ""),
      "bad-snapshot",
      "'x.json' is no valid snapshot: events[0].fields[2].location has no 'file', nor has its event",
    ],
    [
      "a missing key",
      valid.replace(/"knows": .*\n/, ""),
      "bad-snapshot",
      "'x.json' is no valid snapshot: it has no 'knows'",
    ],
    [
      "an unknown key",
      valid.replace('"bare":true', '"naked":true'),
      "bad-snapshot",
      "'x.json' is no valid snapshot: tracepoints[1] has an unknown key 'naked'",
    ],
  ])("%s", (_name, text, code, message) => {
    expect(() => decode(text, "x.json")).toThrow(expect.objectContaining({ code, message }));
  });
});
