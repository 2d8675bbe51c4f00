// The result of an audit as plain data: the public JSON (docs/audit.schema.json), and all that its renderers look at.

import type { Contract, ReaderKind } from "../rules/finding.ts";
import type { Location } from "../snapshot/model.ts";
import type { Attach, Guard, NotUnderstood, Subject } from "./use.ts";
import type { Status, Verdict } from "./verdict.ts";

/** Version of the format. */
export const AUDIT_SCHEMA_VERSION = 1;

export interface AuditReport {
  readonly schemaVersion: typeof AUDIT_SCHEMA_VERSION;
  /** Oldest first. */
  readonly kernels: readonly AuditedKernel[];
  readonly summary: AuditSummary;
  /** By file, then in the order of the file. */
  readonly programs: readonly ProgramReport[];
  readonly notUnderstood: readonly NotUnderstood[];
}

export interface AuditedKernel {
  /** As the user called it. */
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  /** How many things in this kernel were not understood. */
  readonly problems: number;
}

export interface AuditSummary {
  readonly files: number;
  readonly programs: number;
  readonly dependencies: number;
  /** For each status, the dependencies that have it on at least one kernel. */
  readonly statuses: Readonly<Record<Status, number>>;
  /** Dependencies that meet wrong data without an error on at least one kernel. */
  readonly silent: number;
  /** Of each reader, in the order of their names. */
  readonly readers: readonly ReaderCount[];
}

export interface ReaderCount {
  readonly reader: string;
  readonly uses: number;
  readonly notUnderstood: number;
}

/** One program: a function, probe, handler or script. */
export interface ProgramReport {
  readonly file: string;
  readonly program: string;
  readonly dependencies: readonly DependencyReport[];
}

/** One dependency of a program; uses of the same thing in the same way are one. */
export interface DependencyReport {
  readonly reader: string;
  /** Lines where it is used; empty for compiled objects. */
  readonly lines: readonly number[];
  /** `system:name`, or `-:name` for a tracepoint. */
  readonly event: string;
  readonly attach: Attach;
  readonly contract: Contract;
  readonly kind?: ReaderKind;
  readonly subject?: Subject;
  /** The subject in words: `field 'pid'`; `event` for the event as a whole. */
  readonly what: string;
  readonly guards?: readonly Guard[];
  /** All kernels, oldest first; neighbours with one verdict are together. */
  readonly verdicts: readonly VerdictRun[];
  /** The oldest and the newest kernel on which it holds; absent where it holds on none. */
  readonly holdsFrom?: string;
  readonly holdsTo?: string;
  /** Where it stopped holding, and why. */
  readonly breaks: readonly Break[];
  /** What to write instead. */
  readonly instead: readonly Instead[];
}

export interface VerdictRun extends Verdict {
  readonly kernels: readonly string[];
}

/** Changes of the kernel after which it no longer holds, and where they came: the first kernel on each branch. */
export interface Break {
  readonly first: readonly Transition[];
  /** Worst first; empty where the kernels differ in nothing that the diff knows of. */
  readonly changes: readonly BreakingChange[];
}

export interface Transition {
  /** The last kernel on which it held. */
  readonly after: string;
  /** The first one on which it does not. */
  readonly from: string;
}

export interface BreakingChange {
  /** Id of the rule (`tpabi explain`). */
  readonly rule: string;
  readonly event: string;
  readonly message: string;
  readonly location?: Location;
}

export interface Instead {
  /** One line, lower case, no final stop. */
  readonly text: string;
  /** What to write; compiles after names were filled in by the audit. */
  readonly code?: string;
}
