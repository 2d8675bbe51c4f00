// `tpabi accept`: writes into tpabi.yml that findings are known and may stay, with a reason.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Command } from "commander";

import { ToolError } from "../errors.ts";
import { FINDING_ID } from "../policy/config.ts";
import { say } from "./print.ts";
import { CONFIG_NAME, configFileOption, findConfig, findTop, today } from "./policy-options.ts";

const EXAMPLES = `
The ids stand in every report: in the terminal with --all, in JSON as "id".

Examples:
  tpabi accept 77aa0c1f24d3b968 --reason 'nobody reads it, asked on linux-trace-users'
  tpabi accept 77aa0c1f24d3b968 --reason 'fixed in the next release' --owner net --until v6.18
  tpabi accept 77aa0c1f24d3b968 --reason 'until the tools have moved' --until 2027-01-31 --report report.json
`;

interface Flags {
  readonly reason: string;
  readonly owner?: string;
  readonly until?: string;
  readonly report?: string;
  readonly configFile?: string;
}

export function define(command: Command): void {
  command
    .argument("<finding...>", "ids of findings")
    .requiredOption("--reason <text>", "why it may be so")
    .option("--owner <name>", "who answers for it")
    .option("--until <day|kernel>", "the last day (2027-01-31) or kernel (v6.18) for which it holds")
    .option("--report <file>", "the JSON report that has the findings: checks the ids, and notes what they are about")
    .addOption(configFileOption())
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(findings: readonly string[], flags: Flags): Promise<void> {
  await requireSense(findings, flags);
  const [{ writeAcceptances }, { readText, writeAtomically }] = await Promise.all([
    import("../policy/write-acceptances.ts"),
    import("../sources/files.ts"),
  ]);
  const path = flags.configFile ?? findConfig(".") ?? join(findTop(resolve(".")) ?? ".", CONFIG_NAME);
  const content = existsSync(path) ? await readText(path) : "";
  const abouts = flags.report === undefined ? undefined : await readAbouts(flags.report);
  const acceptances = [...new Set(findings)].map((finding) => {
    const about = abouts?.get(finding);
    if (abouts !== undefined && about === undefined) {
      throw new ToolError("bad-usage", `'${flags.report}' has no finding '${finding}'`);
    }
    const { reason, owner, until } = flags;
    return {
      finding,
      reason,
      ...(owner !== undefined && { owner }),
      ...(until !== undefined && { until }),
      ...(about !== undefined && { about }),
    };
  });
  await writeAtomically(path, writeAcceptances(content, CONFIG_NAME, acceptances));
  say(`${path}: ${acceptances.length === 1 ? "1 finding" : `${acceptances.length} findings`} accepted`);
}

/** Refuses what a configuration could not hold, before any file is named. */
async function requireSense(findings: readonly string[], { reason, owner = "nobody", until }: Flags): Promise<void> {
  const { isPast, isUntil } = await import("../policy/until.ts");
  const wrong = findings.find((finding) => !FINDING_ID.test(finding));
  if (wrong !== undefined) {
    throw new ToolError("bad-usage", `'${wrong}' is no id of a finding`, { hint: "reports with --all show the ids" });
  }
  if (reason.trim() === "" || owner.trim() === "") throw new ToolError("bad-usage", "--reason and --owner need a text");
  if (until !== undefined && !isUntil(until)) {
    throw new ToolError("bad-usage", `'${until}' is no day and no kernel`, { hint: "such as 2027-01-31, or v6.18" });
  }
  if (until !== undefined && isPast(until, today(), "")) {
    throw new ToolError("bad-usage", `'${until}' is past`, { hint: "name a day to come" });
  }
}

/** What the findings of a saved report are about, by their ids. */
async function readAbouts(path: string): Promise<ReadonlyMap<string, string>> {
  const [{ readText }, { escapeControls }] = await Promise.all([
    import("../sources/files.ts"),
    import("../reports/text.ts"),
  ]);
  const findings: unknown = parseReport(await readText(path), path);
  if (!Array.isArray(findings)) throw noReport(path);
  return new Map(
    findings.map((finding: { id?: unknown; rule?: unknown; event?: unknown; subject?: unknown }) => {
      const { id, rule, event, subject } = finding;
      const what = typeof subject === "string" ? `${String(rule)} of ${subject}` : String(rule);
      return [String(id), escapeControls(`${what} in ${String(event)}`)];
    }),
  );
}

function parseReport(text: string, path: string): unknown {
  try {
    return (JSON.parse(text) as { findings?: unknown } | null)?.findings;
  } catch (error) {
    throw noReport(path, error);
  }
}

function noReport(path: string, cause?: unknown): ToolError {
  return new ToolError("bad-usage", `'${path}' is no JSON report`, {
    hint: "write one with --output json=FILE",
    ...(cause !== undefined && { cause }),
  });
}
