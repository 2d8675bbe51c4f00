// The few calls of GitHub's REST API that the action needs: the pull request of a commit, and one comment on it.
// Invariant: only comments that this action has written are changed.

import { ActionError, type PullRequest } from "./environment.ts";

/** Where the API is, and as whom it is asked. */
export interface Api {
  /** `https://api.github.com` */
  readonly url: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

/** Marks our comment; invisible in Markdown. */
const MARKER = "<!-- tpabi-check -->";

/** Comments are looked through this far for ours. */
const MAX_PAGES = 30;
const PER_PAGE = 100;
const TIMEOUT_MS = 30_000;

interface User {
  readonly type?: string;
  readonly login?: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: User;
}

/** The open pull request whose head is a commit; undefined if there is none. */
export async function findPullRequest(api: Api, sha: string): Promise<PullRequest | undefined> {
  const path = inRepository(api, `commits/${encodeURIComponent(sha)}/pulls`);
  const found = (await call(api, "GET", path)) as readonly (PullRequest & { readonly state: string })[];
  return found.find(({ state, head }) => state === "open" && head.sha === sha);
}

/**
 * Keeps one comment on a pull request up to date. Without text, no comment is made; one that is there says so.
 * A token that may not comment, as that of a pull request from a fork, is no failure: `denied`.
 */
export async function keepComment(
  api: Api,
  pullRequest: number,
  text: string | undefined,
): Promise<"created" | "updated" | "none" | "denied"> {
  const body = `${MARKER}\n${text ?? "tpabi: nothing to report any more."}`;
  try {
    const own = await findComment(api, pullRequest);
    if (own !== undefined) {
      if (own.body !== body) await call(api, "PATCH", inRepository(api, `issues/comments/${own.id}`), { body });
      return "updated";
    }
    if (text === undefined) return "none";
    await call(api, "POST", inRepository(api, `issues/${pullRequest}/comments`), { body });
    return "created";
  } catch (error) {
    if (statusOf(error) === 403) return "denied";
    throw error;
  }
}

async function findComment(api: Api, pullRequest: number): Promise<Comment | undefined> {
  for (let page = 1; page <= MAX_PAGES; page++) {
    const path = inRepository(api, `issues/${pullRequest}/comments?per_page=${PER_PAGE}&page=${page}`);
    const comments = (await call(api, "GET", path)) as readonly Comment[];
    const own = await findOwn(
      api,
      comments.filter(({ body }) => body?.startsWith(MARKER)),
    );
    if (own !== undefined || comments.length < PER_PAGE) return own;
  }
  return undefined;
}

/** Anybody can write the marker: ours is that of a bot, as the job's token is one, or of the user whose token was given. */
async function findOwn(api: Api, marked: readonly Comment[]): Promise<Comment | undefined> {
  const own = marked.find(({ user }) => user?.type === "Bot");
  if (own !== undefined || marked.length === 0) return own;
  const me = (await call(api, "GET", "user").catch((error: unknown) => {
    // The token of a job is no user's.
    if ([401, 403, 404].includes(statusOf(error) ?? 0)) return {};
    throw error;
  })) as User;
  return marked.find(({ user }) => user?.login !== undefined && user.login === me.login);
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly status?: number }).status;
}

function inRepository({ repository }: Api, path: string): string {
  return `repos/${repository}/${path}`;
}

async function call(api: Api, method: string, path: string, body?: object): Promise<unknown> {
  if (api.token === "") throw new ActionError("there is no token to ask GitHub with", { hint: "give the input github-token" });
  const response = await fetch(`${api.url}/${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${api.token}`,
      "content-type": "application/json",
      "x-github-api-version": "2022-11-28",
    },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new ActionError(`cannot reach GitHub at ${api.url}`, { cause: error });
  });
  if (response.ok) return response.json();
  const error = new ActionError(`GitHub answered ${response.status} to ${method} ${path.split("?")[0]}`);
  throw Object.assign(error, { status: response.status });
}
