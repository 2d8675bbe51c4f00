// Completes shallow and partial clones, and says by which `git fetch` a user can do so.
// Invariant: only what is asked for is fetched, and no branch, tag or FETCH_HEAD of the user changes.

import { isShallow } from "./history.ts";
import { git, tryGit } from "./run.ts";

const FETCH = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];

/** Fetches one commit; into a shallow clone without its history, which would be all of the kernel's. */
export async function fetchCommit(repo: string, id: string): Promise<void> {
  const depth = (await isShallow(repo)) ? ["--depth=1"] : [];
  await git(repo, [...FETCH, ...depth, await remoteOf(repo), id], { network: true });
}

/** Makes the history of a shallow clone longer by so many commits. */
export async function deepen(repo: string, ids: readonly string[], commits: number): Promise<void> {
  await git(repo, [...FETCH, `--deepen=${commits}`, await remoteOf(repo), ...ids], { network: true });
}

/** Fetches all texts of these commits that a partial clone has not got. */
export async function fetchMissing(repo: string, revs: readonly string[]): Promise<void> {
  const args = [...FETCH, "--filter=blob:none", "--stdin", await remoteOf(repo)];
  const missing = await findMissing(repo, revs);
  if (missing.length === 0) return;
  // As git does when it completes a partial clone by itself: what it has says nothing of what it lacks.
  const config = ["-c", "fetch.negotiationAlgorithm=noop"];
  await git(repo, [...config, ...args], { input: missing.map((id) => `${id}\n`).join(""), network: true });
}

/** The command that fetches the same, to be run in the repository. */
export async function describeFetchMissing(repo: string, revs: readonly string[]): Promise<string> {
  const remote = await remoteOf(repo);
  const missing = await findMissing(repo, revs);
  const fetch = `git -c fetch.negotiationAlgorithm=noop fetch --no-tags --filter=blob:none`;
  if (missing.length <= MAX_LISTED) return `${fetch} ${remote} ${missing.join(" ")}`;
  return `git rev-list --objects --no-walk --missing=print ${revs.join(" ")} | sed -n 's/^?//p' | ${fetch} --stdin ${remote}`;
}

/** More ids than this are not put into a command for people. */
const MAX_LISTED = 5;

async function findMissing(repo: string, revs: readonly string[]): Promise<readonly string[]> {
  const text = await git(repo, ["rev-list", "--objects", "--no-walk", "--missing=print", "--end-of-options", ...revs]);
  return [...text.matchAll(/^\?([0-9a-f]+)/gm)].map(([, id = ""]) => id);
}

/** Whether a clone has objects left out that its remote has promised; others lack what nobody will give them. */
export async function isPartialClone(repo: string): Promise<boolean> {
  return (await promisorOf(repo)) !== undefined;
}

async function promisorOf(repo: string): Promise<string | undefined> {
  const { stdout } = await tryGit(repo, ["config", "--name-only", "--get-regexp", String.raw`^remote\..*\.promisor$`]);
  return /^remote\.(.*)\.promisor$/m.exec(stdout)?.[1];
}

/** The remote that a partial clone relies on, else `origin`, else the first one. */
async function remoteOf(repo: string): Promise<string> {
  const promisor = await promisorOf(repo);
  const remotes = (await git(repo, ["remote"])).split("\n").filter(Boolean);
  return [promisor, "origin"].find((name) => name !== undefined && remotes.includes(name)) ?? remotes[0] ?? "origin";
}
