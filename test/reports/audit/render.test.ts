import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";
import { Ajv } from "ajv";

import type { AuditReport } from "../../../src/audit/audit-report.ts";
import { findBreaks } from "../../../src/audit/causes.ts";
import { AUDIT_FAIL_ON, failsAudit } from "../../../src/audit/fail-on.ts";
import { insteadOf } from "../../../src/audit/instead.ts";
import { viewOf, wantedBy } from "../../../src/audit/kernel-view.ts";
import { createRows, groupByProgram } from "../../../src/audit/matrix.ts";
import type { Use } from "../../../src/audit/use.ts";
import { columnsOf } from "../../../src/reports/audit/columns.ts";
import { AUDIT_FORMATS } from "../../../src/reports/audit/formats.ts";
import { AUDIT_RENDERERS } from "../../../src/reports/audit/render.ts";
import { parseExample } from "../../../src/rules/example.ts";
import type { Snapshot } from "../../../src/snapshot/model.ts";

const OLD = `
event demo:demo_issue
  proto struct request_queue *q, struct request *rq
  field dev_t dev
`;
const NEW = `
event demo:demo_issue
  proto struct request *rq
  field dev_t dev
  field char comm[16]
`;

const KERNELS = new Map<string, string>([
  ["v5.10.1", OLD],
  ["v5.10.9", NEW],
  ["v5.15.1", OLD],
  ["v5.15.7", NEW],
  ["v6.1", NEW],
]);

const EVENT: Use = {
  reader: "bpf-c",
  file: "a.bpf.c",
  line: 4,
  program: "on_issue",
  attach: "raw_tp",
  contract: "existence",
  target: { name: "demo_issue" },
};
const USES: readonly Use[] = [
  EVENT,
  { ...EVENT, contract: "args", subject: { is: "argument", index: 1, type: "struct request *", name: "rq" } },
  {
    ...EVENT,
    file: "<b>&`|.bt",
    line: 7,
    program: "tracepoint:demo:demo_issue\u001b[31m",
    attach: "tp",
    contract: "fields",
    target: { system: "demo", name: "demo_issue" },
    subject: { is: "field", name: "comm", as: "string" },
    guards: [{ kind: "version", text: "LINUX_VERSION_CODE >= KERNEL_VERSION(5, 10, 0)", line: 6, range: ">=5.10" }],
  },
];

function snapshotOf(name: string): Snapshot {
  const snapshot = parseExample(KERNELS.get(name) ?? "");
  return { ...snapshot, kernel: { ...snapshot.kernel, version: name.slice(1) } };
}

/** An audit without files: what the pipeline makes of uses and kernels. */
async function report(uses: readonly Use[]): Promise<AuditReport> {
  const names = [...KERNELS.keys()];
  const views = names.map((name) => viewOf(name, snapshotOf(name), wantedBy(uses)));
  const rows = createRows(uses, views);
  const breaks = await findBreaks(rows, views, async (name) => snapshotOf(name));
  return {
    schemaVersion: 1,
    kernels: names.map((name) => ({ name, version: name.slice(1), arch: "x86_64", problems: 0 })),
    summary: {
      files: 2,
      programs: 2,
      dependencies: rows.length,
      statuses: { breaks: 2, absent: 0, unknown: 0, guarded: 0, holds: 3 },
      silent: 0,
      readers: [{ reader: "bpf-c", uses: 3, notUnderstood: 1 }],
    },
    programs: groupByProgram(rows, names, (row) => ({ breaks: breaks.get(row) ?? [], instead: insteadOf(row, []) })),
    notUnderstood: [{ reader: "bpf-c", file: "c.c", line: 9, text: "SEC(NAME)", reason: "the name is no literal" }],
  };
}

const OPTIONS = { color: false, width: 80, all: false };

test("where it broke is the first kernel of each branch, with the change that did it", async () => {
  const [program] = (await report(USES)).programs;
  expect(program?.dependencies[1]?.breaks).toEqual([
    {
      first: [
        { after: "v5.10.1", from: "v5.10.9" },
        { after: "v5.15.1", from: "v5.15.7" },
        { after: "v5.15.1", from: "v6.1" },
      ],
      changes: [expect.objectContaining({ rule: "argument-removed", event: "demo:demo_issue" })],
    },
  ]);
});

test("kernels side by side that are equal are one column", async () => {
  const whole = await report(USES);
  const [program] = whole.programs;
  expect(program && columnsOf(program, whole).map(({ kernels }) => kernels)).toEqual([
    ["v5.10.1"],
    ["v5.10.9"],
    ["v5.15.1"],
    ["v5.15.7", "v6.1"],
  ]);
});

test.each([80, 40])("the terminal of %d columns has every program, and escapes what it shows", async (width) => {
  const text = AUDIT_RENDERERS.terminal(await report(USES), { ...OPTIONS, width });
  expect(text).toMatchSnapshot();
  expect(text).not.toContain("\u001b");
});

test("Markdown keeps text text", async () => {
  expect(AUDIT_RENDERERS.markdown(await report(USES), OPTIONS)).toMatchSnapshot();
});

test("HTML escapes names, and needs no script", async () => {
  const html = AUDIT_RENDERERS.html(await report(USES), OPTIONS);
  expect(html).toContain("&lt;b&gt;&amp;");
  expect(html).not.toMatch(/<script|<b>&/);
  expect(html).not.toContain("\u001b");
  expect(html).toContain('<td class="attach">attach</td>');
});

test("JSON is as its schema says", async () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../../docs/audit.schema.json", import.meta.url), "utf8"),
  ) as object;
  const validate = new Ajv({ strictTypes: false }).compile(schema);
  const json = JSON.parse(AUDIT_RENDERERS.json(await report(USES), OPTIONS)) as { programs: object[] };
  expect([validate(json), validate.errors]).toEqual([true, null]);
  json.programs.push({ file: "x" });
  expect(validate(json)).toBe(false);
});

test.each(AUDIT_FORMATS)("a tool without uses is said to have none, as %s", async (format) => {
  const empty = { ...(await report([])), notUnderstood: [] };
  const summary = { ...empty.summary, programs: 0, dependencies: 0 };
  expect(AUDIT_RENDERERS[format]({ ...empty, summary }, OPTIONS)).toMatch(/nothing here relies|"dependencies": 0/);
});

test("an audit fails from its threshold on", async () => {
  const broken = await report(USES);
  const statuses = { ...broken.summary.statuses, breaks: 0, absent: 1 };
  const absent = { ...broken, summary: { ...broken.summary, statuses } };
  expect(AUDIT_FAIL_ON.map((failOn) => failsAudit(broken, failOn))).toEqual([false, true, true, true, false]);
  expect(AUDIT_FAIL_ON.map((failOn) => failsAudit(absent, failOn))).toEqual([false, false, true, true, false]);
});
