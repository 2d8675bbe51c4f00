// Turns changes into findings: rule, contracts, consumers, level and likelihood, most dangerous first.
// Invariant: every change is judged, and the same changes give the same findings whatever their order.

import type { Change } from "../diff/change.ts";
import { compareText } from "../diff/order.ts";
import { compareDanger } from "./danger.ts";
import { groupBy } from "../snapshot/group.ts";
import { type Location, systemOf } from "../snapshot/model.ts";
import { factsOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { HARD_OUTCOMES } from "./finding.ts";
import type { Consumer, Contract, Finding, Outcome, ReaderKind } from "./finding.ts";
import { fingerprint } from "./fingerprint.ts";
import { rules as allRules } from "./index.ts";
import { exposureOf, levelOf, likelihoodOf, outcomeFor } from "./likelihood.ts";
import type { Judgement, Rule } from "./rule.ts";
import { WEIGHTS } from "./weights.ts";
import type { Weights } from "./weights.ts";

/** One use of an event by a known program. */
export interface ConsumerUse extends Pick<Consumer, "tool" | "where"> {
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
  return changes.flatMap(createJudge(options)).sort(compareDanger);
}

/** Judges one change at a time, which says which findings are whose; they are those of `classify`. */
export function createJudge(options: ClassifyOptions = {}): (change: Change) => readonly Finding[] {
  const { rules = allRules, consumers = [], weights = WEIGHTS } = options;
  const byKind = groupBy(rules, (rule) => rule.on);
  const uses = groupBy(consumers, (use) => use.event);
  const systems = new Set([...uses.keys()].map(systemOf));
  return (change) => judge(change, byKind, { uses, systems }, weights);
}

type ByKey<T> = ReadonlyMap<string, readonly T[]>;

/** Known uses by event, and the systems of these events. */
interface Known {
  readonly uses: ByKey<ConsumerUse>;
  readonly systems: ReadonlySet<string>;
}

function judge(change: Change, byKind: ByKey<Rule>, known: Known, weights: Weights): readonly Finding[] {
  return (byKind.get(change.kind) ?? []).flatMap((rule) => {
    const judgement = rule.judge(change);
    if (judgement === undefined) return [];
    const facts = factsOf(change);
    const users = [...concerned(change, facts)].flatMap((event) => known.uses.get(event) ?? []);
    const modules = new Set(users.flatMap(({ tool, reader }) => (reader === "module" ? [tool] : [])));
    const consumers = consumersHit(users, modules, judgement, facts);
    // A module that probes nearly everything says little of who looks at an event.
    const isUsed = users.some(({ tool }) => !modules.has(tool));
    const isNear = users.length > 0 || known.systems.has(facts.event.system);
    const exposure = exposureOf(facts.event, isUsed ? "event" : isNear ? "system" : "none", weights);
    const inside = "inside" in change ? insideOf(change.inside, byKind) : [];
    return [assemble(rule, judgement, facts, [...inside, ...facts.folded], consumers, exposure, weights)];
  });
}

function assemble(
  rule: Rule,
  { contracts, readers, message }: Judgement,
  facts: Facts,
  folded: readonly string[],
  consumers: readonly Consumer[],
  exposure: number,
  weights: Weights,
): Finding {
  const { event, siblings, subject, before, after, location, confidence } = facts;
  const tools = new Set(consumers.map(({ tool }) => tool)).size;
  const judgement = { contracts, ...(readers === undefined ? {} : { readers }), message };
  return {
    id: fingerprint([rule.id, event.id, subject ?? "", before ?? "", after ?? ""]),
    rule: rule.id,
    event: event.id,
    ...(subject === undefined ? {} : { subject }),
    level: levelOf(
      judgement,
      event,
      consumers.map(({ outcome }) => outcome),
    ),
    likelihood: likelihoodOf(judgement, exposure, tools, weights),
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

/** Ids under which users may know the events of a change; programs on raw tracepoints know no system. */
function concerned(change: Change, { event, siblings }: Facts): ReadonlySet<string> {
  const ids = [event.id, ...siblings, ...("from" in change ? [change.from.id] : [])];
  const raw = "tracepoint" in change ? [change.tracepoint] : ids.map((id) => id.slice(id.indexOf(":") + 1));
  return new Set([...ids, ...raw.map((name) => `-:${name}`)]);
}

/** Contracts on where something lies: they are hurt when another field or argument pushes it elsewhere. */
const BY_PLACE: ReadonlySet<Contract> = new Set<Contract>(["layout", "args", "values"]);

/** The programs that a change hurts, and what each meets. */
function consumersHit(
  users: readonly ConsumerUse[],
  modules: ReadonlySet<string>,
  judgement: Judgement,
  facts: Facts,
): readonly Consumer[] {
  const found = new Map<string, Consumer>();
  for (const use of users) {
    const { tool, where } = use;
    const outcome = outcomeOf(use, judgement, modules.has(tool));
    if (HARD_OUTCOMES.has(outcome) && concerns(use, facts)) found.set(`${tool} ${where}`, { tool, where, outcome });
  }
  return [...found].sort(([one], [other]) => compareText(one, other)).map(([, consumer]) => consumer);
}

/** What a use meets: of its own contract, or that the event is gone, for modules at compile time. */
function outcomeOf(use: ConsumerUse, judgement: Judgement, isModule: boolean): Outcome {
  const { existence } = judgement.contracts;
  if (isModule && HARD_OUTCOMES.has(existence)) return judgement.readers?.module ?? existence;
  if (HARD_OUTCOMES.has(existence) && !use.event.startsWith("-:")) return existence;
  return outcomeFor(judgement, use.contract, use.reader);
}

/** Kinds of readers that take all fields or arguments at once: each of them counts, whichever they look at. */
const TAKES_ALL: ReadonlySet<ReaderKind | undefined> = new Set<ReaderKind>(["module", "perf-python"]);

function concerns(use: ConsumerUse, { subject, affected }: Facts): boolean {
  if (TAKES_ALL.has(use.reader)) return true;
  if (use.subject === undefined || subject === undefined || use.subject === subject) return true;
  return BY_PLACE.has(use.contract) && affected.includes(use.subject);
}

/** What happened to the record of a renamed event, as the rules would have said it. */
function insideOf(inside: readonly Change[], byKind: ByKey<Rule>): readonly string[] {
  return inside.flatMap((change) =>
    (byKind.get(change.kind) ?? []).flatMap((rule) => rule.judge(change)?.message ?? []),
  );
}
