// Which commits a step is about: what the inputs say, else what the event says.
// Invariant: names from an event are commit ids and nothing else.

import { ActionError, type Environment, input, type Payload, type PullRequest } from "./environment.ts";

/** What to compare, and the pull request it belongs to. */
export interface Commits {
  readonly base: string;
  readonly head: string;
  readonly pullRequest?: PullRequest;
}

const NO_COMMIT = /^0+$/;

/** `pullRequest` is that of a workflow_run, whose payload has none for forks. */
export function commitsOf(environment: Environment, payload: Payload, pullRequest = payload.pull_request): Commits {
  const found = fromEvent(payload, pullRequest);
  const base = input(environment, "base") || requireId(found.base);
  const head = input(environment, "head") || requireId(found.head ?? "HEAD");
  if (base === "") {
    throw new ActionError("this event does not say what to compare with", {
      hint: "give the inputs base and head",
    });
  }
  return { base, head, ...(pullRequest && { pullRequest }) };
}

function fromEvent(
  { merge_group: group, before, after, repository }: Payload,
  pullRequest: PullRequest | undefined,
): { readonly base?: string | undefined; readonly head?: string | undefined } {
  if (pullRequest) return { base: pullRequest.base.sha, head: pullRequest.head.sha };
  if (group) return { base: group.base_sha, head: group.head_sha };
  if (before === undefined) return {};
  // A new branch has no commit before the push: what it adds to the default branch counts.
  const isNew = NO_COMMIT.test(before);
  const branch = repository?.default_branch;
  return { base: isNew ? branch && `origin/${branch}` : before, head: after };
}

function requireId(text = ""): string {
  if (text === "" || text === "HEAD" || /^(?:[0-9a-f]{40}|origin\/[\w./-]+)$/.test(text)) return text;
  throw new ActionError("the event names something that is no commit");
}
