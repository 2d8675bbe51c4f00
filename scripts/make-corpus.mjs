// Cuts the facts that `npm run evaluate` needs out of whole kernels: of each case of the corpus its event, before and after,
// with all that the findings on it depend on. `node scripts/make-corpus.mjs --cases FILE --repo DIR` writes test/corpus.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { compareSnapshots, eventId, readSnapshot } from "../dist/index.js";
import { run } from "./debian.mjs";
import { contractOf, findingsOn, readerOf } from "./score.mjs";

const FOLDER = new URL("../test/corpus/", import.meta.url);
const { values } = parseArgs({ options: { cases: { type: "string" }, repo: { type: "string" } } });
if (values.cases === undefined || values.repo === undefined) {
  console.error("error: give the cases and the repository of kernels");
  console.error("help: node scripts/make-corpus.mjs --cases FILE --repo DIR");
  process.exit(2);
}

const tags = run("git", ["-C", values.repo, "tag", "--sort=version:refname"]).split("\n");
const reads = JSON.parse(readFileSync(new URL("reads.json", FOLDER), "utf8"));
const snapshots = new Map();
const comparisons = new Map();
const lines = [];
for (const line of readFileSync(values.cases, "utf8").trim().split("\n")) {
  const one = JSON.parse(line);
  const contract = contractOf(one.surface, one.consumer_class);
  // What no comparison of declarations can see, and what no pair of releases brackets, is not scored.
  if (contract === undefined || !one.snapshot_before || !one.snapshot_after) continue;
  const versions = [one.snapshot_before, one.snapshot_after];
  lines.push(await excerpt(one, contract, one.direction === "backward" ? versions.toReversed() : versions));
}
writeFileSync(new URL("cases.jsonl", FOLDER), lines.join(""));
console.log(`${lines.length} cases written to ${fileURLToPath(FOLDER)}`);

async function excerpt(one, contract, [from, to]) {
  const [before, after] = [await kernel(from), await kernel(to)];
  const findings = findingsOn(one.event, await comparison(from, to));
  const named = new Set([
    one.event,
    ...findings.flatMap(({ event, siblings, before: was }) => [event, ...(siblings ?? []), was]),
  ]);
  // A diff asks for the other events of a class, too; of what concerns all events one system is enough.
  const isNamed = (event) => named.has(eventId(event)) || (one.event === "*:*" && event.system === "sched");
  const classes = new Set([...before.events, ...after.events].filter(isNamed).map((event) => event.class));
  const cut = (snapshot) => {
    const events = snapshot.events.filter((event) => isNamed(event) || classes.has(event.class));
    const tracepoints = new Set(events.map((event) => event.tracepoint ?? event.name));
    return {
      ...snapshot,
      kernel: { version: snapshot.kernel.version, arch: snapshot.kernel.arch, origin: snapshot.kernel.origin },
      events: events.map((event) => ({ ...event, fields: event.fields.map(({ location: _, ...field }) => field) })),
      tracepoints: snapshot.tracepoints.filter(({ name }) => tracepoints.has(name)),
      enums: {},
      problems: [],
    };
  };
  const facts = {
    id: one.id,
    event: one.event,
    contract,
    ...readerOf(one.consumer_class),
    consumer: one.consumer_class,
    breaks: one.broke,
    ...(reads[one.id] === undefined ? {} : { reads: reads[one.id] }),
    before: cut(before),
    after: cut(after),
  };
  const same = describe(findingsOn(one.event, compareSnapshots(facts.before, facts.after).findings), contract);
  if (describe(findings, contract) !== same)
    console.error(`${one.id}: the excerpt says otherwise\n${describe(findings, contract)}\n-> ${same}`);
  return `${JSON.stringify(facts)}\n`;
}

/** What the findings on a case's event come to, for the excerpt to reproduce. What concerns other events, too, is left out. */
function describe(findings, contract) {
  return findings
    .filter(({ rule }) => !rule.startsWith("enum-") && rule !== "type-text-changed")
    .map(({ rule, subject, contracts, level }) => `${rule} ${subject} ${contracts[contract]} ${level}`)
    .sort()
    .join(", ");
}

async function kernel(version) {
  const series = version.replace(/^(\d+\.\d+)\.0$/, "$1");
  const tag =
    [`v${version}`, `v${series}`].find((name) => tags.includes(name)) ??
    tags.findLast((name) => name.startsWith(`v${series}-`));
  if (tag === undefined) throw new Error(`no kernel ${version} in the repository`);
  if (!snapshots.has(tag)) snapshots.set(tag, readSnapshot(`git:${tag}`, { repo: values.repo }));
  return snapshots.get(tag);
}

async function comparison(from, to) {
  const key = `${from} ${to}`;
  if (!comparisons.has(key)) comparisons.set(key, compareSnapshots(await kernel(from), await kernel(to)).findings);
  return comparisons.get(key);
}
