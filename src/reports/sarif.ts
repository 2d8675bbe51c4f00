// SARIF 2.1.0, as code scanning services read it: the rules that fired with their pages, and a result for each finding.
// Invariant: paths are relative to the top of the kernel tree, and a finding keeps its fingerprint when lines move.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

import { renderRule } from "../rules/doc.ts";
import type { Finding, Level } from "../rules/finding.ts";
import { findRule } from "../rules/index.ts";
import { NOTICES } from "../rules/notices.ts";
import type { Problem } from "../snapshot/model.ts";
import { relativeUri } from "./escape.ts";
import { renderJson } from "./json.ts";
import type { RenderOptions, Report } from "./report.ts";
import { type Severity, severityOf } from "./severity.ts";
import { describeProblem, escapeControls } from "./text.ts";
import { TOOL } from "./tool.ts";
import { describeAccepted, describeOutcomes, listConsumers, placeOf, shownFindings } from "./words.ts";

const LEVEL_OF_SEVERITY: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", notice: "note" };

/** How GitHub sorts rules, by the worst finding of each. */
const PROBLEM_SEVERITY: Readonly<Record<Level, string>> = {
  breaking: "error",
  likely: "warning",
  possible: "recommendation",
  safe: "recommendation",
};

/** GitHub refuses a whole file for one result without a place; the kernel's top Makefile stands for all of the kernel. */
const WHOLE_KERNEL = "Makefile";

export function renderSarif(report: Report, options: RenderOptions): string {
  const findings = shownFindings(report, options);
  const ruleIds = [...new Set(findings.map(({ rule }) => rule))].sort();
  const run = {
    tool: {
      driver: { ...TOOL, semanticVersion: TOOL.version, rules: ruleIds.map((id) => describeRule(id, findings)) },
    },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { SRCROOT: { description: { text: "the top of the kernel tree" } } },
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [...report.problems.before, ...report.problems.after].map(describeNotUnderstood),
      },
    ],
    results: findings.map((finding) => describeResult(finding, ruleIds.indexOf(finding.rule))),
  };
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [run],
  };
  return renderJson(log);
}

/** A rule as its page in docs/rules says it. */
function describeRule(id: string, findings: readonly Finding[]): object {
  const rule = findRule(id);
  const said = rule ?? NOTICES.find((notice) => notice.id === id);
  const worst = findings.find((finding) => finding.rule === id)?.level ?? "safe";
  return {
    id,
    ...(said && {
      shortDescription: { text: said.title },
      fullDescription: { text: said.why },
      help: { text: `${said.why}\n\nInstead: ${said.fix}`, ...(rule && { markdown: renderRule(rule) }) },
    }),
    ...(rule?.links[0] !== undefined && { helpUri: rule.links[0] }),
    properties: { tags: ["tracepoint", "abi"], "problem.severity": PROBLEM_SEVERITY[worst] },
  };
}

function describeResult(finding: Finding, ruleIndex: number): object {
  const { id, rule, event, level, likelihood, message, contracts, consumers, accepted, before, after } = finding;
  const isHarmless = level === "safe";
  const text = [
    `${event}: ${message}`,
    ...(consumers.length === 0 ? [] : [`used by: ${listConsumers(consumers)}`]),
    ...(finding.fix === "" ? [] : [`instead: ${finding.fix}`]),
  ];
  return {
    ruleId: rule,
    ruleIndex,
    kind: isHarmless ? "informational" : "fail",
    level: isHarmless ? "none" : LEVEL_OF_SEVERITY[severityOf(finding)],
    rank: Math.round(1000 * likelihood) / 10,
    message: { text: plainText(text.join("\n")) },
    locations: [describePlace(finding)],
    // The first is what GitHub compares; it would count lines itself if it were not here.
    partialFingerprints: { primaryLocationLineHash: `${id}:1`, "tpabiFinding/v1": id },
    ...(accepted && {
      suppressions: [{ kind: "external", status: "accepted", justification: plainText(describeAccepted(accepted)) }],
    }),
    properties: {
      level,
      likelihood,
      contracts,
      readers: describeOutcomes(finding),
      consumers,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(finding.arches && { arches: finding.arches }),
      ...(finding.commit && { commit: finding.commit }),
    },
  };
}

function describePlace(finding: Finding): object {
  const { event, subject } = finding;
  const place = placeOf(finding);
  return {
    physicalLocation: {
      artifactLocation: { uri: relativeUri(place?.file ?? WHOLE_KERNEL), uriBaseId: "SRCROOT" },
      region: { startLine: Math.max(1, place?.line ?? 1) },
    },
    logicalLocations: [
      { fullyQualifiedName: subject === undefined ? event : `${event}.${subject}`, kind: "declaration" },
    ],
  };
}

function describeNotUnderstood(problem: Problem): object {
  return { level: "warning", message: { text: plainText(describeProblem(problem)) }, descriptor: { id: problem.code } };
}

/** Text of a message: in SARIF `[a](b)` is a link, which no text of a kernel may become. */
function plainText(text: string): string {
  return text.split("\n").map(escapeControls).join("\n").replaceAll("](", "] (");
}
