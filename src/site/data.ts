// What the data files of the site hold, for the generator that writes them and the pages that read them.
// Invariant: kernels are named by their place in `Core.kernels`, lists of kernels are written by `releases.ts`.

import type { Counts } from "../history/stats.ts";
import type { Contract, Level, Outcome, ReaderKind } from "../rules/finding.ts";
import type { EventClass, Field, Kernel, Knows } from "../snapshot/model.ts";

/** Version of these forms; a site is always read by the scripts that were written with it. */
export const SITE_SCHEMA_VERSION = 1;

/** `core`: what every page needs. */
export interface Core {
  readonly schemaVersion: typeof SITE_SCHEMA_VERSION;
  /** Of tpabi. */
  readonly version: string;
  readonly arch: string;
  /** Oldest first. */
  readonly kernels: readonly KernelEntry[];
  readonly systems: readonly SystemEntry[];
  readonly tools: readonly ToolEntry[];
  readonly mostUsed: readonly Ranked[];
  readonly mostBroken: readonly Ranked[];
  /** Distinct events over all kernels. */
  readonly events: number;
}

export interface KernelEntry {
  readonly version: string;
  readonly isMain: boolean;
  /** The kernel it is compared with. */
  readonly previous?: number;
  /** Month in which its series ends, where that has long-term support. */
  readonly endOfLife?: string;
  /** Read with a configuration: what that leaves out is not there. */
  readonly isConfigured?: true;
  /** What its source lacks as a whole, in words: events that seem gone may not be. */
  readonly incomplete?: readonly string[];
  readonly counts: Counts;
  readonly churn?: number;
}

export interface SystemEntry {
  readonly name: string;
  /** Name of its data file. */
  readonly file: string;
  /** Events over all kernels. */
  readonly events: number;
}

export interface ToolEntry {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly file: string;
  readonly uses: number;
}

/** An event of the newest kernel, in a list of the first few. */
export interface Ranked {
  readonly event: string;
  readonly users: readonly string[];
  /** Kernels in which it broke. */
  readonly broken: number;
}

/** `kernels`: the rest of the snapshots, which belongs to no system. */
export interface KernelFacts {
  readonly kernels: readonly {
    readonly kernel: Kernel;
    readonly knows: Knows;
    /** Place in `headers`. */
    readonly header: number;
    /** Place in `contexts`. */
    readonly context?: number;
  }[];
  readonly headers: readonly (readonly Field[])[];
  readonly contexts: readonly (readonly EventClass[])[];
  /** Name, value, kernels. */
  readonly enums: readonly (readonly [string, number, string])[];
  /** Findings about every event. */
  readonly findings: readonly SiteFinding[];
}

/** A print format: its text, its arguments, its tables by expression (places in `symbols`). */
export type PrintEntry = readonly [format: string, args: string, tables: readonly (readonly [string, number])[]];

/** One version of an event, and the kernels that have it. */
export interface EventVersion {
  readonly name: string;
  readonly on: string;
  /** Place in `records`. */
  readonly record: number;
  /** Place in `prints`. */
  readonly print?: number;
  /** Its class, where that has another name. */
  readonly class?: string | null;
  /** Its tracepoint, where that has another name. */
  readonly tracepoint?: string | null;
  readonly file?: number;
  readonly when?: string;
}

/** One version of a tracepoint; the name of an argument may be empty. */
export interface TracepointVersion {
  readonly name: string;
  readonly on: string;
  readonly args: readonly (readonly [type: string, name: string, nullable?: boolean | null, error?: true])[];
  readonly bare?: true;
  readonly writable?: true;
  readonly file?: number;
  readonly when?: string;
}

/** `system-NAME`: every version of its events once. */
export interface SystemData {
  readonly system: string;
  readonly fields: readonly Field[];
  /** Fields of each record, by their place in `fields`. */
  readonly records: readonly (readonly number[])[];
  readonly symbols: readonly Readonly<Record<string, number>>[];
  readonly prints: readonly PrintEntry[];
  readonly files: readonly string[];
  readonly events: readonly EventVersion[];
  readonly tracepoints: readonly TracepointVersion[];
  readonly findings: readonly SiteFinding[];
}

/** What happened between two kernels, without what the rule says anyway. */
export interface SiteFinding {
  /** The later kernel. */
  readonly kernel: number;
  readonly rule: string;
  /** As in a finding, and the siblings behind it. */
  readonly events: readonly string[];
  readonly subject?: string;
  readonly level: Level;
  readonly likelihood: number;
  /** Those that are concerned. */
  readonly contracts: Readonly<Partial<Record<Contract, Outcome>>>;
  readonly readers?: Readonly<Partial<Record<ReaderKind, Outcome>>>;
  readonly before?: string;
  readonly after?: string;
  readonly message: string;
  /** Names of known users that it hurts. */
  readonly users?: readonly string[];
}

/** `search`: names of everything; events of a system are those of `Core.systems` at the same place. */
export interface SearchData {
  /** Per system the names of its events, sorted; those that the newest kernel lacks begin with `-`. */
  readonly events: readonly (readonly string[])[];
  /** Field or argument, and the events that ever had it: pairs of system and event as one list. */
  readonly fields: readonly (readonly [string, readonly number[]])[];
}

/** `tool-NAME`: what a tool is known to use, on every kernel. */
export interface ToolData {
  readonly name: string;
  readonly uses: readonly ToolUse[];
}

export interface ToolUse {
  readonly event: string;
  /** The event behind a raw tracepoint. */
  readonly page?: string;
  readonly contract: Contract;
  readonly kind?: ReaderKind;
  readonly subject?: string;
  readonly where: string;
  /** One letter for each kernel, see `CELLS`. */
  readonly cells: string;
  /** Findings that hurt it: the kernel, the rule, the message. */
  readonly hits: readonly (readonly [number, string, string])[];
}

/** What a letter of `ToolUse.cells` means. */
export const CELLS = {
  h: "holds",
  b: "what it uses of the event is not there",
  a: "the event is not there",
  u: "not known",
} as const;
export type Cell = keyof typeof CELLS;

/** `stability`: what lasted up to the newest kernel, along mainline. */
export interface StabilityData {
  /** The newest kernel. */
  readonly to: string;
  /** For all systems under `*`, and for each alone. */
  readonly survival: Readonly<Record<string, readonly SurvivalRow[]>>;
  readonly systems: readonly SystemStability[];
}

/** Shares from 0 to 1, in the order of `CONTRACTS`. */
export type SurvivalRow = readonly [from: string, events: number, kept: readonly number[]];

export interface SystemStability {
  readonly system: string;
  readonly counts: Counts;
  readonly neverBroken: number;
  readonly settled: number;
  readonly now: number;
  readonly ageInSeries?: number;
  readonly users: readonly string[];
}
