// Takes from a walk over all kernels what the site keeps of each, while somebody else counts the same steps.
// Invariant: no snapshot outlives its step.

import { tracepointName } from "../diff/tracepoints.ts";
import { systemOf } from "../snapshot/model.ts";
import type { Step } from "../history/walk.ts";
import { classify } from "../rules/classify.ts";
import { knownConsumers } from "../rules/consumers.ts";
import type { Finding } from "../rules/finding.ts";
import { CONTRACTS } from "../rules/finding.ts";
import type { EventClass, Field, Snapshot } from "../snapshot/model.ts";
import type { KernelFacts, SiteFinding } from "./data.ts";
import { encodeReleases } from "./releases.ts";
import { createPool, createSystem, type SystemBuilder } from "./system-data.ts";

/** What findings about every event are about. */
const EVERY_EVENT = "*:*";

/** Where tracepoints stand that no event belongs to. */
const NO_SYSTEM = "-";

/** The problem of a source tree that is not whole. */
const LACKING = "missing-directory";

export interface Collection {
  readonly systems: ReadonlyMap<string, SystemBuilder>;
  /** Findings that name known users, with their places in the tools. */
  readonly hits: readonly Hit[];
  readonly facts: () => KernelFacts;
  /** For each kernel, what its source lacks. */
  readonly incomplete: readonly (readonly string[])[];
  /** Passes the steps on, and takes what is needed of them. */
  readonly watch: (steps: AsyncIterable<Step>) => AsyncGenerator<Step, void, void>;
}

/** A finding of the step to a kernel. */
export interface Hit {
  readonly kernel: number;
  readonly finding: Finding;
}

export function createCollection(): Collection {
  const systems = new Map<string, SystemBuilder>();
  const hits: Hit[] = [];
  const headers = createPool<readonly Field[]>();
  const contexts = createPool<readonly EventClass[]>();
  const kernels: KernelFacts["kernels"][number][] = [];
  const enums = new Map<string, { readonly name: string; readonly value: number; readonly on: number[] }>();
  const everywhere: SiteFinding[] = [];
  const incomplete: (readonly string[])[] = [];

  const systemNamed = (name: string): SystemBuilder => {
    const system = systems.get(name) ?? createSystem(name);
    systems.set(name, system);
    return system;
  };
  const addKernel = (snapshot: Snapshot, place: number): void => {
    const context = snapshot.contexts && contexts.add(snapshot.contexts);
    kernels.push({
      kernel: snapshot.kernel,
      knows: snapshot.knows,
      header: headers.add(snapshot.commonFields),
      ...(context !== undefined && { context }),
    });
    incomplete.push(snapshot.problems.filter(({ code }) => code === LACKING).map(({ message }) => message));
    const owners = new Map<string, string>();
    for (const event of snapshot.events) {
      systemNamed(event.system).addEvent(event, place);
      if (!owners.has(tracepointName(event))) owners.set(tracepointName(event), event.system);
    }
    for (const tracepoint of snapshot.tracepoints) {
      systemNamed(owners.get(tracepoint.name) ?? NO_SYSTEM).addTracepoint(tracepoint, place);
    }
    for (const [name, value] of Object.entries(snapshot.enums)) {
      const key = `${name} ${value}`;
      const known = enums.get(key) ?? { name, value, on: [] };
      known.on.push(place);
      enums.set(key, known);
    }
  };
  const addFinding = (finding: Finding, place: number): void => {
    const kept = keep(finding, place);
    if (finding.event === EVERY_EVENT) everywhere.push(kept);
    // An event that went by another name has its end told on the old page, too.
    const concerned = [...kept.events, ...(isRename(finding) ? [finding.before ?? ""] : [])];
    for (const system of new Set(concerned.map(systemOf)))
      if (finding.event !== EVERY_EVENT) systemNamed(system).addFinding(kept);
    if (finding.consumers.length > 0) hits.push({ kernel: place, finding });
  };
  return {
    systems,
    hits,
    incomplete,
    facts: () => ({
      kernels,
      headers: headers.items,
      contexts: contexts.items,
      enums: [...enums.values()].map(({ name, value, on }) => [name, value, encodeReleases(on)]),
      findings: everywhere,
    }),
    watch: async function* watch(steps) {
      for await (const step of steps) {
        const place = kernels.length;
        addKernel(step.after, place);
        const consumers = knownConsumers(step.before?.kernel.version);
        for (const finding of classify(step.changes, { consumers })) addFinding(finding, place);
        yield step;
      }
    },
  };
}

/** Whether `before` is the id that the event had. */
export function isRename({ rule }: Pick<Finding, "rule">): boolean {
  return rule === "event-renamed" || rule === "event-moved";
}

function keep(finding: Finding, kernel: number): SiteFinding {
  const {
    rule,
    event,
    siblings = [],
    subject,
    level,
    likelihood,
    contracts,
    readers,
    before,
    after,
    message,
  } = finding;
  const users = [...new Set(finding.consumers.map(({ tool }) => tool))];
  return {
    kernel,
    rule,
    events: [event, ...siblings],
    ...(subject !== undefined && { subject }),
    level,
    likelihood,
    contracts: Object.fromEntries(
      CONTRACTS.filter((contract) => contracts[contract] !== "none").map((contract) => [contract, contracts[contract]]),
    ),
    ...(readers && { readers }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    message,
    ...(users.length > 0 && { users }),
  };
}
