// Turns changes into findings: rule, contracts, consumers, level and likelihood, most dangerous first.
// Invariant: every change is judged, and the same changes give the same findings whatever their order.

import type { Change } from "../diff/change.ts";
import { compareText } from "../diff/order.ts";
import { compareDanger } from "./danger.ts";
import type { Location } from "../snapshot/model.ts";
import { factsOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { HARD_OUTCOMES } from "./finding.ts";
import type { Consumer, Contract, Finding, ReaderKind } from "./finding.ts";
import { fingerprint } from "./fingerprint.ts";
import { rules as allRules } from "./index.ts";
import { exposureOf, levelOf, likelihoodOf, outcomeFor } from "./likelihood.ts";
import type { Judgement, Rule } from "./rule.ts";
import { WEIGHTS } from "./weights.ts";
import type { Weights } from "./weights.ts";

/** One use of an event by a known program. */
export interface ConsumerUse extends Consumer {
  /** `system:name`, or `-:name` where a raw program names the tracepoint alone. */
  readonly event: string;
  readonly contract: Contract;
  /** The kind of reader, where it is one that fares otherwise than its contract. */
  readonly reader?: ReaderKind;
  /** The field or argument used; absent where it uses the event as a whole. */
  readonly subject?: string;
}

export interface ClassifyOptions {
  readonly rules?: readonly Rule[];
  readonly consumers?: readonly ConsumerUse[];
  readonly weights?: Weights;
}

/** Judges all changes. */
export function classify(changes: readonly Change[], options: ClassifyOptions = {}): readonly Finding[] {
  const { rules = allRules, consumers = [], weights = WEIGHTS } = options;
  const byKind = groupBy(rules, (rule) => rule.on);
  const uses = groupBy(consumers, (use) => use.event);
  return changes.flatMap((change) => judge(change, byKind, uses, weights)).sort(compareDanger);
}

type ByKey<T> = ReadonlyMap<string, readonly T[]>;

function judge(change: Change, byKind: ByKey<Rule>, uses: ByKey<ConsumerUse>, weights: Weights): readonly Finding[] {
  return (byKind.get(change.kind) ?? []).flatMap((rule) => {
    const judgement = rule.judge(change);
    if (judgement === undefined) return [];
    const facts = factsOf(change);
    const users = [...concerned(change, facts)].flatMap((event) => uses.get(event) ?? []);
    const hit = users.filter((use) => isHit(use, judgement, facts));
    const exposure = exposureOf(facts.event, users.length > 0, weights);
    const inside = "inside" in change ? insideOf(change.inside, byKind) : [];
    return [assemble(rule, judgement, facts, [...inside, ...facts.folded], hit, exposure, weights)];
  });
}

function assemble(
  rule: Rule,
  { contracts, readers, message }: Judgement,
  facts: Facts,
  folded: readonly string[],
  hit: readonly ConsumerUse[],
  exposure: number,
  weights: Weights,
): Finding {
  const { event, siblings, subject, before, after, location, confidence } = facts;
  const consumers = uniqueConsumers(hit);
  const judgement = { contracts, ...(readers === undefined ? {} : { readers }), message };
  return {
    id: fingerprint([rule.id, event.id, subject ?? "", before ?? "", after ?? ""]),
    rule: rule.id,
    event: event.id,
    ...(subject === undefined ? {} : { subject }),
    level: levelOf(judgement, exposure, consumers.length, weights),
    likelihood: likelihoodOf(judgement, exposure, consumers.length, weights),
    ...(confidence === undefined ? {} : { confidence: Math.round(100 * confidence) / 100 }),
    contracts,
    ...(readers === undefined ? {} : { readers }),
    consumers,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(location === undefined ? {} : { location }),
    ...(event.location === undefined || isSame(event.location, location) ? {} : { declaration: event.location }),
    message,
    fix: rule.fix,
    ...(siblings.length === 0 ? {} : { siblings }),
    ...(folded.length === 0 ? {} : { folded }),
  };
}

function isSame(one: Location, other: Location | undefined): boolean {
  return one.file === other?.file && one.line === other.line;
}

/** Ids under which users may know the events of a change. */
function concerned(change: Change, { event, siblings }: Facts): ReadonlySet<string> {
  const ids = [event.id, ...siblings, ...("from" in change ? [change.from.id] : [])];
  const raw = "tracepoint" in change ? [`-:${change.tracepoint}`] : [];
  return new Set([...ids, ...raw]);
}

/** Whether a use meets a hard outcome: of its own contract and subject, or because the event is gone for everybody. */
function isHit(use: ConsumerUse, judgement: Judgement, { subject, affected }: Facts): boolean {
  const isGone = HARD_OUTCOMES.has(judgement.contracts.existence) && !use.event.startsWith("-:");
  if (isGone) return true;
  if (!HARD_OUTCOMES.has(outcomeFor(judgement, use.contract, use.reader))) return false;
  return (
    use.subject === undefined || subject === undefined || use.subject === subject || affected.includes(use.subject)
  );
}

/** What happened to the record of a renamed event, as the rules would have said it. */
function insideOf(inside: readonly Change[], byKind: ByKey<Rule>): readonly string[] {
  return inside.flatMap((change) =>
    (byKind.get(change.kind) ?? []).flatMap((rule) => rule.judge(change)?.message ?? []),
  );
}

function uniqueConsumers(uses: readonly ConsumerUse[]): readonly Consumer[] {
  const found = new Map(uses.map(({ tool, where }) => [`${tool} ${where}`, { tool, where }]));
  return [...found].sort(([one], [other]) => compareText(one, other)).map(([, consumer]) => consumer);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ByKey<T> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
