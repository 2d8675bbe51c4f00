// What notes say of a change, in the words of people who use tracepoints and do not know this tool.
// Invariant: plain text in which nothing is escaped yet; each format escapes it in its own way.

import { findRule } from "../rules/index.ts";
import {
  type Contract,
  CONTRACTS,
  type Finding,
  type Level,
  type Outcome,
  OUTCOMES,
  type ReaderKind,
} from "../rules/finding.ts";
import { count, describeProblem, grouped } from "../reports/text.ts";
import type { Kernel } from "../snapshot/model.ts";
import type { NotedCommit } from "./commits.ts";
import type { Notes, Origin } from "./notes.ts";

/** What changed: the kind of change, and the facts before and after. */
export interface What {
  /** `Argument removed` */
  readonly title: string;
  /** `struct request_queue *q`; C code or names. */
  readonly before?: string;
  readonly after?: string;
  readonly subject?: string;
}

export function describeWhat({ rule, before, after, subject, confidence }: Finding): What {
  const title = findRule(rule)?.title ?? rule;
  const sure = confidence === undefined || confidence === 1 ? "" : ` (${Math.round(100 * confidence)} % sure)`;
  const isNamed = subject !== undefined && !`${before} ${after}`.includes(subject);
  return {
    title: title.charAt(0).toUpperCase() + title.slice(1) + sure,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(isNamed ? { subject } : {}),
  };
}

const READERS: Readonly<Record<Contract, string>> = {
  existence: "programs on the event",
  layout: "programs that read the record at fixed offsets",
  fields: "readers of fields by name (bpftrace, perf, filters)",
  core: "CO-RE programs on its struct",
  args: "BPF programs on raw_tp",
  values: "programs that compare its numbers",
  text: "parsers of the printed line",
};

const KINDS: Readonly<Record<ReaderKind, string>> = {
  "perf-python": "Python handlers of perf script",
  bcc: "bcc programs with TRACEPOINT_PROBE",
  raw_tp: "BPF programs on raw_tp",
  tp_btf: "typed BPF programs (tp_btf)",
  module: "kernel modules with a probe",
};

const DO: Readonly<Record<Outcome, string>> = {
  silent: "read wrong data without any error",
  attach: "fail to attach",
  load: "fail to load",
  missing: "do not find it",
  build: "do not build",
  cosmetic: "see something else",
  none: "notice nothing",
};

/** Where a contract or a kind of reader has words of its own for an outcome. */
const INSTEAD: Readonly<Record<string, string>> = {
  "args silent": "read another argument without any error",
  "args build": "do not build if they name the type",
  "existence cosmetic": "find it under other configurations only",
  "fields cosmetic": "see another type or length",
  "values cosmetic": "see values or labels that they do not know",
  "text cosmetic": "see other text",
  "perf-python missing": "fail, because they take all fields by position",
  "perf-python silent": "get other fields without any error, because they take them by position",
};

/** Whom a change hurts and how, worst first; empty if nobody. */
export function describeWhom({ contracts, readers = {} }: Finding): readonly string[] {
  // A rule that speaks of untyped programs apart means the typed ones with the rest.
  const of = readers.raw_tp === undefined ? READERS : { ...READERS, args: KINDS.tp_btf };
  const met = [
    ...CONTRACTS.map((contract) => ({ who: of[contract], outcome: contracts[contract], contract })),
    ...(Object.keys(KINDS) as ReaderKind[]).map((kind) => ({
      who: KINDS[kind],
      outcome: readers[kind],
      contract: kind,
    })),
  ];
  return OUTCOMES.filter((outcome) => outcome !== "none").flatMap((outcome) =>
    met
      .filter((one) => one.outcome === outcome)
      .map(({ who, contract }) => `${who} ${INSTEAD[`${contract} ${outcome}`] ?? DO[outcome]}`),
  );
}

/** One sentence that says how bad it is. */
export function summarize({ summary, subsystems }: Notes): string {
  const { breaking, likely, possible, safe } = summary.levels;
  const changes = breaking + likely + possible + safe;
  if (changes === 0) return "No tracepoint changed: what worked with the one works with the other.";
  const where = `${count(changes, "change")} in ${count(subsystems.length, "subsystem")}`;
  if (breaking + likely + possible === 0) {
    return changes === 1
      ? `${where}; it hurts nobody.`
      : `${where}, none of which hurts a program that reads tracepoints.`;
  }
  const parts: readonly (readonly [number, string])[] = [
    [breaking, breaking === 1 ? "breaks programs that are known" : "break programs that are known"],
    [likely, likely === 1 ? "is likely to break programs" : "are likely to break programs"],
    [possible, "may break a few programs or look different"],
    [safe, safe === 1 ? "hurts nobody" : "hurt nobody"],
  ];
  const shown = parts.filter(([number]) => number > 0).map(([number, words]) => `${grouped(number)} ${words}`);
  return `${where}: ${shown.join(", ")}.`;
}

/** What a reader has to know before trusting the notes: what was not compared, and what was not understood. */
export function describeLimits({ notComparable, problems }: Notes): readonly string[] {
  const facts = notComparable.map(({ fact }) => fact);
  const sides = [
    ["earlier", problems.before],
    ["later", problems.after],
  ] as const;
  return [
    ...(facts.includes("conditions")
      ? [
          "One kernel was read with its configuration and the other without: events and fields that the configuration leaves out look like new or gone ones here.",
        ]
      : []),
    ...(facts.length > 0 ? [`Not compared, because one of the kernels does not tell: ${facts.join(", ")}.`] : []),
    ...sides.flatMap(([side, [first, ...more]]) => {
      if (first === undefined) return [];
      const places = count(more.length + 1, "place");
      return [
        `Not understood in the ${side} kernel: ${places}, the first is ${describeProblem(first)}. What is there may have changed, too.`,
      ];
    }),
  ];
}

export const LEVEL_WORD: Readonly<Record<Level, string>> = {
  breaking: "breaking",
  likely: "likely to break",
  possible: "may break",
  safe: "harmless",
};

/** What a kernel is called in a title: as the user spelled it, unless that is a place and the version is known. */
export function nameKernel(spelling: string, { version }: Kernel): string {
  return /[/:]/.test(spelling) && version !== "" ? version : spelling;
}

/** A subsystem as a heading. */
export function describeSystem(system: string): string {
  if (system === "*") return "Not of one event";
  return system === "-" ? "Tracepoints without an event" : system;
}

/** Digits of a commit id that a message names: as many as the kernel's own rules ask for. */
const ID_DIGITS = 12;

/** A commit in parts, since each format marks ids, subjects and tags in its own way. */
export interface OriginWords {
  readonly lead: string;
  readonly commit?: { readonly id: string; readonly subject: string; readonly author: string };
  /** `upstream 0123456789ab`, `first in v6.1.175`, ... */
  readonly facts: readonly string[];
}

export function describeOrigin(origin: Origin): OriginWords {
  switch (origin.is) {
    case "commit": {
      const { commit, side } = origin;
      const lead = side === "before" ? "only the earlier kernel has" : "by";
      return { lead, commit: nameCommit(commit), facts: factsOf(commit) };
    }
    case "import": {
      const release = origin.version === "" ? "a release" : origin.version;
      return { lead: `came with ${release}, which this history has as one commit`, facts: [] };
    }
    case "release":
      return { lead: `first in ${origin.version}, not yet in ${origin.previous}`, facts: [] };
    case "unknown":
      return { lead: `origin unknown: ${origin.reason}`, facts: [] };
  }
}

function nameCommit({ id, subject, author }: NotedCommit): NonNullable<OriginWords["commit"]> {
  return { id: id.slice(0, ID_DIGITS), subject, author };
}

function factsOf({ upstream, tag, elsewhere }: NotedCommit): readonly string[] {
  const others = elsewhere.map(({ tag: other }) => other);
  return [
    ...(upstream === undefined ? [] : [`upstream ${upstream.slice(0, ID_DIGITS)}`]),
    // Without a tag nothing is said: git's search for the nearest one goes by dates and can miss it.
    ...(tag === undefined ? [] : [`first in ${[tag, ...others].join(", ")}`]),
  ];
}
