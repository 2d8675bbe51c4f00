// The pipeline of `tpabi suggest`: what the name means, what is known of it elsewhere, and what in the kernel is near to it.

import { listBaselines } from "../baselines/store.ts";
import { tracepointName } from "../diff/tracepoints.ts";
import { grepWord, showFile, type Tree } from "../git/grep.ts";
import { eventId, type Snapshot, type TraceEvent } from "../snapshot/model.ts";
import type { ReadOptions } from "../sources/reader.ts";
import { readSnapshot } from "../sources/source.ts";
import { definingFiles, readFunction } from "./function-source.ts";
import { eventsOfFunction, type KernelFunction, nearestEvents, type Suggestion } from "./suggest.ts";
import type { Target } from "./use.ts";

/** Files in which the definition of a function is looked for; static functions may share a name. */
const MAX_FILES = 4;

export interface Suggestions {
  /** What was asked for. */
  readonly name: string;
  /**
   * `event`: it is there. `missing-event`: the kernel has no such event, and another one has, or the name says that it is
   * one. `function`: anything else.
   */
  readonly meant: "event" | "missing-event" | "function";
  /** The kernel that was looked at. */
  readonly kernel: string;
  /** The newest shipped kernel that has the missing event. */
  readonly knownFrom?: string;
  /** Where the function is defined. */
  readonly file?: string;
  /** Nearest first. */
  readonly suggestions: readonly Suggestion[];
}

/** Suggests events of a kernel; a tree of source lets functions be looked up. */
export async function suggest(
  name: string,
  kernel: string,
  tree: Tree | undefined,
  options: ReadOptions = {},
): Promise<Suggestions> {
  const snapshot = await readSnapshot(kernel, options);
  const target = parseTarget(name);
  const there = snapshot.events.filter((event) => isMeant(event, target));
  if (there.length > 0) {
    const suggestions = there.map((event) => ({ event: eventId(event), likeness: 1, why: "this very event" }));
    return { name, meant: "event", kernel, suggestions };
  }
  const known = await findElsewhere(target, options);
  if (known !== undefined || target.system !== undefined) {
    const missing = { target, ...(known === undefined ? {} : { known: known.event }) };
    const from = known === undefined ? {} : { knownFrom: known.kernel };
    return { name, meant: "missing-event", kernel, ...from, suggestions: nearestEvents(missing, snapshot) };
  }
  const wanted = await lookUp(name, tree);
  const file = wanted.file === undefined ? {} : { file: wanted.file };
  return { name, meant: "function", kernel, ...file, suggestions: eventsOfFunction(wanted, snapshot) };
}

function parseTarget(name: string): Target {
  const [system = "", event] = name.split(":");
  return event === undefined ? { name: system } : { system, name: event };
}

function isMeant(event: TraceEvent, { system, name }: Target): boolean {
  return system === undefined
    ? event.name === name || tracepointName(event) === name
    : event.system === system && event.name === name;
}

/** The event in the newest shipped kernel that has it. */
async function findElsewhere(
  target: Target,
  options: ReadOptions,
): Promise<{ readonly kernel: string; readonly event: TraceEvent } | undefined> {
  const shipped = (await listBaselines(options.baselines)).filter(({ arch }) => arch === (options.arch ?? "x86_64"));
  for (const { version } of shipped.toReversed()) {
    const snapshot: Snapshot = await readSnapshot(`baseline:${version}`, options);
    const event = snapshot.events.find((one) => isMeant(one, target));
    if (event !== undefined) return { kernel: `v${version}`, event };
  }
  return undefined;
}

async function lookUp(name: string, tree: Tree | undefined): Promise<KernelFunction> {
  if (tree === undefined) return { name };
  const files = definingFiles(name, await grepWord(tree, name));
  for (const file of files.slice(0, MAX_FILES)) {
    const found = readFunction(name, file, await showFile(tree, file));
    if (found !== undefined) return found;
  }
  return { name };
}
