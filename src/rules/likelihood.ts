// How likely it is that a program in use meets a hard outcome, and the level that follows (docs/likelihood.md).
// Invariant: facts about events in general only; no event, tool or rule is named here or in the weights.

import type { EventRef } from "../diff/change.ts";
import { EVERY_EVENT } from "../diff/event-ref.ts";
import { CONTRACTS, HARD_OUTCOMES, READER_KINDS } from "./finding.ts";
import type { Contract, Level, Outcome, ReaderKind } from "./finding.ts";
import type { Judgement } from "./rule.ts";
import type { Exposure, Weights } from "./weights.ts";

const DEBUG_CONDITION = /DEBUG|SELFTEST|FAULT_INJECT|_TEST\b/;

/** Headers for the whole kernel or a whole architecture; others belong to one driver or file system. */
const PUBLIC_HEADER = /^(?:arch\/\w+\/)?include\//;

/** What kind of place an event has, by facts that hold for events in general. */
type Place = Exclude<keyof Exposure, "known" | "knownSystem" | "debugOnly">;

/** Places whose events are there to be used by anybody. */
const EXPOSED: ReadonlySet<Place> = new Set<Place>(["everywhere", "publicHeader", "unknownHeader", "systemCall"]);

/** What is known of the programs on an event: that there are some, or that there are on others of its system. */
export type Users = "none" | "system" | "event";

/** How likely it is that any program uses an event, from 0 to 1. */
export function exposureOf(event: EventRef, users: Users, { exposure }: Weights): number {
  if (users === "event") return exposure.known;
  const place = exposure[placeOf(event)];
  const byUsers = users === "system" ? Math.max(place, exposure.knownSystem) : place;
  return (isDebugOnly(event) ? exposure.debugOnly : 1) * byUsers;
}

function isDebugOnly({ when }: EventRef): boolean {
  return when !== undefined && DEBUG_CONDITION.test(when);
}

/** Where an event stands. */
export function placeOf({ id, system, bare, location }: Pick<EventRef, "id" | "system" | "bare" | "location">): Place {
  if (bare === true) return "bare";
  if (id === EVERY_EVENT.id) return "everywhere";
  // Records of the tracers themselves, kernel/trace/trace_entries.h: no event to attach to.
  if (system === "ftrace") return "tracerRecord";
  if (system === "syscalls") return "systemCall";
  if (location === undefined) return "unknownHeader";
  return PUBLIC_HEADER.test(location.file) ? "publicHeader" : "privateHeader";
}

/**
 * outcome x exposure x known users: the chance that at least one contract is relied on and broken, times the exposure of
 * the event; each known user through a broken contract removes a share of the remaining doubt.
 */
export function likelihoodOf(judgement: Judgement, exposure: number, knownUsers: number, weights: Weights): number {
  const { outcome, reach, knownUser } = weights;
  let unharmed = 1;
  for (const contract of CONTRACTS) unharmed *= 1 - outcome[judgement.contracts[contract]] * reach[contract];
  // Where the rest of the contract is hurt as well, a kind of reader is counted with it.
  for (const [reader, result] of Object.entries(judgement.readers ?? {}) as [ReaderKind, Outcome][]) {
    const isCounted = HARD_OUTCOMES.has(judgement.contracts[READER_KINDS[reader]]);
    if (!isCounted) unharmed *= 1 - outcome[result] * reach[reader];
  }
  const doubt = (1 - (1 - unharmed) * exposure) * (1 - knownUser) ** knownUsers;
  // However many users there are, it is a guess.
  return Math.min(0.999, Math.round(1000 * (1 - doubt)) / 1000);
}

/** Contracts that anybody relies on who can see the event; the others take a program made for its bytes or arguments. */
const BY_NAME: readonly Contract[] = ["existence", "fields"];

/**
 * The level of a judgement (see `LEVELS`), given what known programs meet. One that does not build any more is noticed by
 * whoever builds it, so that alone is not `breaking`.
 */
export function levelOf({ contracts, readers }: Judgement, event: EventRef, met: readonly Outcome[]): Level {
  const isHard = (contract: Contract): boolean => HARD_OUTCOMES.has(contracts[contract]);
  if (met.some((outcome) => outcome !== "build")) return "breaking";
  if (met.length > 0) return "likely";
  if (CONTRACTS.some(isHard)) {
    const isSeen = EXPOSED.has(placeOf(event)) || BY_NAME.some(isHard);
    return isSeen && !isDebugOnly(event) ? "likely" : "possible";
  }
  const isSoft = CONTRACTS.some((contract) => contracts[contract] === "cosmetic") || readers !== undefined;
  return isSoft ? "possible" : "safe";
}

/** The outcome for one reader: of its kind where the kind fares otherwise, else of the contract. */
export function outcomeFor(judgement: Judgement, contract: Contract, reader: ReaderKind | undefined): Outcome {
  const special = reader === undefined || READER_KINDS[reader] !== contract ? undefined : judgement.readers?.[reader];
  return special ?? judgement.contracts[contract];
}
