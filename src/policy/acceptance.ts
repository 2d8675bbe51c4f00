// What an acceptance is about. Invariant: one that names several things accepts only what fits all of them.

import type { Finding } from "../rules/finding.ts";
import { eventMatcher, matchesGlob } from "../snapshot/event-glob.ts";
import type { Acceptance } from "./config.ts";

/** Whether an acceptance is about a finding; a finding on several events only if all of them fit. */
export function fits(acceptance: Acceptance, { id, rule, event, subject, siblings = [] }: Finding): boolean {
  if (acceptance.finding !== undefined) return acceptance.finding === id;
  if (acceptance.rule !== undefined && acceptance.rule !== rule) return false;
  if (acceptance.event !== undefined && ![event, ...siblings].every(eventMatcher(acceptance.event))) return false;
  return acceptance.subject === undefined || (subject !== undefined && matchesGlob(subject, acceptance.subject));
}

/** `finding 0123456789abcdef`, or `field-removed in 'rxrpc:*'`. */
export function describeAcceptance({ finding, rule, event, subject }: Acceptance): string {
  if (finding !== undefined) return `finding ${finding}`;
  const where = event === undefined ? "" : ` in '${event}'`;
  return `${rule ?? "any rule"}${subject === undefined ? "" : ` of '${subject}'`}${where}`;
}
