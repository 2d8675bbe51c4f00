import { expect, test } from "@jest/globals";

import { definingFiles, readFunction } from "../../src/audit/function-source.ts";
import { eventsOfFunction, nearestEvents } from "../../src/audit/suggest.ts";
import { parseExample } from "../../src/rules/example.ts";

const KERNEL = parseExample(`
event demo:demo_write_folio
  proto struct folio *folio, int reason
  field unsigned long pfn
  field int reason
event demo:demo_queue_run
  proto struct demo_queue *queue
  field int depth
event other:other_write
  proto struct other *other
  field int count
`);

const [GONE] = parseExample(`
event demo:demo_writepage
  field unsigned long pfn
  field int reason
`).events;

test("an event that was renamed is found by its record", () => {
  const target = { system: "demo", name: "demo_writepage" };
  const [first] = nearestEvents({ target, ...(GONE && { known: GONE }) }, KERNEL);
  expect(first).toMatchObject({ event: "demo:demo_write_folio", why: "a record and a name like its own" });
});

test("a slip of the pen is found by the name, first in the same system", () => {
  const [first] = nearestEvents({ target: { system: "demo", name: "demo_que_run" } }, KERNEL);
  expect(first).toMatchObject({ event: "demo:demo_queue_run", why: "of the same system, with a name like it" });
});

test("nothing is near to what has nothing in common", () => {
  expect(nearestEvents({ target: { system: "x", name: "zzz" } }, KERNEL)).toEqual([]);
});

const SOURCE = `
static int helper(int a)
{
	trace_other_write(NULL);
}

/* runs demo_run_queue(x) */
void demo_run_queue(struct demo_queue *queue,
		    const char *why)
{
	if (trace_demo_queue_run_enabled()) {
		trace_demo_queue_run(queue);
	}
}
`;

test("a function is read with what it takes and what is hit in it", () => {
  expect(readFunction("demo_run_queue", "demo/queue.c", SOURCE)).toEqual({
    name: "demo_run_queue",
    file: "demo/queue.c",
    parameters: ["struct demo_queue *", "const char *"],
    hits: ["demo_queue_run"],
    nearby: ["other_write"],
  });
});

test("a file that only calls a function does not define it", () => {
  expect(readFunction("trace_other_write", "demo/queue.c", SOURCE)).toBeUndefined();
});

test.each([
  ["void demo_run(struct q *q)", true],
  ["static noinline int demo_run(struct q *q,", true],
  ["void demo_run(struct q *q);", false],
  ["\tdemo_run(q)", false],
  ["EXPORT_SYMBOL(demo_run)", false],
  ["#define demo_run(q) do { } while (0)", false],
])("whether '%s' begins a definition: %s", (text, expected) => {
  expect(definingFiles("demo_run", [{ path: "a.c", text }]).length > 0).toBe(expected);
});

test("what is hit in a function comes first, then its file, then words and arguments", () => {
  const wanted = { name: "demo_write_run", file: "a.c", hits: ["demo_queue_run"], nearby: ["other_write"] };
  expect(eventsOfFunction(wanted, KERNEL).map(({ event, why }) => [event, why])).toEqual([
    ["demo:demo_queue_run", "hit in demo_write_run() itself"],
    ["other:other_write", "hit in the same file, a.c"],
    ["demo:demo_write_folio", expect.stringContaining("words")],
  ]);
});
