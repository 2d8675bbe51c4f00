// The numbers of the likelihood formula (docs/likelihood.md): data, no code.
// They are a first judgement, not fitted to the corpus yet. Invariant: all between 0 and 1, and none names an event.

import type { Contract, Outcome, ReaderKind } from "./finding.ts";

export interface Weights {
  /** How bad an outcome is for a program that meets it. */
  readonly outcome: Readonly<Record<Outcome, number>>;
  /** Share of the programs on an event that rely on it through a contract or are a kind of reader. */
  readonly reach: Readonly<Record<Contract | ReaderKind, number>>;
  readonly exposure: Exposure;
  /** From this exposure on an event counts as exposed: a hard outcome on it is `likely`. */
  readonly exposedFrom: number;
  /** How much of the remaining doubt one known user through the contract removes. */
  readonly knownUser: number;
}

/** How likely it is that any program uses an event, by facts that hold for events in general. */
export interface Exposure {
  /** What concerns every event. */
  readonly everywhere: number;
  /** Declared in a header below include/trace: meant to be seen. */
  readonly publicHeader: number;
  /** Declared in a private header of a driver or file system. */
  readonly privateHeader: number;
  /** Where the source does not say it. */
  readonly unknownHeader: number;
  /** More events than this make a system a crowd: mostly debugging aids of one subsystem. */
  readonly crowd: number;
  /** How fast exposure falls with the size of a crowd: the factor is (crowd / events) to this power. */
  readonly crowding: number;
  readonly systemCall: number;
  /** Records of the tracers themselves, which cannot be attached to. */
  readonly tracerRecord: number;
  /** A tracepoint without an event. */
  readonly bare: number;
  /** Factor for events under a condition that speaks of debugging. */
  readonly debugOnly: number;
  /** An event that some known program uses, whatever for. */
  readonly known: number;
}

export const WEIGHTS: Weights = {
  outcome: { silent: 1, attach: 0.9, load: 0.85, missing: 0.8, build: 0.6, cosmetic: 0.1, none: 0 },
  reach: {
    existence: 1,
    layout: 0.45,
    fields: 0.75,
    core: 0.5,
    args: 0.65,
    values: 0.3,
    text: 0.3,
    "perf-python": 0.1,
    bcc: 0.3,
    module: 0.2,
  },
  exposure: {
    everywhere: 1,
    publicHeader: 0.8,
    privateHeader: 0.35,
    unknownHeader: 0.6,
    crowd: 30,
    crowding: 0.25,
    systemCall: 0.9,
    tracerRecord: 0.1,
    bare: 0.5,
    debugOnly: 0.3,
    known: 1,
  },
  exposedFrom: 0.5,
  knownUser: 0.6,
};
