// Applies a policy to a report: what is left out, graded otherwise or accepted, and what fails. The only place that does.
// Invariant: nothing vanishes without being counted, and an accepted finding stays in the report.

import { type AppliedPolicy, createReport, type Report } from "../reports/report.ts";
import { type Accepted, type Finding, NO_OUTCOMES } from "../rules/finding.ts";
import { fingerprint } from "../rules/fingerprint.ts";
import { ACCEPTANCE_EXPIRED, ACCEPTANCE_UNUSED, type Notice } from "../rules/notices.ts";
import { type FailOn, isFailing, type PolicyName, type Threshold } from "../rules/policy.ts";
import { eventMatcher } from "../snapshot/event-glob.ts";
import { describeAcceptance, fits } from "./acceptance.ts";
import type { Acceptance, Config } from "./config.ts";
import { isPast } from "./until.ts";

export interface PolicyOptions {
  /** Go before what the configuration says. */
  readonly policy?: PolicyName;
  readonly failOn?: FailOn;
  readonly config?: Config;
  /** The day it is, such as `2026-11-23`; without it no acceptance expires on a day. */
  readonly today?: string;
  /** The report has only some of the findings, so an acceptance that none fits is no news. */
  readonly isFiltered?: boolean;
}

/** The report with what fails marked as failing; without options by the policy `mainline`. */
export function applyPolicy(report: Report, options: PolicyOptions = {}): Report {
  const { config } = options;
  const threshold = thresholdOf(options);
  const meant = report.findings.filter((finding) => isMeant(finding, config));
  const graded = meant.flatMap((finding) => grade(finding, config));
  const { valid, expired } = sortOut(config?.accept ?? [], options.today, report.after.version);
  const unused = options.isFiltered ? [] : valid.filter((one) => !graded.some((finding) => fits(one, finding)));
  const notices = [
    ...expired.map((one) => notify(ACCEPTANCE_EXPIRED, one, config, `held until ${one.until}`)),
    ...unused.map((one) => notify(ACCEPTANCE_UNUSED, one, config, "fits no finding")),
  ].flatMap((finding) => grade(finding, config));
  const findings = [
    ...graded.map((finding) => decide(accept(finding, valid), threshold)),
    // How likely a notice hurts somebody is no question.
    ...notices.map((notice) => decide(notice, { ...threshold, minLikelihood: 0 })),
  ];
  return createReport({
    ...report,
    events: report.summary.events,
    findings,
    policy: describe(threshold, findings, report.findings.length - graded.length),
  });
}

/** A policy of the command line sets aside the level of the file, too. */
function thresholdOf({ policy, failOn, config }: PolicyOptions): Threshold {
  const level = failOn ?? (policy === undefined ? config?.["fail-on"] : undefined);
  const minLikelihood = config?.["min-likelihood"];
  return {
    policy: policy ?? config?.policy ?? "mainline",
    ...(level !== undefined && { failOn: level }),
    ...(minLikelihood !== undefined && { minLikelihood }),
  };
}

/** Whether any event of a finding is looked at; what concerns all events always is. */
function isMeant({ event, siblings = [] }: Finding, config: Config | undefined): boolean {
  if (event === "*:*") return true;
  const wanted = config?.events?.map(eventMatcher);
  const ignored = config?.ignore?.map(eventMatcher) ?? [];
  return [event, ...siblings].some(
    (id) => (wanted?.some((matches) => matches(id)) ?? true) && !ignored.some((matches) => matches(id)),
  );
}

function grade(finding: Finding, config: Config | undefined): readonly Finding[] {
  const given = config?.rules?.[finding.rule];
  if (given === "off") return [];
  return [given === undefined ? finding : { ...finding, level: given }];
}

/** Acceptances that hold on a day and for a kernel, and those that no longer do. */
function sortOut(
  acceptances: readonly Acceptance[],
  today: string | undefined,
  kernel: string,
): { readonly valid: readonly Acceptance[]; readonly expired: readonly Acceptance[] } {
  const isExpired = ({ until }: Acceptance): boolean => until !== undefined && isPast(until, today, kernel);
  return { valid: acceptances.filter((one) => !isExpired(one)), expired: acceptances.filter(isExpired) };
}

function accept(finding: Finding, acceptances: readonly Acceptance[]): Finding {
  const acceptance = acceptances.find((one) => fits(one, finding));
  if (acceptance === undefined) return finding;
  const { reason, owner, until } = acceptance;
  const accepted: Accepted = {
    reason,
    ...(owner !== undefined && { owner }),
    ...(until !== undefined && { until }),
  };
  return { ...finding, accepted };
}

function decide(finding: Finding, threshold: Threshold): Finding {
  const { fails: _, ...rest } = finding;
  return finding.accepted === undefined && isFailing(finding, threshold) ? { ...rest, fails: true } : rest;
}

/** A finding about an acceptance, at its line of the file. */
function notify({ id, fix }: Notice, one: Acceptance, config: Config | undefined, what: string): Finding {
  const subject = describeAcceptance(one);
  return {
    id: fingerprint([id, subject, one.until ?? ""]),
    rule: id,
    event: "*:*",
    subject,
    level: "possible",
    likelihood: 0,
    contracts: NO_OUTCOMES,
    consumers: [],
    ...(config !== undefined && { location: { file: config.file, line: one.line } }),
    message: `the acceptance of ${subject} ${what} (its reason: ${one.reason})`,
    fix,
  };
}

function describe({ policy, failOn }: Threshold, findings: readonly Finding[], leftOut: number): AppliedPolicy {
  return {
    name: policy,
    ...(failOn !== undefined && { failOn }),
    failing: findings.filter(({ fails }) => fails).length,
    accepted: findings.filter(({ accepted }) => accepted).length,
    leftOut,
  };
}
