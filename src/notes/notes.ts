// The tracepoint section of release notes, as plain data: what changed, for whom, by which commit. src/notes/show-*.ts write it.
// Invariant: every finding is in it once, most dangerous first; what is not known of its origin is said, not left out.

import type { Report } from "../reports/report.ts";
import type { Finding } from "../rules/finding.ts";
import { groupBy } from "../snapshot/group.ts";
import type { Kernel, Problem } from "../snapshot/model.ts";
import type { NotedCommit } from "./commits.ts";

/** Version of the JSON that `tpabi notes --format json` writes. */
const NOTES_SCHEMA_VERSION = 1;

export interface Notes {
  readonly schemaVersion: typeof NOTES_SCHEMA_VERSION;
  readonly before: Kernel;
  readonly after: Kernel;
  readonly summary: Report["summary"];
  /** Kinds of facts that one side does not know, so that notes cannot speak of them. */
  readonly notComparable: Report["notComparable"];
  /** What each kernel holds that was not understood: notes may miss what it hides. */
  readonly problems: { readonly before: readonly Problem[]; readonly after: readonly Problem[] };
  /** Why there is no commit at any change, where there is none; absent where commits were looked for. */
  readonly noCommits?: string;
  /** The subsystem with the most dangerous finding first. */
  readonly subsystems: readonly Subsystem[];
}

export interface Subsystem {
  /** `block`; `*` for what concerns every event, `-` for tracepoints without an event. */
  readonly system: string;
  readonly changes: readonly NotedChange[];
}

export interface NotedChange {
  readonly finding: Finding;
  /** The latest first; absent where commits were not looked for. */
  readonly origins?: readonly Origin[];
}

/** Where a change came from, as the notes say it. */
export type Origin =
  | { readonly is: "commit"; readonly commit: NotedCommit; readonly side: "before" | "after" }
  | { readonly is: "import"; readonly commit: NotedCommit; readonly version: string }
  /** Without a history of commits: the first of the kernels in between that has it, and the last that has not. */
  | { readonly is: "release"; readonly version: string; readonly previous: string }
  | { readonly is: "unknown"; readonly reason: string };

/** Arranges the findings of a report; `origins` are looked up by the id of a finding. */
export function createNotes(
  report: Report,
  origins: ReadonlyMap<string, readonly Origin[]> | undefined,
  noCommits?: string,
): Notes {
  const systems = groupBy(report.findings, ({ event }) => event.slice(0, event.indexOf(":")));
  const noted = (finding: Finding): NotedChange => {
    const own = origins?.get(finding.id);
    return { finding, ...(own === undefined ? {} : { origins: own }) };
  };
  return {
    schemaVersion: NOTES_SCHEMA_VERSION,
    before: report.before,
    after: report.after,
    summary: report.summary,
    notComparable: report.notComparable,
    problems: report.problems,
    ...(noCommits === undefined ? {} : { noCommits }),
    // Findings come most dangerous first, and a map keeps the order in which keys came.
    subsystems: [...systems].map(([system, findings]) => ({ system, changes: findings.map(noted) })),
  };
}
