// What a finding says in words, where a careless sentence would be wrong.

import { expect, test } from "@jest/globals";

import { diff } from "../../src/diff/diff.ts";
import { classify } from "../../src/rules/classify.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Finding } from "../../src/rules/finding.ts";

function judge(before: string, after: string): readonly Finding[] {
  return classify(diff(parseExample(before), parseExample(after)).changes);
}

test("a field that moved is not said to be in the same bytes", () => {
  const after = "event demo:demo_io\n  field long more\n  field unsigned long aux\n";
  const retyped = judge("event demo:demo_io\n  field const void *aux\n", after).find(
    ({ rule }) => rule === "field-type-changed",
  );
  expect(retyped?.message).toContain("'const void *aux' became 'unsigned long aux' of the same size");
});

test("labels whose numbers are not known are gone or new all the same", () => {
  const table = (labels: string): string =>
    `event demo:demo_io\n  field int op\n  print "%s", __print_symbolic(REC->op, ${labels})\n`;
  const tableOf = (text: string): ReturnType<typeof parseExample> => {
    const snapshot = parseExample(text);
    // The tables stand in the print arguments alone, as in a format file.
    return {
      ...snapshot,
      events: snapshot.events.map((event) => ({
        ...event,
        ...(event.print && { print: { format: event.print.format, args: event.print.args } }),
      })),
    };
  };
  const before = tableOf(table('{ OP_A, "GET " }, { 7, "PUT " }'));
  const after = tableOf(table('{ OP_B, "SEE " }, { 8, "PUT " }'));
  const [finding] = classify(diff(before, after).changes);
  expect(finding?.folded).toEqual(["PUT: 7 -> 8", "GET: gone", "SEE: new"]);
});

test("a finding says where its event is declared, and which others changed likewise", () => {
  const event = (name: string, fields: string): string =>
    `event demo:${name}\n  class demo\n  file include/trace/events/demo.h:${name.length}\n${fields}`;
  const [both, one] = ["  field int a\n  field int b\n", "  field int b\n"];
  const [finding] = judge(event("long", both) + event("longer", both), event("long", one) + event("longer", one));
  expect(finding).toMatchObject({
    event: "demo:long",
    location: { file: "include/trace/events/demo.h", line: 4 },
    siblings: ["demo:longer"],
  });
  expect(finding?.folded).not.toContainEqual(expect.stringContaining("longer"));
});
