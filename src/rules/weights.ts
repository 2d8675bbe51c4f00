// The numbers of the likelihood formula (docs/likelihood.md): data/weights.json, checked when it is loaded.
// Invariant: all between 0 and 1, and none names an event.

import { createRequire } from "node:module";

import { CONTRACTS, type Contract, type Outcome, OUTCOMES, READER_KINDS, type ReaderKind } from "./finding.ts";

export interface Weights {
  /** How likely it is that a program is hurt that meets an outcome. */
  readonly outcome: Readonly<Record<Outcome, number>>;
  /** Share of the programs on an event that rely on it through a contract or are a kind of reader. */
  readonly reach: Readonly<Record<Contract | ReaderKind, number>>;
  readonly exposure: Exposure;
  /** How much of the remaining doubt one known user through the contract removes. */
  readonly knownUser: number;
}

/** How likely it is that any program uses an event, by facts that hold for events in general. */
export type Exposure = Readonly<Record<(typeof EXPOSURES)[number], number>>;

/**
 * `everywhere`: what concerns every event. `publicHeader`: declared below include/ of the kernel or of an architecture.
 * `privateHeader`: declared beside a driver or file system. `unknownHeader`: where the source does not say it.
 * `systemCall`: the events of a system call. `tracerRecord`: records of the tracers themselves, which cannot be attached to.
 * `bare`: a tracepoint without an event. `debugOnly`: factor for events under a condition that speaks of debugging.
 * `known`: an event that some known program uses, whatever for. `knownSystem`: one of a system of which a known program uses
 * another event.
 */
const EXPOSURES = [
  "everywhere",
  "publicHeader",
  "privateHeader",
  "unknownHeader",
  "systemCall",
  "tracerRecord",
  "bare",
  "debugOnly",
  "known",
  "knownSystem",
] as const;

export const WEIGHTS: Weights = parseWeights(createRequire(import.meta.url)("../../data/weights.json"));

/** The weights in a parsed file; throws where one is missing, unknown or no share. */
export function parseWeights(file: unknown): Weights {
  const { outcome, reach, exposure, knownUser } = table("file", file, ["outcome", "reach", "exposure", "knownUser"]);
  return {
    outcome: shares("outcome", outcome, OUTCOMES),
    reach: shares("reach", reach, [...CONTRACTS, ...(Object.keys(READER_KINDS) as ReaderKind[])]),
    exposure: shares("exposure", exposure, EXPOSURES),
    ...shares("file", { knownUser }, ["knownUser"]),
  };
}

function shares<Key extends string>(name: string, value: unknown, keys: readonly Key[]): Readonly<Record<Key, number>> {
  const found = table(name, value, keys);
  const wrong = keys.find((key) => !isShare(found[key]));
  if (wrong !== undefined) throw new TypeError(`weights: ${name}.${wrong} is no number from 0 to 1`);
  return found as Readonly<Record<Key, number>>;
}

function isShare(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 1;
}

/** An object with exactly these keys. */
function table<Key extends string>(name: string, value: unknown, keys: readonly Key[]): Readonly<Record<Key, unknown>> {
  if (typeof value !== "object" || value === null) throw new TypeError(`weights: ${name} is no table`);
  const missing = keys.filter((key) => !Object.hasOwn(value, key));
  const unknown = Object.keys(value).filter((key) => !keys.includes(key as Key));
  if (missing.length + unknown.length > 0) {
    throw new TypeError(`weights: ${name} lacks [${missing.join(" ")}] and must not have [${unknown.join(" ")}]`);
  }
  return value as Readonly<Record<Key, unknown>>;
}
