// The entries of the notes of one subsystem: a finding that hurts somebody is one entry, harmless ones that are alike share one.
// Invariant: every event of every finding is named in an entry, or counted there.

import { CONTRACTS, type Finding, type Level } from "../rules/finding.ts";
import { groupBy } from "../snapshot/group.ts";
import type { NotedChange } from "./notes.ts";
import { describeOrigin, describeWhat, describeWhom, type OriginWords } from "./words.ts";

export interface Item {
  readonly level: Level;
  readonly title: string;
  /** The field or argument, where the facts do not name it. */
  readonly subject?: string;
  /** `struct request_queue *q`, or before and after: names and C code. */
  readonly facts: readonly string[];
  /** Ids of the events, the one that the finding leads with first. */
  readonly events: readonly string[];
  readonly whom: readonly string[];
  /** Known programs that it hurts. */
  readonly users: readonly string[];
  /** What else changed along with it. */
  readonly details: readonly string[];
  readonly origins: readonly OriginWords[];
}

/** Entries in the order of the changes, most dangerous first. */
export function itemsOf(changes: readonly NotedChange[]): readonly Item[] {
  return [...groupBy(changes, groupOf).values()].map(toItem);
}

/**
 * Harmless changes are alike if they are of one kind, from one commit, and have no facts but the event itself. So are those
 * that only change what is printed: which events they concern is news, the many lines are not.
 */
function groupOf({ finding, origins }: NotedChange): string {
  const { id, level, rule, subject } = finding;
  const isPlain = level === "safe" && subject === undefined && factsOf(finding).length === 0;
  if (!isPlain && !isTextOnly(finding)) return id;
  return JSON.stringify([rule, level, (origins ?? []).map((origin) => describeOrigin(origin))]);
}

function isTextOnly({ contracts, readers }: Finding): boolean {
  return readers === undefined && CONTRACTS.every((contract) => contract === "text" || contracts[contract] === "none");
}

function toItem(group: readonly NotedChange[]): Item {
  const [{ finding, origins }] = group as readonly [NotedChange];
  const { title, subject } = describeWhat(finding);
  const users = finding.consumers.map(({ tool }) => tool);
  return {
    level: finding.level,
    title,
    ...(subject === undefined ? {} : { subject }),
    facts: group.length === 1 ? shorten(factsOf(finding)) : [],
    events: group.flatMap(({ finding: own }) => [own.event, ...(own.siblings ?? [])]),
    whom: describeWhom(finding),
    users: [...new Set(users)],
    details: finding.folded ?? [],
    origins: (origins ?? []).map(describeOrigin),
  };
}

/** What changed into what; an event that is all that is new or gone is named anyway. */
function factsOf(finding: Finding): readonly string[] {
  const { before, after } = describeWhat(finding);
  if (before !== undefined && after !== undefined) return [before, after];
  return [before, after].filter((fact) => fact !== undefined && fact !== finding.event) as readonly string[];
}

/** Characters of a fact that are shown in full. */
const MAX_FACT = 120;
/** Characters that are left around the difference of two longer facts. */
const CONTEXT = 40;

/** Long facts, such as the arguments of a printed line, cut to where they differ. */
function shorten(facts: readonly string[]): readonly string[] {
  const [before = "", after = ""] = facts;
  if (facts.length < 2 || (before.length <= MAX_FACT && after.length <= MAX_FACT))
    return facts.map((fact) => cutTo(fact, 0));
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  return facts.map((fact) => cutTo(fact, Math.max(0, same - CONTEXT)));
}

function cutTo(fact: string, from: number): string {
  const end = fact.length - from > MAX_FACT ? "…" : "";
  return `${from > 0 ? "…" : ""}${fact.slice(from, from + MAX_FACT)}${end}`;
}
