// How likely it is that a program in use meets a hard outcome, and the level that follows (docs/likelihood.md).
// Invariant: facts about events in general only; no event, tool or rule is named here or in the weights.

import type { EventRef } from "../diff/change.ts";
import { CONTRACTS, HARD_OUTCOMES, READER_KINDS } from "./finding.ts";
import type { Contract, Level, Outcome, ReaderKind } from "./finding.ts";
import type { Judgement } from "./rule.ts";
import type { Weights } from "./weights.ts";

const DEBUG_CONDITION = /DEBUG|SELFTEST|FAULT_INJECT|_TEST\b/;

/** How likely it is that any program uses an event, from 0 to 1. */
export function exposureOf(event: EventRef, isKnown: boolean, { exposure }: Weights): number {
  if (isKnown) return exposure.known;
  const debugOnly = event.when !== undefined && DEBUG_CONDITION.test(event.when) ? exposure.debugOnly : 1;
  return debugOnly * byPlace(event, exposure);
}

function byPlace(event: EventRef, exposure: Weights["exposure"]): number {
  if (event.id === "*:*") return exposure.everywhere;
  // Records of the tracers themselves, kernel/trace/trace_entries.h: no event to attach to.
  if (event.system === "ftrace") return exposure.tracerRecord;
  if (event.system === "syscalls") return exposure.systemCall;
  if (event.bare === true) return exposure.bare;
  const crowd = Math.min(1, (exposure.crowd / Math.max(1, event.systemEvents)) ** exposure.crowding);
  return crowd * byHeader(event, exposure);
}

function byHeader({ location }: EventRef, exposure: Weights["exposure"]): number {
  if (location === undefined) return exposure.unknownHeader;
  return location.file.startsWith("include/trace/") ? exposure.publicHeader : exposure.privateHeader;
}

/**
 * outcome x exposure x known users: the chance that at least one contract is relied on and broken, times the exposure of
 * the event; each known user through a broken contract removes a share of the remaining doubt.
 */
export function likelihoodOf(judgement: Judgement, exposure: number, knownUsers: number, weights: Weights): number {
  const { outcome, reach, knownUser } = weights;
  let unharmed = 1;
  for (const contract of CONTRACTS) unharmed *= 1 - outcome[judgement.contracts[contract]] * reach[contract];
  for (const [reader, result] of readersOf(judgement)) unharmed *= 1 - outcome[result] * reach[reader];
  const doubt = (1 - (1 - unharmed) * exposure) * (1 - knownUser) ** knownUsers;
  return Math.round(1000 * (1 - doubt)) / 1000;
}

/** The level of a judgement (see `LEVELS`). */
export function levelOf(judgement: Judgement, exposure: number, knownUsers: number, weights: Weights): Level {
  const outcomes = CONTRACTS.map((contract) => judgement.contracts[contract]);
  const isHard = outcomes.some((outcome) => HARD_OUTCOMES.has(outcome));
  if (knownUsers > 0) return "breaking";
  if (isHard) return exposure >= weights.exposedFrom ? "likely" : "possible";
  const isSoft = outcomes.includes("cosmetic") || readersOf(judgement).some(([, outcome]) => outcome !== "none");
  return isSoft ? "possible" : "safe";
}

/** The outcome for one reader: of its kind where the kind fares worse, else of the contract. */
export function outcomeFor(judgement: Judgement, contract: Contract, reader: ReaderKind | undefined): Outcome {
  const special = reader === undefined || READER_KINDS[reader] !== contract ? undefined : judgement.readers?.[reader];
  return special ?? judgement.contracts[contract];
}

function readersOf(judgement: Judgement): readonly (readonly [ReaderKind, Outcome])[] {
  return Object.entries(judgement.readers ?? {}) as [ReaderKind, Outcome][];
}
