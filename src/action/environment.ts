// What GitHub gives a step: inputs, the event, and the files that outputs and summaries are written to.
// Invariant: no text can begin another output or leave its file. https://docs.github.com/actions/reference/workflows-and-actions

import { randomUUID } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";


/** Why the step could not do what it was asked: one line, and what to do about it. */
export class ActionError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** The parts of an event's payload that say what to check. All of it comes from outside. */
export interface Payload {
  readonly pull_request?: PullRequest;
  readonly merge_group?: { readonly base_sha: string; readonly head_sha: string };
  readonly workflow_run?: { readonly head_sha: string };
  /** Of a push. */
  readonly before?: string;
  readonly after?: string;
  readonly repository?: { readonly default_branch?: string };
}

export interface PullRequest {
  readonly number: number;
  readonly base: { readonly sha: string };
  readonly head: { readonly sha: string };
}

/** The environment of a step. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Prints a line for the runner. */
  readonly print: (text: string) => void;
}

/** An input of action.yml; empty if it was not given. */
export function input({ variables }: Environment, name: string): string {
  return (variables[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
}

/** An input of several lines. */
export function inputLines(environment: Environment, name: string): readonly string[] {
  return input(environment, name)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

export function isOn(environment: Environment, name: string): boolean {
  const text = input(environment, name).toLowerCase();
  if (text === "true" || text === "false" || text === "") return text === "true";
  throw new ActionError(`input '${name}' is '${text}', expected true or false`);
}

/** What happened, as the runner has written it down. */
export function readPayload({ variables }: Environment): Payload {
  const path = variables["GITHUB_EVENT_PATH"];
  if (path === undefined || path === "") return {};
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Payload;
  } catch (error) {
    throw new ActionError(`cannot read the event in '${path}'`, { cause: error });
  }
}

/** Sets an output. The delimiter cannot be foreseen, so no value can end before its end. */
export function setOutput(environment: Environment, name: string, value: string): void {
  const delimiter = `tpabi_${randomUUID()}`;
  append(environment, "GITHUB_OUTPUT", `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/** Adds Markdown to the summary of the job. */
export function addSummary(environment: Environment, markdown: string): void {
  append(environment, "GITHUB_STEP_SUMMARY", `${markdown}\n`);
}

function append({ variables }: Environment, name: string, text: string): void {
  const path = variables[name];
  // Outside of a runner, there is nobody to tell.
  if (path !== undefined && path !== "") appendFileSync(path, text);
}
