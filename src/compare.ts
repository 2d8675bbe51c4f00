// The pipeline of a comparison, read top to bottom: read both kernels, diff them, classify the changes, report.

import type { Change } from "./diff/change.ts";
import { diff } from "./diff/diff.ts";
import { ToolError } from "./errors.ts";
import { createReport, type Report } from "./reports/report.ts";
import { describeProblem, escapeControls } from "./reports/text.ts";
import { classify, type ConsumerUse } from "./rules/classify.ts";
import { knownConsumers } from "./rules/consumers.ts";
import { eventMatcher } from "./snapshot/event-glob.ts";
import { eventId, type Snapshot } from "./snapshot/model.ts";
import type { ReadOptions } from "./sources/reader.ts";
import { readSnapshot } from "./sources/source.ts";

export interface CompareOptions extends ReadOptions {
  /** The .config of one side, where both have not the same `config`. */
  readonly configBefore?: string;
  readonly configAfter?: string;
  /** Only findings that concern events that match one of these patterns, such as `sched:*`. */
  readonly events?: readonly string[];
}

/** Compares two kernels, each named as on the command line. */
export async function compare(before: string, after: string, options: CompareOptions = {}): Promise<Report> {
  const { config, configBefore = config, configAfter = config, events, ...reading } = options;
  const [earlier, later] = await Promise.all([
    readSnapshot(before, { ...reading, ...(configBefore !== undefined && { config: configBefore }) }),
    readSnapshot(after, { ...reading, ...(configAfter !== undefined && { config: configAfter }) }),
  ]);
  return compareSnapshots(earlier, later, events);
}

/**
 * Compares two snapshots; with patterns, only findings that concern an event that matches one. Findings name those of the
 * consumers that they hurt: the known ones (data/consumers.json) unless others are given.
 */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
  patterns: readonly string[] = [],
  consumers: readonly ConsumerUse[] = knownConsumers(before.kernel.version),
): Report {
  const isMeant = requireMatches(patterns, before, after);
  const { changes, notComparable, counts } = diff(before, after);
  const findings = classify(
    changes.filter((change) => concerns(change, isMeant)),
    { consumers },
  );
  return createReport({
    before: before.kernel,
    after: after.kernel,
    notComparable,
    events: {
      before: before.events.length,
      after: after.events.length,
      both: counts.common,
      removed: counts.removed,
      added: counts.added,
    },
    problems: { before: before.problems, after: after.problems },
    findings,
  });
}

/** Whether a change is about an event that is meant, if only as one of several; some changes are about all events. */
function concerns(change: Change, isMeant: (id: string) => boolean): boolean {
  if (!("event" in change)) return true;
  return (
    [change.event, ...("from" in change ? [change.from] : [])].some(({ id }) => isMeant(id)) ||
    change.siblings.some(isMeant)
  );
}

/** A test for event ids. A pattern that matches nothing is a slip: its empty report would read as good news. */
function requireMatches(patterns: readonly string[], ...snapshots: readonly Snapshot[]): (id: string) => boolean {
  if (patterns.length === 0) return () => true;
  const ids = snapshots.flatMap(({ events, tracepoints }) => [
    ...events.map(eventId),
    ...tracepoints.map(({ name }) => `-:${name}`),
  ]);
  const matchers = patterns.map((pattern) => {
    const matches = eventMatcher(pattern);
    if (ids.some(matches)) return matches;
    throw new ToolError("unknown-event", `no event of either kernel matches '${pattern}'`);
  });
  return (id) => matchers.some((matches) => matches(id));
}

/** Fails if anything in one of the kernels was not understood. */
export function requireNoProblems({ problems }: Report): void {
  const [first, ...rest] = [...problems.before, ...problems.after];
  if (!first) return;
  const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
  throw new ToolError("found-problems", `not understood: ${escapeControls(describeProblem(first))}${more}`);
}
