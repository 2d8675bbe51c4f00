// The step, read top to bottom: what to check, run the command line, pass on annotations, summary, outputs and the comment.
// Invariant: a check that could not run fails the step, whatever fail-on says; nothing of the kernel is ever run.

import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { escapeCommandData } from "../reports/escape.ts";
import type { Report } from "../reports/report.ts";
import { escapeControls } from "../reports/text.ts";
import { LEVELS } from "../rules/finding.ts";
import { ActionError, addSummary, type Environment, input, inputLines, isOn, type Payload, readPayload, setOutput } from "./environment.ts";
import { type Api, findPullRequest, keepComment } from "./github.ts";
import { type Commits, commitsOf } from "./range.ts";
import { findTool } from "./tool.ts";

/** Runs the step and gives the exit status of the process. */
export async function runAction(environment: Environment, root: string): Promise<number> {
  try {
    const commits = await findCommits(environment);
    const files = reportFiles(environment);
    const status = await runCheck(
      environment,
      findTool(environment, root, input(environment, "version")),
      commits,
      files,
    );
    if (status > 1 || !existsSync(files.json)) throw new ActionError("the check could not run; the reason stands above");
    const report = JSON.parse(readFileSync(files.json, "utf8")) as Report;
    tellRunner(environment, report, files, status);
    if (isOn(environment, "comment")) await comment(environment, report, files, commits);
    return status;
  } catch (error) {
    annotate(environment, "error", describe(error));
    setOutput(environment, "result", "error");
    return 2;
  }
}

function annotate({ print }: Environment, severity: "error" | "warning" | "notice", text: string): void {
  print(`::${severity} title=tpabi::${escapeCommandData(text.split("\n").map(escapeControls).join("\n"))}`);
}

/** What went wrong, and what to do about it on a line of its own. */
function describe(error: unknown): string {
  const { message, hint } = error as { message: string; hint?: string };
  return hint === undefined ? message : `${message}\n${hint}`;
}

/** What to check; the payload of a workflow_run does not say which pull request it was for. */
async function findCommits(environment: Environment): Promise<Commits> {
  const payload = readPayload(environment);
  const sha = payload.workflow_run?.head_sha;
  if (sha === undefined) return mergedCommits(environment, payload) ?? commitsOf(environment, payload);
  return commitsOf(environment, payload, await findPullRequest(apiOf(environment), sha));
}

/**
 * A pull request is checked out as the merge of both sides. Comparing that with its first parent needs no history, but its
 * commits are not in it.
 */
function mergedCommits(environment: Environment, { pull_request: pullRequest }: Payload): Commits | undefined {
  const isAsked = ["base", "head"].some((name) => input(environment, name) !== "") || isOn(environment, "per-commit");
  if (pullRequest === undefined || isAsked) return undefined;
  const path = resolve(environment.variables["GITHUB_WORKSPACE"] ?? ".", input(environment, "repository-path"));
  const read = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", path, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    // `rev-list --parents` would leave out what a shallow clone has cut off.
    const [header = ""] = read("cat-file", "commit", "HEAD").split("\n\n");
    const parents = [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map(([, id]) => id);
    const [base, head, ...others] = parents;
    if (base === undefined || head !== pullRequest.head.sha || others.length > 0) return undefined;
    return { base, head: read("rev-parse", "HEAD").trim(), pullRequest };
  } catch {
    // The check tells what is wrong with the repository.
    return undefined;
  }
}

interface ReportFiles {
  readonly json: string;
  readonly markdown: string;
  /** The same, short enough for a comment. */
  readonly comment: string;
  readonly sarif?: string;
  readonly html?: string;
}

function reportFiles(environment: Environment): ReportFiles {
  const { RUNNER_TEMP: temporary = tmpdir(), GITHUB_WORKSPACE: workspace = "." } = environment.variables;
  const directory = join(temporary, `tpabi-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  const [sarif, html] = [input(environment, "sarif"), input(environment, "html")];
  return {
    json: join(directory, "report.json"),
    markdown: join(directory, "report.md"),
    comment: join(directory, "comment.md"),
    ...(sarif !== "" && { sarif: resolve(workspace, sarif) }),
    ...(html !== "" && { html: resolve(workspace, html) }),
  };
}

/** Its standard output are annotations, which GitHub reads from ours. */
function runCheck(environment: Environment, cli: string, commits: Commits, files: ReportFiles): Promise<number> {
  const one = (flag: string, name: string): readonly string[] => {
    const value = input(environment, name);
    return value === "" ? [] : [`--${flag}=${value}`];
  };
  const each = (flag: string): readonly string[] => inputLines(environment, flag).map((value) => `--${flag}=${value}`);
  const args = [
    "check",
    ...one("repo", "repository-path"),
    ...one("arch", "arch"),
    ...one("fail-on", "fail-on"),
    ...one("policy", "policy"),
    ...one("config-file", "config-file"),
    ...each("config"),
    ...each("event"),
    ...(isOn(environment, "per-commit") ? ["--per-commit"] : []),
    ...(isOn(environment, "fetch") ? ["--fetch"] : []),
    "--format=github",
    ...Object.entries(files).map(([format, path]) => `--output=${format}=${path}`),
    "--",
    `${commits.base}..${commits.head}`,
  ];
  return new Promise((done) => {
    const { GITHUB_WORKSPACE: cwd = "." } = environment.variables;
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { cwd, maxBuffer: 64 * 1024 * 1024 },
      (error, out, said) => {
        environment.print(out.trimEnd());
        const code = error?.code as unknown;
        const status = error === null ? 0 : typeof code === "number" ? code : 2;
        if (said.trim() !== "") annotate(environment, status > 1 ? "error" : "warning", said.trim());
        done(status);
      },
    );
    child.stdin?.end();
  });
}

function tellRunner(environment: Environment, report: Report, files: ReportFiles, status: number): void {
  setOutput(environment, "result", status === 0 ? "pass" : "fail");
  for (const level of LEVELS) setOutput(environment, level, String(report.summary.levels[level]));
  const { json, comment: _, ...others } = files;
  setOutput(environment, "report", json);
  for (const [format, path] of Object.entries(others)) setOutput(environment, format, path);
  addSummary(environment, readFileSync(files.markdown, "utf8"));
}

/** A comment that cannot be made is told, and changes nothing of the result. */
async function comment(
  environment: Environment,
  report: Report,
  files: ReportFiles,
  { pullRequest }: Commits,
): Promise<void> {
  if (pullRequest === undefined) {
    environment.print("no comment: this event has no open pull request");
    return;
  }
  const isQuiet = report.findings.every(({ level }) => level === "safe");
  const text = isQuiet ? undefined : readFileSync(files.comment, "utf8");
  try {
    const done = await keepComment(apiOf(environment), pullRequest.number, text);
    if (done === "denied") {
      annotate(environment, "notice", "no comment: the token may not write, as for pull requests from forks");
    }
  } catch (error) {
    annotate(environment, "warning", `no comment: ${describe(error)}`);
  }
}

function apiOf(environment: Environment): Api {
  const { GITHUB_API_URL: url = "https://api.github.com", GITHUB_REPOSITORY: repository = "" } = environment.variables;
  return { url, repository, token: input(environment, "github-token") };
}
