// What a case is: a program written for a kernel of yesterday, and what a rule says that it meets on this one.

import type { Contract, Outcome } from "../../../src/rules/finding.ts";
import type { EVENTS } from "./events.ts";

/** What makes the event happen, in a process of its own (loader.c). */
export type Trigger = "rename" | "signal" | "exec" | "clone" | "listen";

export interface Case {
  /** Name of the program in `programs/`. */
  readonly program: string;
  readonly trigger: Trigger;
  /** What the program read on the kernel that it was written for: a number, or the process behind the event. */
  readonly expects: number | "pid";
  /** The rule that is proven, and for which contract. */
  readonly rule: string;
  readonly contract: Contract;
  /** An event of the running kernel, and how its declaration was before: lines to replace, in order. */
  readonly event: keyof typeof EVENTS;
  readonly before: readonly (readonly [now: string, before: string])[];
  /** First kernel that behaves so, where BTF does not tell. */
  readonly since?: string;
  /**
   * A rule says the worst that its readers meet; this program meets something milder, and why.
   * Another case has to prove the worst.
   */
  readonly milder?: readonly [outcome: Outcome, because: string];
}

/** A tracefs filter or bpftrace expression: a reader by name. */
export interface NameCase extends Pick<Case, "rule" | "event" | "before"> {
  /** A field as the reader was written for it. */
  readonly field: string;
}
