import { expect, test } from "@jest/globals";

import { addToIndex } from "../../src/audit/consumer-index.ts";
import { compareLock, encodeLock } from "../../src/audit/lock.ts";
import type { Use } from "../../src/audit/use.ts";
import { parseConsumers } from "../../src/rules/consumers.ts";

const EVENT: Use = {
  reader: "bpftrace",
  file: "b.bt",
  line: 3,
  program: "p",
  attach: "tp",
  contract: "existence",
  target: { system: "demo", name: "demo_issue" },
};
const FIELD: Use = { ...EVENT, line: 5, contract: "fields", subject: { is: "field", name: "comm", as: "string" } };
const RAW: Use = {
  ...EVENT,
  file: "a.c",
  line: 0,
  attach: "raw_tp",
  contract: "args",
  target: { name: "demo_issue" },
  subject: { is: "argument", index: 0, name: "rq" },
};
const TOOL = { tool: "demo", version: "1.0", source: "demo-tools" };

test("a lock file does not change with lines, order and repetition", () => {
  const moved = { ...FIELD, file: "c.bt", line: 900 };
  expect(encodeLock([RAW, moved, FIELD, EVENT])).toBe(encodeLock([EVENT, FIELD, RAW]));
});

test("a lock file has one dependency a line, sorted", () => {
  expect(encodeLock([RAW, FIELD, EVENT])).toBe(`{
"schemaVersion": 1,
"dependencies": [
{"event":"-:demo_issue","attach":"raw_tp","contract":"args","uses":"argument 1 (rq)"},
{"event":"demo:demo_issue","attach":"tp","contract":"existence"},
{"event":"demo:demo_issue","attach":"tp","contract":"fields","uses":"field 'comm' as string"}
]
}
`);
});

test("what came is told with all its places, what went without", () => {
  const { added, removed } = compareLock(encodeLock([EVENT, RAW]), [EVENT, FIELD, { ...FIELD, line: 9 }], "lock");
  expect(added).toEqual([
    {
      dependency: { event: "demo:demo_issue", attach: "tp", contract: "fields", uses: "field 'comm' as string" },
      where: ["b.bt:5", "b.bt:9"],
    },
  ]);
  expect(removed.map(({ dependency }) => dependency.event)).toEqual(["-:demo_issue"]);
});

test.each([
  ["", "it is no JSON"],
  ["[]", "must be an object"],
  [`{"schemaVersion": 2, "dependencies": []}`, ".schemaVersion must be 1"],
  [`{"schemaVersion": 1, "dependencies": [{"event": "a:b"}]}`, ".dependencies[0] has no 'attach'"],
])("%j is no lock file", (text, why) => {
  expect(() => compareLock(text, [], "lock")).toThrow(
    expect.objectContaining({ code: "bad-lock", message: `'lock' is no list of dependencies: ${why}` }),
  );
});

test("an index has each use once, at its first place, and rules can read it", () => {
  const text = addToIndex(undefined, TOOL, [{ ...FIELD, line: 9 }, FIELD, EVENT, RAW], "index");
  expect(parseConsumers(JSON.parse(text))).toEqual([
    { tool: "demo", where: "a.c", event: "-:demo_issue", contract: "args", subject: "rq" },
    { tool: "demo", where: "b.bt:3", event: "demo:demo_issue", contract: "existence" },
    { tool: "demo", where: "b.bt:5", event: "demo:demo_issue", contract: "fields", subject: "comm" },
  ]);
});

test("an index keeps other tools, and forgets what the same tool used before", () => {
  const first = addToIndex(undefined, { ...TOOL, tool: "other" }, [EVENT], "index");
  const both = addToIndex(addToIndex(first, TOOL, [FIELD], "index"), TOOL, [EVENT], "index");
  expect(parseConsumers(JSON.parse(both)).map(({ tool, contract }) => [tool, contract])).toEqual([
    ["demo", "existence"],
    ["other", "existence"],
  ]);
});

test("events behind a glob are nobody's in particular", () => {
  const glob = { ...EVENT, target: { system: "demo", name: "demo_*" } };
  expect(parseConsumers(JSON.parse(addToIndex(undefined, TOOL, [glob], "index")))).toEqual([]);
});

test("what is no index is refused", () => {
  expect(() => addToIndex("{}", TOOL, [], "index")).toThrow(expect.objectContaining({ code: "bad-index" }));
});
