// What the diff tells, as tables of kernels in the text of rule examples: one change per cause.

import { expect, test } from "@jest/globals";

import type { Change } from "../../src/diff/change.ts";
import { diff } from "../../src/diff/diff.ts";
import { parseExample } from "../../src/rules/example.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";

function changes(before: string, after: string): readonly Change[] {
  return diff(parseExample(before), parseExample(after)).changes;
}

/** Kind, subject, and the names of what it pushed elsewhere: enough to see cause and knock-on. */
function brief(change: Change): string {
  const shifted = "effect" in change ? change.effect.shifted : "shifted" in change ? change.shifted : [];
  const siblings = "siblings" in change ? change.siblings : [];
  return [
    change.kind,
    ...subjectOf(change),
    ...(shifted.length === 0 ? [] : [`moves ${shifted.map((shift) => shift.name).join(" ")}`]),
    ...(siblings.length === 0 ? [] : [`also ${siblings.join(" ")}`]),
  ].join(" ");
}

function subjectOf(change: Change): readonly string[] {
  const names = (items: readonly { readonly name: string }[]): readonly string[] => [
    items.map(({ name }) => name).join("+"),
  ];
  switch (change.kind) {
    case "field-appended":
    case "field-inserted":
      return names(change.fields);
    case "argument-appended":
    case "argument-inserted":
    case "argument-removed":
      return names(change.args);
    case "argument-nullability-changed":
      return [`${change.args.map(({ name }) => name).join(" ")} ${change.validityAfter}`];
    case "field-removed":
    case "field-condition-changed":
      return [change.field.name];
    case "argument-moved":
      return [change.arg.name];
    case "field-renamed":
    case "field-kind-changed":
    case "field-array-length-changed":
    case "field-size-changed":
    case "field-sign-changed":
    case "field-type-changed":
    case "field-moved":
    case "argument-retyped":
    case "argument-replaced":
    case "argument-renamed":
      return [`${change.before.name}->${change.after.name}`];
    default:
      return [];
  }
}

function without<T extends object, K extends keyof T>(item: T, key: K): Omit<T, K> {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== key)) as Omit<T, K>;
}

const fields = (...declarations: readonly string[]): string =>
  `event demo:demo_io\n${declarations.map((field) => `  field ${field}\n`).join("")}`;
const proto = (args: string): string => `event demo:demo_io\n  proto ${args}\n  field int err\n`;

test.each([
  [
    "an insertion folds all later shifts",
    fields("int a", "int b", "int c"),
    fields("int a", "int x", "int b", "int c"),
    ["field-inserted x moves b c"],
  ],
  [
    "an insertion into padding moves nothing",
    fields("u16 a", "u32 b"),
    fields("u16 a", "u16 x", "u32 b"),
    ["field-inserted x"],
  ],
  [
    "fields side by side are one insertion",
    fields("int a", "int b"),
    fields("int a", "int x", "int y", "int b"),
    ["field-inserted x+y moves b"],
  ],
  [
    "two insertions share the shifts between them",
    fields("int a", "int b", "int c"),
    fields("int x", "int a", "int y", "int b", "int c"),
    ["field-inserted x moves a", "field-inserted y moves b c"],
  ],
  [
    "a removal folds all later shifts",
    fields("int a", "int b", "int c"),
    fields("int b", "int c"),
    ["field-removed a moves b c"],
  ],
  [
    "removal and insertion that cancel out move only what lies between",
    fields("int a", "int b", "int c"),
    fields("int b", "int x", "int c"),
    ["field-removed a moves b", "field-inserted x"],
  ],
  [
    "a field that grows moves the later ones",
    fields("u8 a", "u8 b", "u8 c"),
    fields("u8 a", "u16 b", "u8 c"),
    ["field-size-changed b->b moves c"],
  ],
  [
    "an array that becomes a string moves the later ones",
    fields("char comm[16]", "int pid"),
    fields("__data_loc char[] comm", "int pid"),
    ["field-kind-changed comm->comm moves pid"],
  ],
  [
    "dynamic and relative are two kinds",
    fields("__data_loc char[] name"),
    fields("__rel_loc char[] name"),
    ["field-kind-changed name->name"],
  ],
  [
    "reordering is one move",
    fields("int a", "int b", "int c"),
    fields("int b", "int c", "int a"),
    ["field-moved a->a moves b c"],
  ],
  [
    "a rename pairs removed and added",
    fields("int a", "int errors", "u64 b"),
    fields("int a", "int error", "u64 b"),
    ["field-renamed errors->error"],
  ],
  [
    "page becomes folio",
    fields("int a", "struct page * page"),
    fields("int a", "struct folio * folio"),
    ["field-renamed page->folio"],
  ],
  [
    "a unit in the name is a rename",
    fields("int a", "u64 delay_ms"),
    fields("int a", "u64 delay_ns"),
    ["field-renamed delay_ms->delay_ns"],
  ],
  [
    "opposites are no rename",
    fields("int a", "u64 bytes_read"),
    fields("int a", "u64 bytes_write"),
    ["field-removed bytes_read", "field-appended bytes_write"],
  ],
  [
    "unlike names are no rename",
    fields("int a", "int flags"),
    fields("int a", "int cpu"),
    ["field-removed flags", "field-appended cpu"],
  ],
  [
    "two fields of one name are told apart",
    fields("u32 ring", "__data_loc char[] ring"),
    fields("u32 ring", "__data_loc char[] ring"),
    [],
  ],
  ["int to unsigned is a sign", fields("int a"), fields("u32 a"), ["field-sign-changed a->a"]],
  ["a typedef is noise", fields("u32 a"), fields("unsigned int a"), ["type-text-changed"]],
  ["an enum is a type", fields("u32 a"), fields("enum demo a"), ["field-type-changed a->a"]],
  [
    "a pointer to another struct is a type",
    fields("struct page * a"),
    fields("struct folio * a"),
    ["field-type-changed a->a"],
  ],
  ["qualifiers are noise", fields("const char * a"), fields("char * a"), ["type-text-changed"]],
  [
    "a longer array that fits moves the later ones",
    fields("u8 a[4]", "u8 b"),
    fields("u8 a[6]", "u8 b"),
    ["field-array-length-changed a->a moves b"],
  ],
  ["an argument appended", proto("int a, int b"), proto("int a, int b, int c"), ["argument-appended c"]],
  ["an argument inserted", proto("int a, int b"), proto("int a, int c, int b"), ["argument-inserted c moves b"]],
  ["an argument removed", proto("int a, int b, int c"), proto("int b, int c"), ["argument-removed a moves b c"]],
  ["the last argument removed", proto("int a, int b"), proto("int a"), ["argument-removed b"]],
  [
    "arguments around one that stays",
    proto("void *ctx, int rw, void *req"),
    proto("void *req, int rw"),
    ["argument-removed ctx moves req"],
  ],
  ["arguments swapped", proto("int a, int b"), proto("int b, int a"), ["argument-moved a"]],
  ["an argument of another type", proto("int error"), proto("blk_status_t error"), ["argument-retyped error->error"]],
  [
    "another value of the same type",
    proto("unsigned long gpnum"),
    proto("unsigned long seq"),
    ["argument-replaced gpnum->seq"],
  ],
  ["the same struct under another name", proto("struct rq *q"), proto("struct rq *rq"), ["argument-renamed q->rq"]],
  [
    "arguments side by side are one insertion",
    proto("int a, int b"),
    proto("int a, int c, int d, int b"),
    ["argument-inserted c+d moves b"],
  ],
  [
    "fewer arguments in the place of others replace them one by one",
    proto("struct group *g, u64 start, u64 len"),
    proto("struct group *g, struct ctl *ctl"),
    ["argument-removed len", "argument-replaced start->ctl"],
  ],
  ["spellings of one type are no retype", proto("unsigned flags, __u32 a"), proto("unsigned int flags, u32 a"), []],
  [
    "the condition of the event is no condition of its fields",
    "event demo:one\n  when CONFIG_A\n  field int a when CONFIG_A\n",
    "event demo:one\n  when CONFIG_B\n  field int a when CONFIG_B\n",
    ["event-condition-changed"],
  ],
])("%s", (_, before, after, expected) => {
  expect(changes(before, after).map(brief)).toEqual(expected);
});

test("siblings of a class change once", () => {
  const kernel = (field: string): string =>
    ["demo_b", "demo_a", "demo_c"]
      .map((name) => `event demo:${name}\n  class demo_template\n  field ${field}\n  field int err\n`)
      .join("");
  expect(changes(kernel("int pid"), kernel("u64 pid")).map(brief)).toEqual([
    "field-size-changed pid->pid moves err also demo:demo_b demo:demo_c",
  ]);
});

test("without classes, siblings are events of one system with the same fields", () => {
  const kernel = (field: string): Snapshot => {
    const text = ["a:one", "a:two", "b:three"].map((id) => `event ${id}\n  field ${field}\n`).join("");
    const snapshot = parseExample(text);
    return { ...snapshot, events: snapshot.events.map((event) => without(event, "class")) };
  };
  const { changes: found, notComparable } = diff(kernel("int pid"), kernel("u32 pid"));
  expect(found.map(brief)).toEqual(["field-sign-changed pid->pid also a:two", "field-sign-changed pid->pid"]);
  expect(notComparable).toEqual([{ fact: "class", missing: "both" }]);
});

test("a longer header is one change, whatever it moves", () => {
  const events = "event demo:one\n  field u64 cookie\nevent demo:two\n  field int pid\n  field char comm[16]\n";
  const found = changes(events, `common unsigned char common_preempt_lazy_count\n${events}`);
  expect(found.map(brief)).toEqual(["common-fields-changed"]);
});

test.each([
  ["the same", "int nr; unsigned long args[6]", []],
  ["a wider number", "unsigned long nr; unsigned long args[6]", []],
  ["a narrower number", "short nr; unsigned long args[6]", ["nr"]],
  ["moved arguments", "int nr; int pad; u64 more; unsigned long args[6]", ["args"]],
  ["fewer arguments", "int nr; unsigned long args[4]", ["args"]],
])("what programs on system calls get: %s", (_, members, lost) => {
  const found = changes("context sys_enter int nr; unsigned long args[6]", `context sys_enter ${members}`);
  const names = found.flatMap((change) =>
    change.kind === "syscall-context-changed" ? change.lost.map(({ name }) => name) : [change.kind],
  );
  expect(names).toEqual(lost);
});

test("what a configuration may have left out is no change", () => {
  const parse = (text: string, config?: string): Snapshot => {
    const snapshot = parseExample(text);
    return { ...snapshot, kernel: { ...snapshot.kernel, ...(config !== undefined && { config }) } };
  };
  const event = (name: string, when = ""): string => `event demo:${name}\n  field int a\n${when}`;
  const open = parse(
    event("kept") +
      event("gone") +
      event("driver", "  when CONFIG_DRIVER\n") +
      event("both", "  field int b when CONFIG_B\n"),
  );
  const configured = parse(event("kept") + event("both"), "0123");
  expect(diff(open, configured).changes.map(brief)).toEqual(["event-removed"]);
  expect(diff(configured, open).changes.map(brief)).toEqual(["event-added"]);
  const other = { ...open, kernel: { ...open.kernel, config: "4567" } };
  expect(diff(other, configured).changes.map(({ kind }) => kind)).toContain("field-removed");
});

test("beside a longer header, an insertion tells only its own shifts", () => {
  const before = fields("int a", "int b");
  const after = `common int common_extra\n${fields("int a", "int x", "int b")}`;
  expect(changes(before, after).map(brief)).toEqual(["common-fields-changed", "field-inserted x moves b"]);
});

test("char flips once per kernel and only by itself", () => {
  const events =
    "event demo:one\n  field char comm[16]\n  field int err\nevent demo:two\n  field __data_loc char[] name\n";
  const found = changes(`char signed\n${events}`, events.replace("int err", "u32 err"));
  expect(found).toHaveLength(2);
  expect(found[0]).toEqual({
    kind: "char-sign-flipped",
    fields: ["demo:one.comm", "demo:two.name"],
    signedAfter: false,
  });
  expect(found[1]).toMatchObject({ kind: "field-sign-changed", before: { name: "err" } });
});

test("the printed line is told with the field that changed it", () => {
  const before = 'event demo:demo_io\n  field int err\n  print "err=%d", REC->err\n';
  const after = 'event demo:demo_io\n  field int err\n  field int cpu\n  print "err=%d cpu=%d", REC->err, REC->cpu\n';
  const [change, ...rest] = changes(before, after);
  expect(rest).toEqual([]);
  expect(change).toMatchObject({ kind: "field-appended", effect: { print: { after: "err=%d cpu=%d" } } });
});

test("a renamed field in the printed arguments is no change of its own", () => {
  const kernel = (name: string): string => `event demo:demo_io\n  field int ${name}\n  print "err=%d", REC->${name}\n`;
  expect(changes(kernel("errors"), kernel("error")).map(brief)).toEqual(["field-renamed errors->error"]);
});

test("one table in many events is told once", () => {
  const kernel = (value: number): string =>
    ["one", "two"]
      .map(
        (name) =>
          `event demo:${name}\n  field int ${name}\n  field int why\n  print "%s", f(REC->why, { ${value}, "READ" })\n  symbols REC->why { ${value} "READ" }\n`,
      )
      .join("");
  expect(changes(kernel(1), kernel(2)).map(brief)).toEqual(["symbol-table-changed also demo:two"]);
});

test("a constant is not told again where the table shows it", () => {
  const kernel = (value: number): string =>
    `event demo:one\n  field int why\n  print "%s", f(REC->why, { DEMO_READ, "READ" })\n  symbols REC->why { ${value} "READ" }\nenum DEMO_READ = ${value}\n`;
  expect(changes(kernel(1), kernel(2)).map(brief)).toEqual(["symbol-table-changed"]);
});

test("a table that one side cannot resolve is compared by its labels", () => {
  const kernel = (value: string): string =>
    `event demo:one\n  field int why\n  print "%s", f(REC->why, { ${value}, "READ" })\n`;
  const [before, after] = [parseExample(kernel("DEMO_READ")), parseExample(kernel("1"))];
  const unresolved = before.events.map((event) =>
    event.print === undefined ? event : { ...event, print: without(event.print, "symbols") },
  );
  expect(diff({ ...before, events: unresolved }, after).changes).toEqual([]);
});

test("a fact that one side does not know is no change, and is said once", () => {
  const before = parseExample(`${proto("int a")}  print "x=%d", REC->err\n`);
  const text = parseExample(`${proto("int b, int c")}  print "y=%d", REC->err\n`);
  const after: Snapshot = {
    ...text,
    knows: { ...text.knows, args: false, printFormat: false, existence: false },
    tracepoints: [],
  };
  expect(diff(before, after)).toMatchObject({
    changes: [],
    notComparable: [
      { fact: "args", missing: "after" },
      { fact: "printFormat", missing: "after" },
      { fact: "existence", missing: "after" },
    ],
  });
});

test("offsets that one side lacks are not compared", () => {
  const before = parseExample(fields("int a", "int b"));
  const after = parseExample(fields("int x", "int a", "int b"));
  const bare = {
    ...after,
    events: after.events.map((event) => ({ ...event, fields: event.fields.map((field) => without(field, "offset")) })),
  };
  expect(diff(before, bare).changes.map(brief)).toEqual(["field-inserted x"]);
});

test("of tracepoints that differ between modules the one is compared that the other kernel has, too", () => {
  const before = parseExample("event gpu:underrun\n  proto struct i915 *dev\n");
  const after = parseExample("event gpu:underrun\n  proto struct xe *dev\n");
  const both = { ...before, tracepoints: [...before.tracepoints, ...after.tracepoints] };
  expect(diff(before, after).changes.map(brief)).toEqual(["argument-retyped dev->dev"]);
  expect(diff(before, both).changes).toEqual([]);
  expect(diff(both, after).changes).toEqual([]);
});

test("conditions are compared only where both kernels are read alike", () => {
  const before = parseExample("event demo:one\n  field int a\n");
  const after = parseExample("event demo:one\n  when CONFIG_DEMO\n  field int a\n");
  const configured: Snapshot = { ...before, kernel: { ...before.kernel, config: "abc" } };
  expect(diff(before, after).changes.map(brief)).toEqual(["event-condition-changed"]);
  expect(diff(configured, after)).toMatchObject({
    changes: [],
    notComparable: [{ fact: "conditions", missing: "before" }],
  });
});

test("a constant that a table shows under another label too is not told a second time", () => {
  const kernel = (value: number, label: string): string =>
    `event demo:one\n  field int why\n  print "%s", f(REC->why, { ${value}, "${label}" })\n  symbols REC->why { ${value} "${label}" }\nenum DEMO_PUT = ${value}\n`;
  expect(changes(kernel(9, "PUT kern"), kernel(15, "PUT kernel")).map(({ kind }) => kind)).toEqual([
    "symbol-table-changed",
  ]);
});

const call = (...args: readonly string[]): string =>
  `event syscalls:sys_enter_demo\n  field int __syscall_nr\n${args.map((field) => `  field ${field}\n`).join("")}`;

test.each([
  ["removed in front", ["int fd", "u64 size"], ["u64 size"], { gone: ["fd"], displaced: ["size"] }],
  ["removed at the end", ["int fd", "u64 size"], ["int fd"], { gone: ["size"] }],
  ["appended", ["int fd"], ["int fd", "u64 size"], { come: ["size"] }],
  ["swapped", ["int fd", "u64 size"], ["u64 size", "int fd"], { displaced: ["fd", "size"] }],
  ["of another type", ["int * id"], ["u64 * id"], { retyped: ["id"] }],
] as const)("an argument of a system call %s is told by position", (_, before, after, expected) => {
  const found = changes(call(...before), call(...after));
  expect(found).toHaveLength(1);
  const [change] = found;
  const names = (items: readonly { readonly name: string }[]): readonly string[] => items.map(({ name }) => name);
  expect(
    change?.kind === "syscall-arguments-changed" && {
      gone: names(change.gone),
      come: names(change.come),
      displaced: names(change.displaced),
      retyped: names(change.retyped),
    },
  ).toEqual({ gone: [], come: [], displaced: [], retyped: [], ...expected });
});

test("arguments of many events that may be NULL now are one change", () => {
  const kernel = (count: number, name: string): string =>
    Array.from({ length: count }, (_, index) => `event demo:demo_${index}\n  proto struct sock *${name}\n`).join("");
  const [change, ...more] = changes(kernel(5, "sk"), kernel(5, "sk__nullable"));
  expect(more).toEqual([]);
  expect(change).toMatchObject({
    kind: "argument-nullability-changed",
    event: { id: "*:*" },
    siblings: ["demo:demo_0", "demo:demo_1", "demo:demo_2", "demo:demo_3", "demo:demo_4"],
  });
  expect(changes(kernel(4, "sk"), kernel(4, "sk__nullable"))).toHaveLength(4);
});

test.each([
  ["skb", "skb__error", "error"],
  ["skb__nullable", "skb__error", "error"],
  ["skb__error", "skb__nullable", "null"],
  ["skb__error", "skb", "valid"],
])("'%s' that becomes '%s' changes what the argument may be", (before, after, expected) => {
  const found = changes(proto(`struct sk_buff *${before}`), proto(`struct sk_buff *${after}`));
  expect(found.map(brief)).toEqual([`argument-nullability-changed skb ${expected}`]);
});

test("what may be an error code now is not told together with what may be NULL now", () => {
  const kernel = (mark: string): string =>
    Array.from({ length: 10 }, (_, i) => `event demo:demo_${i}\n  proto struct sock *sk${i % 2 ? mark : ""}\n`).join(
      "",
    );
  const both = kernel("__error").replace(/sk$/gm, "sk__nullable");
  expect(changes(kernel(""), both).map(brief)).toEqual([
    `argument-nullability-changed ${"sk ".repeat(5)}null also ${[0, 2, 4, 6, 8].map((i) => `demo:demo_${i}`).join(" ")}`,
    `argument-nullability-changed ${"sk ".repeat(5)}error also ${[1, 3, 5, 7, 9].map((i) => `demo:demo_${i}`).join(" ")}`,
  ]);
});

test("one table that names the values of two fields is one change", () => {
  const kernel = (value: number): string =>
    ["flags", "mask"]
      .map(
        (field) =>
          `event demo:demo_${field}\n  field u32 ${field}\n  print "%s", __print_symbolic(REC->${field}, { ${value}, "ATOMIC" })\n` +
          `  symbols REC->${field} { ${value} "ATOMIC" }\n`,
      )
      .join("");
  expect(changes(kernel(1), kernel(2)).map(brief)).toEqual(["symbol-table-changed also demo:demo_mask"]);
});

test("an argument marked as nullable keeps its name, and one that is not marked is valid", () => {
  const kernel = (name: string, origin: Snapshot["kernel"]["origin"] = ["source"]): Snapshot => {
    const snapshot = parseExample(proto("struct sk_buff *skb"));
    return {
      ...snapshot,
      kernel: { ...snapshot.kernel, origin },
      tracepoints: snapshot.tracepoints.map((tracepoint) => ({
        ...tracepoint,
        args: [{ name, type: "struct sk_buff *" }],
      })),
    };
  };
  expect(diff(kernel("skb"), kernel("skb__nullable")).changes.map(brief)).toEqual([
    "argument-nullability-changed skb null",
  ]);
  expect(diff(kernel("skb", ["btf"]), kernel("skb__nullable")).changes).toEqual([]);
});
