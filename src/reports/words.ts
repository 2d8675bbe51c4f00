// What the reports for people say of findings, kernels and counts, in the same words in every format.
// Invariant: plain text in which nothing is escaped yet; each format escapes it in its own way.

import {
  type Accepted,
  type Contract,
  CONTRACTS,
  type Finding,
  type Level,
  LEVELS,
  OUTCOMES,
  type Outcome,
} from "../rules/finding.ts";
import { groupBy } from "../snapshot/group.ts";
import type { Kernel, Location } from "../snapshot/model.ts";
import type { RenderOptions, Report } from "./report.ts";
import { count, grouped } from "./text.ts";

export interface EventGroup {
  readonly event: string;
  /** At least one; worst first. */
  readonly findings: readonly Finding[];
}

/** Findings by event, the event with the worst finding first. */
export function groupByEvent(findings: readonly Finding[]): readonly EventGroup[] {
  return [...groupBy(findings, ({ event }) => event)].map(([event, ofEvent]) => ({ event, findings: ofEvent }));
}

/** Findings that somebody should look at before the merge. */
export function isDangerous({ level, accepted, fails }: Finding): boolean {
  return accepted === undefined && (fails === true || level === "breaking" || level === "likely");
}

/** The findings that a report shows: what hurts nobody only on request. */
export function shownFindings({ findings }: Report, { all }: RenderOptions): readonly Finding[] {
  return all ? findings : findings.filter(({ level }) => level !== "safe");
}

/** `v6.1.192 (x86_64, source) → v6.12.117 (x86_64, source)` */
export function describeKernels({ before, after }: Report, names: RenderOptions["names"]): string {
  return `${describeKernel(before, names?.before)} → ${describeKernel(after, names?.after)}`;
}

/** `v6.12.117 (x86_64, source)`; the version stands among the facts where the name does not say it. */
function describeKernel({ version, arch, origin, ref }: Kernel, called: string | undefined): string {
  const name = called ?? ref ?? (version || "a kernel of unknown version");
  const facts = [name.includes(version) ? "" : version, arch, origin.join(" + ")].filter((fact) => fact !== "");
  return `${name} (${facts.join(", ")})`;
}

/** `4,840 events before, 5,500 after: 67 removed, 727 added, 4,773 in both` */
export function describeEvents({ summary: { events }, notComparable }: Report): string {
  // A change is compared as far as it can matter; other kernels have events.
  if (events.before === 0 && events.after === 0) return "no event depends on what changed";
  // Of a side that does not know all its events, nothing can be said to have come or gone.
  const isKnown = notComparable.every(({ fact }) => fact !== "existence");
  const [removed, added] = isKnown ? ["removed", "added"] : ["only before", "only after"];
  return (
    `${count(events.before, "event")} before, ${grouped(events.after)} after: ` +
    `${grouped(events.removed)} ${removed}, ${grouped(events.added)} ${added}, ${grouped(events.both)} in both`
  );
}

/** One line for each side that knows less: `not compared, because unknown before: args, values`. */
export function describeNotComparable({ notComparable }: Report): readonly string[] {
  const sides = { before: "before", after: "after", both: "on both sides" } as const;
  return (["both", "before", "after"] as const).flatMap((side) => {
    const facts = notComparable.filter(({ missing }) => missing === side).map(({ fact }) => fact);
    return facts.length === 0 ? [] : [`not compared, because unknown ${sides[side]}: ${facts.join(", ")}`];
  });
}

/** `1 breaking, 2 likely, 0 possible, 4 safe` */
export function describeLevels({ summary: { levels } }: Report): string {
  return LEVELS.map((level) => `${grouped(levels[level])} ${level}`).join(", ");
}

/** `policy mainline: 3 findings fail, 1 accepted, 2 left out`; nothing where none was applied. */
export function describePolicy({ policy }: Report): string {
  if (policy === undefined) return "";
  const { name, failOn, failing, accepted, leftOut } = policy;
  const counts = [
    `${failing === 0 ? "nothing" : count(failing, "finding")} ${failing > 1 ? "fail" : "fails"}`,
    ...(accepted > 0 ? [`${grouped(accepted)} accepted`] : []),
    ...(leftOut > 0 ? [`${grouped(leftOut)} left out`] : []),
  ];
  return `policy ${name}${failOn === undefined ? "" : `, fail on ${failOn}`}: ${counts.join(", ")}`;
}

/** `told everybody (by net, until v6.18)` */
export function describeAccepted({ reason, owner, until }: Accepted): string {
  const details = [...(owner === undefined ? [] : [`by ${owner}`]), ...(until === undefined ? [] : [`until ${until}`])];
  return details.length === 0 ? reason : `${reason} (${details.join(", ")})`;
}

/** `broken by contract: layout 2, args 1`; nothing where none is. */
export function describeContracts({ summary: { contracts } }: Report): string {
  const broken = CONTRACTS.filter((contract) => contracts[contract] > 0);
  const counts = broken.map((contract) => `${contract} ${grouped(contracts[contract])}`);
  return counts.length === 0 ? "" : `broken by contract: ${counts.join(", ")}`;
}

/** Where the change stands, or else the event: `include/trace/events/block.h:164`. */
export function placeOf({ location, declaration }: Finding): Location | undefined {
  return location ?? declaration;
}

/** `biotop (tools/biotop.py:7), ...`; of a tool with several uses the first and how many more. */
export function listConsumers(consumers: Finding["consumers"]): string {
  return [...groupBy(consumers, ({ tool }) => tool)]
    .map(
      ([tool, [first, ...more]]) => `${tool} (${first?.where}${more.length === 0 ? "" : ` and ${more.length} more`})`,
    )
    .join(", ");
}

/** Which readers meet what, worst first: `layout, args: wrong data without an error; fields: not found`. */
export function describeOutcomes({ contracts, readers = {} }: Finding): string {
  const met = [...Object.entries(contracts), ...Object.entries(readers)];
  return OUTCOMES.filter((outcome) => outcome !== "none")
    .flatMap((outcome) => {
      const names = met.filter(([, theirs]) => theirs === outcome).map(([name]) => name);
      return names.length === 0 ? [] : [`${names.join(", ")}: ${OUTCOME_TEXT[outcome]}`];
    })
    .join("; ");
}

/** What a reader meets, in words. */
export const OUTCOME_TEXT: Readonly<Record<Outcome, string>> = {
  silent: "wrong data without an error",
  attach: "attaching fails",
  load: "loading fails",
  missing: "not found",
  build: "building fails",
  cosmetic: "looks different",
  none: "no effect",
};

/** What readers rely on through a contract, in words (docs/contracts.md). */
export const CONTRACT_TEXT: Readonly<Record<Contract, string>> = {
  existence: "events that must be there",
  layout: "fields at fixed offsets",
  fields: "fields by name",
  core: "members of structs, through CO-RE",
  args: "arguments by position",
  values: "numbers behind enums and flags",
  text: "printed lines",
};

/** What a level says, in words. */
export const LEVEL_TEXT: Readonly<Record<Level, string>> = {
  breaking: "breaks a program that is known",
  likely: "breaks readers of an exposed event",
  possible: "breaks few, or looks different",
  safe: "hurts nobody",
};
