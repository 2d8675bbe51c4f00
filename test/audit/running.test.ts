// Holds the audit against this machine: real tools and single probes run for a second, and what becomes of them must be what
// the audit says of the running kernel. Needs root, BPF and bpftrace; bcc's tools need kernel headers besides.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { auditScan } from "../../src/audit/audit.ts";
import type { AuditReport } from "../../src/audit/audit-report.ts";
import { scan } from "../../src/audit/scan.ts";
import { eventId, type Snapshot } from "../../src/snapshot/model.ts";
import { readSnapshot } from "../../src/sources/source.ts";
import { findHeaders, installed, type Run, runBcc, runBpftrace, whyNot } from "./tools.ts";

/** What the audit may get wrong. */
const LEAST_AGREEMENT = 0.95;
/** Single probes of each kind. */
const PROBES = 24;

const missing = whyNot();
if (missing !== undefined) console.log(`skipped the audit of real tools: ${missing}`);
const onThisMachine = missing === undefined ? describe : describe.skip;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

onThisMachine("what the audit says of the running kernel happens", () => {
  test("to bpftrace scripts", async () => {
    const scripts = installed(/\.bt$/);
    if (scripts.length === 0) return console.log("skipped bpftrace scripts: none in /usr/sbin");
    expect(await disagreement(scripts, runBpftrace)).toBeLessThanOrEqual(1 - LEAST_AGREEMENT);
  }, 240_000);

  test("to tools of bcc", async () => {
    const headers = findHeaders();
    const tools = installed(/-bpfcc$/).filter((tool) => scan([tool]).uses.length > 0);
    if (headers === undefined) return console.log("skipped tools of bcc: no kernel headers in /usr/src");
    if (tools.length === 0) return console.log("skipped tools of bcc: none in /usr/sbin");
    const share = await disagreement(tools, (tool) => runBcc(tool, headers));
    expect(share).toBeLessThanOrEqual(1 - LEAST_AGREEMENT);
  }, 1_200_000);

  test("to single probes of fields that were in older kernels, and are or are not in this one", async () => {
    expect(await disagreement(await writeProbes(), runBpftrace)).toBeLessThanOrEqual(1 - LEAST_AGREEMENT);
  }, 240_000);
});

/** Runs tools two at a time, and compares what happened with what was said: the share that is wrong, 1 if none ran. */
async function disagreement(tools: readonly string[], run: (tool: string) => Promise<Run>): Promise<number> {
  const predictions = await predict(tools);
  const queue = [...tools];
  const compared: { readonly tool: string; readonly agrees: boolean; readonly told: string }[] = [];
  const others: string[] = [];
  const work = async (): Promise<void> => {
    for (let tool = queue.shift(); tool !== undefined; tool = queue.shift()) {
      const { result, said } = await run(tool);
      const predicted = predictions.get(tool) ?? [];
      if (result === "other") others.push(`${basename(tool)}: ${said}`);
      else {
        const agrees = (result === "refused") === predicted.length > 0;
        compared.push({ tool, agrees, told: `${basename(tool)}: ${result} (${said}); said: ${predicted.join("; ")}` });
      }
    }
  };
  await Promise.all([work(), work()]);
  const wrong = compared.filter(({ agrees }) => !agrees).map(({ told }) => told);
  console.log(
    [
      `${compared.length - wrong.length} of ${compared.length} as the audit says; not comparable: ${others.length}`,
      ...wrong.map((told) => `wrong: ${told}`),
      ...others.map((told) => `fails for another reason: ${told}`),
    ].join("\n"),
  );
  return compared.length === 0 ? 1 : wrong.length / compared.length;
}

/** For each tool, what the audit says that it meets loudly on this machine. */
async function predict(tools: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const report = await auditScan(scan(tools), { kernels: ["running"] }, {});
  return new Map(tools.map((tool) => [tool, refusals(report, tool)]));
}

function refusals({ programs }: AuditReport, tool: string): readonly string[] {
  return programs
    .filter(({ file }) => file === tool)
    .flatMap(({ dependencies }) => dependencies)
    .flatMap(({ event, what, verdicts }) =>
      verdicts
        .filter(({ status, outcome }) => status === "absent" || (status === "breaks" && outcome !== "silent"))
        .map(({ how }) => `${event} ${what}: ${how}`),
    );
}

/** Scripts with one probe each: of events and fields of the oldest shipped kernel, some of which this one has. */
async function writeProbes(): Promise<readonly string[]> {
  const [before, running] = [await readSnapshot("6.1.192"), await readSnapshot("running")];
  const now = new Set(running.events.flatMap(probesOf));
  const then = before.events.filter(({ system }) => system !== "ftrace").flatMap(probesOf);
  const inSystems = new Set(running.events.map(({ system }) => system));
  const known = then.filter((probe) => inSystems.has(probe.split(":")[1] ?? ""));
  const kept = everyNth(
    known.filter((probe) => now.has(probe)),
    PROBES,
  );
  const gone = everyNth(
    known.filter((probe) => !now.has(probe)),
    PROBES,
  );
  return [...kept, ...gone].map((probe, index) => {
    const path = join(directory, `${index < kept.length ? "kept" : "gone"}-${index}.bt`);
    writeFileSync(path, `${probe}\n`);
    return path;
  });
}

/** One probe for each number that an event has: what bpftrace prints of any other type depends on its version. */
function probesOf(event: Snapshot["events"][number]): readonly string[] {
  return event.fields
    .filter(({ kind, type }) => kind === "scalar" && !/struct|union/.test(type))
    .map(({ name }) => `tracepoint:${eventId(event)} { @ = args->${name}; }`);
}

function everyNth(items: readonly string[], count: number): readonly string[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return items.filter((_, index) => index % step === 0).slice(0, count);
}
