// The life of one event from the data of its subsystem. Plain data for the event page.
// Invariant: a kernel in which nothing is known to have happened has no findings, not an empty guess.

import { HARD_OUTCOMES, type Level, LEVELS } from "../../rules/finding.ts";
import type { Core, SiteFinding, SystemData } from "../data.ts";
import { decodeReleases } from "../releases.ts";

export interface LifeCell {
  /** Place of the kernel. */
  readonly kernel: number;
  readonly isThere: boolean;
  /** Of the worst finding since the kernel before. */
  readonly level?: Level;
  /** Worst first. */
  readonly findings: readonly SiteFinding[];
}

/** One cell for each kernel; `everywhere` are findings about every event. */
export function lifeOf(
  { kernels }: Pick<Core, "kernels">,
  data: SystemData,
  name: string,
  everywhere: readonly SiteFinding[] = [],
): readonly LifeCell[] {
  const there = placesOf(data, name);
  // Constants and noise are told once for all events, but concern few of them.
  const common = everywhere.filter(({ rule, kernel }) => rule === "common-fields-changed" && there.has(kernel));
  const findings = [...common, ...findingsOf(data, name)];
  return kernels.map((_, kernel) => {
    const own = findings.filter((finding) => finding.kernel === kernel);
    const level = LEVELS.find((one) => own.some((finding) => finding.level === one));
    return { kernel, isThere: there.has(kernel), findings: own, ...(level && { level }) };
  });
}

/** Kernels on the way to the newest in which something failed or read wrong data: the figure of `tpabi maturity`. */
export function brokenIn({ kernels }: Pick<Core, "kernels">, life: readonly LifeCell[]): number {
  let broken = 0;
  for (let place: number | undefined = kernels.length - 1; place !== undefined; place = kernels[place]?.previous) {
    if (life[place]?.findings.some(isHard)) broken++;
  }
  return broken;
}

function isHard({ contracts }: SiteFinding): boolean {
  return Object.values(contracts).some((outcome) => HARD_OUTCOMES.has(outcome));
}

/** Kernels that have an event, or a tracepoint without one. */
export function placesOf({ events, tracepoints }: SystemData, name: string): ReadonlySet<number> {
  const bare = tracepoints.filter((tracepoint) => tracepoint.bare === true);
  return new Set(
    [...events, ...bare].filter((version) => version.name === name).flatMap(({ on }) => [...decodeReleases(on)]),
  );
}

/** Findings about an event, also under the name that it had before. */
export function findingsOf({ system, findings }: SystemData, name: string): readonly SiteFinding[] {
  const id = `${system}:${name}`;
  return findings.filter((finding) => finding.events.includes(id) || renamedFrom(finding) === id);
}

/** The id that an event had before, for findings about a new name. */
export function renamedFrom({ rule, before }: SiteFinding): string | undefined {
  return rule === "event-renamed" || rule === "event-moved" ? before : undefined;
}
