// Data scripts: whatever is in the data, a script is one call with two strings, and says the same data.

import { runInNewContext } from "node:vm";

import { expect, test } from "@jest/globals";

import { createNamer, LOADER, toScript } from "../../src/site/script.ts";

function evaluate(script: string): unknown {
  let found: unknown;
  runInNewContext(script, { [LOADER]: (name: string, json: string) => (found = [name, JSON.parse(json)]) });
  return found;
}

test.each([
  ["</script><script>alert(1)</script>"],
  ["'quotes\" and `more` ${x} \\ \\' \\u0041"],
  ["lines\n\r\u0000"],
  ["ü 漢字 😀"],
])("%j is kept", (text) => {
  const script = toScript("demo", { [text]: [text] });
  expect(evaluate(script)).toEqual(["demo", { [text]: [text] }]);
  expect(script).not.toContain("<");
  expect(script.trimEnd()).not.toContain("\n");
});

test("marks that reorder or end lines are shown", () => {
  expect(evaluate(toScript("demo", "a\u202eb\u2028c\u0085"))).toEqual(["demo", "a\\u202eb\\u2028c\\x85"]);
});

test("a key that means something to JavaScript is data", () => {
  expect(evaluate(toScript("demo", JSON.parse('{"__proto__": {"x": 1}}')))).toEqual([
    "demo",
    JSON.parse('{"__proto__": {"x": 1}}'),
  ]);
});

test("names of files are safe and differ", () => {
  const nameFile = createNamer();
  const names = ["sched", "SCHED", "../../etc/passwd", "a b", "a_b", "", "-"].map((name) => nameFile("system", name));
  expect(names).toEqual([
    "system-sched",
    "system-sched-2",
    "system-______etc_passwd",
    "system-a_b",
    "system-a_b-2",
    "system-",
    "system--",
  ]);
});
