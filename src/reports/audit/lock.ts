// What changed in the dependencies of a tool since its lock file was written, for people and for the log of a CI.

import type { LockChange, LockComparison } from "../../audit/lock.ts";
import { count, escapeControls, listNames } from "../text.ts";

export function renderLockComparison({ added, removed }: LockComparison, file: string): string {
  const lines = [
    ...added.map((change) => `your tool now depends on ${describe(change)}`),
    ...removed.map((change) => `your tool no longer depends on ${describe(change)}`),
    added.length + removed.length === 0
      ? `nothing changed since '${file}' was written`
      : `${count(added.length + removed.length, "change")}; if they are meant, write '${file}' again with --lock`,
  ];
  return lines.map((line) => `${escapeControls(line)}\n`).join("");
}

/** `block:block_rq_issue (tp): field 'comm', in a.bt:3` */
function describe({ dependency, where }: LockChange): string {
  const { event, attach, uses } = dependency;
  return `${event} (${attach})${uses === undefined ? "" : `: ${uses}`}${where.length === 0 ? "" : `, in ${listNames(where)}`}`;
}
