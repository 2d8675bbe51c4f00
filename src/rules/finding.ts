// A finding: one change, judged for each contract that consumers have with the kernel. Plain data of the public JSON report.

import type { Location } from "../snapshot/model.ts";

/**
 * Who relies on what (docs/contracts.md).
 * `existence`: that the event is there. `layout`: fixed offsets. `fields`: fields by name through the format file.
 * `core`: members of `struct trace_event_raw_<class>` through CO-RE. `args`: TP_PROTO by position (raw_tp, tp_btf, modules).
 * `values`: numbers behind enums and flags. `text`: printed lines.
 */
export const CONTRACTS = ["existence", "layout", "fields", "core", "args", "values", "text"] as const;
export type Contract = (typeof CONTRACTS)[number];

/**
 * What a consumer through one contract meets, worst first.
 * `silent`: wrong data, no error. `attach`, `load`, `missing`: a loud failure at run time. `build`: a failure to compile.
 * `cosmetic`: visible, harmless. `none`: nothing.
 */
export const OUTCOMES = ["silent", "attach", "load", "missing", "build", "cosmetic", "none"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** No outcome through any contract. */
export const NO_OUTCOMES: Readonly<Record<Contract, Outcome>> = {
  existence: "none",
  layout: "none",
  fields: "none",
  core: "none",
  args: "none",
  values: "none",
  text: "none",
};

/** Outcomes after which a program no longer does what it did. */
export const HARD_OUTCOMES: ReadonlySet<Outcome> = new Set(["silent", "attach", "load", "missing", "build"]);

/**
 * Kinds of readers within a contract that fare otherwise than the rest of it, and the contract they belong to.
 * `perf-python`: handlers of `perf script` in Python, which take all fields by position (in `fields`).
 * `bcc`: TRACEPOINT_PROBE, whose generated struct spells dynamic fields `data_loc_<name>` (in `fields`).
 * `raw_tp`, `tp_btf`: BPF programs on arguments, untyped and typed (in `args`).
 * `module`: kernel modules that register probes, compiled against TP_PROTO (in `args`).
 */
export const READER_KINDS = {
  "perf-python": "fields",
  bcc: "fields",
  raw_tp: "args",
  tp_btf: "args",
  module: "args",
} as const satisfies Record<string, Contract>;
export type ReaderKind = keyof typeof READER_KINDS;

/**
 * `breaking`: a known consumer uses exactly this event, field or argument, and meets a hard outcome when it runs.
 * `likely`: a hard outcome on an exposed event without such a known user, or a known one that does not build any more.
 * `possible`: hard only for readers of bytes, arguments, members and numbers of an unexposed event, or a soft outcome that
 * scripts notice.
 * `safe`: hurts nobody.
 */
export const LEVELS = ["breaking", "likely", "possible", "safe"] as const;
export type Level = (typeof LEVELS)[number];

/** A program known to rely on exactly what changed. */
export interface Consumer {
  readonly tool: string;
  /** File (and line) in the tool's source where the use was seen. */
  readonly where: string;
  /** What the program meets, through the contract by which it uses the event. */
  readonly outcome: Outcome;
}

/** That somebody has accepted a finding, as tpabi.yml says it (docs/config.md). */
export interface Accepted {
  readonly reason: string;
  readonly owner?: string;
  /** The last day (`2027-01-31`) or the last kernel (`6.18`) for which it holds. */
  readonly until?: string;
}

/** The commit of a series that made a change. */
export interface IntroducedBy {
  /** Absent for a patch that is no commit yet. */
  readonly id?: string;
  readonly subject: string;
  /** A later commit of the series after which the change is gone again. */
  readonly undoneBy?: { readonly id?: string; readonly subject: string };
}

/** One change, judged. */
export interface Finding {
  /** Fingerprint: stable over line numbers and over other findings. */
  readonly id: string;
  /** Id of the rule that judged it. */
  readonly rule: string;
  /** `system:name`, `*:*` for what concerns every event, or `-:name` for a tracepoint without an event. */
  readonly event: string;
  /** The field or argument it is about. */
  readonly subject?: string;
  readonly level: Level;
  /** From 0 to 1: how likely it is that a program in use meets a hard outcome (docs/likelihood.md). */
  readonly likelihood: number;
  /** From 0 to 1, for renames: how sure it is that one became the other. */
  readonly confidence?: number;
  readonly contracts: Readonly<Record<Contract, Outcome>>;
  /** Kinds of readers that meet something else than the rest of their contract. */
  readonly readers?: Readonly<Partial<Record<ReaderKind, Outcome>>>;
  readonly consumers: readonly Consumer[];
  /** The changed fact before and after, in short text. */
  readonly before?: string;
  readonly after?: string;
  /** Where the changed declaration stands in the later kernel (or in the earlier one, if the event is gone). */
  readonly location?: Location;
  /** Where the event is declared, if that is another place. */
  readonly declaration?: Location;
  /** One line, lower case, no final stop: what changed and what that does to readers. */
  readonly message: string;
  /** What the author of the kernel change can do instead. */
  readonly fix: string;
  /** Further events that changed in the very same way, by id. */
  readonly siblings?: readonly string[];
  /** Knock-on effects that this finding stands for, one short text each. */
  readonly folded?: readonly string[];
  /** It stays visible, and fails nothing. */
  readonly accepted?: Accepted;
  /** Whether it fails the check, by the policy that the report names. */
  readonly fails?: true;
  /** The architectures it was found on, where several were compared. */
  readonly arches?: readonly string[];
  readonly commit?: IntroducedBy;
}
