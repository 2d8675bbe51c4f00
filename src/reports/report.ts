// The report of a comparison: the public JSON (docs/report.schema.json), and all that a renderer may look at.
// Renderers are pure: the same report and options give the same text.

import { compareDanger } from "../rules/danger.ts";
import {
  type Contract,
  CONTRACTS,
  type Finding,
  HARD_OUTCOMES,
  type Level,
  LEVELS,
  type Outcome,
} from "../rules/finding.ts";
import type { FailOn, PolicyName } from "../rules/policy.ts";
import type { Kernel, Problem } from "../snapshot/model.ts";
import type { Format } from "./formats.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderComment, renderMarkdown } from "./markdown.ts";
import { renderSarif } from "./sarif.ts";
import { renderTerminal } from "./terminal.ts";

/** Version of the report format. */
export const REPORT_SCHEMA_VERSION = 1;

export interface Report {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly before: Kernel;
  readonly after: Kernel;
  readonly notComparable: readonly NotComparable[];
  readonly summary: Summary;
  /** By what was decided which findings fail; absent where nothing was. */
  readonly policy?: AppliedPolicy;
  /** What was seen in each kernel and not understood. */
  readonly problems: { readonly before: readonly Problem[]; readonly after: readonly Problem[] };
  /** Most dangerous first (src/rules/danger.ts). */
  readonly findings: readonly Finding[];
}

/** A policy, and what came of it. */
export interface AppliedPolicy {
  readonly name: PolicyName;
  /** The mildest level that fails, where it was given beside the policy. */
  readonly failOn?: FailOn;
  /** Findings that fail. */
  readonly failing: number;
  /** Findings that somebody accepted. */
  readonly accepted: number;
  /** Findings that the configuration leaves out: of events to ignore, of rules that are off. */
  readonly leftOut: number;
}

/** A kind of fact that was not compared because a side does not know it. */
export interface NotComparable {
  readonly fact: string;
  readonly missing: "before" | "after" | "both";
}

export interface Summary {
  readonly events: EventCounts;
  /** Findings of each level that nobody has accepted. */
  readonly levels: Readonly<Record<Level, number>>;
  /** For each contract, the findings with a hard outcome for its readers. */
  readonly contracts: Readonly<Record<Contract, number>>;
}

/** Events by name, before renames are paired. */
export interface EventCounts {
  readonly before: number;
  readonly after: number;
  readonly both: number;
  readonly removed: number;
  readonly added: number;
}

export interface RenderOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Show what hurts nobody too. */
  readonly all: boolean;
  /** What the user called the kernels; a kernel need not know its own version. */
  readonly names?: { readonly before: string; readonly after: string };
}

export type Renderer = (report: Report, options: RenderOptions) => string;

/** All renderers by the name that `--format` and `--output` know them by. */
export const RENDERERS: Readonly<Record<Format, Renderer>> = {
  terminal: renderTerminal,
  json: renderJson,
  github: renderGithub,
  sarif: renderSarif,
  markdown: renderMarkdown,
  comment: renderComment,
  junit: renderJunit,
  html: renderHtml,
};

/** Orders what a comparison has found, and counts it. */
export function createReport(
  parts: Omit<Report, "schemaVersion" | "summary"> & { readonly events: EventCounts },
): Report {
  const { events, findings, ...rest } = parts;
  const open = findings.filter(({ accepted }) => accepted === undefined);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    ...rest,
    summary: {
      events,
      levels: countBy(LEVELS, (level) => open.filter((finding) => finding.level === level).length),
      contracts: countBy(CONTRACTS, (contract) => open.filter((finding) => isHard(finding, contract)).length),
    },
    findings: [...findings].sort(compareDanger),
  };
}

function isHard(finding: Finding, contract: Contract): boolean {
  const outcome: Outcome = finding.contracts[contract];
  return HARD_OUTCOMES.has(outcome);
}

function countBy<K extends string>(keys: readonly K[], count: (key: K) => number): Readonly<Record<K, number>> {
  return Object.fromEntries(keys.map((key) => [key, count(key)])) as Record<K, number>;
}
