// What is said of one dependency beside its cells: how it fails, since when, and what to write instead.
// Invariant: nothing is said twice of one program.

import type { Break, DependencyReport, ProgramReport } from "../../audit/audit-report.ts";
import { describeRange } from "./columns.ts";

export interface Detail {
  readonly label: string;
  readonly text: string;
  /** Lines of code that belong to it. */
  readonly code?: string;
}

/** For each dependency, how it fails, since when, and what to write instead; a suggestion is made once for a program. */
export function detailsOf(program: ProgramReport): readonly Details[] {
  const suggested = new Set<string>();
  const told = new Set<string>();
  return program.dependencies.map((dependency) => {
    if (isSaidOfEvent(dependency, program.dependencies)) return { hows: [], reasons: [] };
    const instead = dependency.instead.filter(({ text, code = "" }) => {
      const isNew = !suggested.has(text + code);
      suggested.add(text + code);
      return isNew;
    });
    return {
      hows: howsOf(dependency).filter(({ label, text }) => told.size < told.add(`${label} ${text}`).size),
      reasons: [
        ...dependency.breaks.flatMap(describeBreak),
        ...instead.map(({ text, code }) => ({ label: "instead", text, ...(code === undefined ? {} : { code }) })),
      ],
    };
  });
}

/** What is said of one dependency; tables leave out `hows` where they have them in their lines. */
export interface Details {
  readonly hows: readonly Detail[];
  readonly reasons: readonly Detail[];
}

function howsOf({ verdicts }: DependencyReport): readonly Detail[] {
  const hows = new Map<string, string[]>();
  for (const { status, how, kernels } of verdicts) {
    if (status === "holds" || how === undefined) continue;
    hows.set(how, [...(hows.get(how) ?? []), describeRange(kernels)]);
  }
  return [...hows].map(([how, ranges]) => ({ label: ranges.join(", "), text: how }));
}

/** A field of an event that is absent has nothing of its own to tell. */
function isSaidOfEvent(dependency: DependencyReport, all: readonly DependencyReport[]): boolean {
  const { event, subject, attach, verdicts } = dependency;
  if (subject === undefined || verdicts.some(({ status }) => status === "breaks" || status === "unknown")) return false;
  return all.some((one) => one.subject === undefined && one.event === event && one.attach === attach);
}

function describeBreak({ first, changes }: Break): readonly Detail[] {
  const since = first.map(({ from }) => from).join(", ");
  return changes.map(({ rule, event, message, location }) => ({
    label: `since ${since}`,
    text: `${event}: ${message} [${rule}]${location === undefined ? "" : `, ${location.file}:${location.line}`}`,
  }));
}
