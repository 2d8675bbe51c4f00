// Revisions and commits of a repository, as the git command line has them. What is not there is a ToolError with advice.

import { ToolError } from "../errors.ts";
import { git, tryGit } from "./run.ts";

/** One commit. */
export interface Commit {
  /** 40 hexadecimal digits. */
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: string;
  /** When it was written, as ISO 8601. */
  readonly date: string;
  readonly subject: string;
  /** The rest of the message, without white space at its end. */
  readonly body: string;
}

const FORMAT = ["%H", "%P", "%an", "%aI", "%s", "%b"];

/** The id of the commit that a revision names. */
export async function resolve(repo: string, rev: string): Promise<string> {
  const { status, stdout } = await tryGit(repo, verify(`${rev}^{commit}`));
  if (status === 0) return stdout.trim();
  // Tells a directory that is no repository from a revision that is not there.
  await git(repo, ["rev-parse", "--git-dir"]);
  throw new ToolError(
    "unknown-revision",
    `'${rev}' is no commit in ${describe(repo)}`,
    await hintForMissing(repo, rev),
  );
}

/** The id of the tree of a revision. */
export async function treeOf(repo: string, rev: string): Promise<string> {
  return (await git(repo, verify(`${rev}^{tree}`))).trim();
}

/**
 * The best common ancestor of two commits: what `BASE...HEAD` and a pull request are compared with.
 * Where there is none because the clone is shallow, the error says so.
 */
export async function mergeBase(repo: string, one: string, other: string): Promise<string> {
  const { status, stdout, stderr } = await tryGit(repo, ["merge-base", "--end-of-options", one, other]);
  if (status === 0) return stdout.trim();
  // The status is 1 for "no ancestor", and 128 where a commit itself is missing.
  if (stderr !== "") {
    await resolve(repo, one);
    await resolve(repo, other);
  }
  throw new ToolError(
    "no-merge-base",
    `'${one}' and '${other}' have no common ancestor in ${describe(repo)}`,
    (await isShallow(repo)) ? { hint: `the clone is shallow: ${DEEPEN}` } : {},
  );
}

/** What makes a shallow clone longer; repeated until enough is there. */
const DEEPEN = "git fetch --no-tags --deepen=1000 origin";

/** Whether the history of a clone has been cut off. */
export async function isShallow(repo: string): Promise<boolean> {
  return (await git(repo, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
}

/**
 * The commits of a range such as `v6.12..HEAD`, in the order in which they apply: parents before children.
 * With paths, those that changed one of them.
 */
export async function commits(repo: string, range: string, paths: readonly string[] = []): Promise<readonly Commit[]> {
  const text = await git(repo, [
    "log",
    "-z",
    "--topo-order",
    "--reverse",
    "--no-color",
    "--no-decorate",
    "--no-notes",
    "--no-mailmap",
    "--encoding=UTF-8",
    `--format=tformat:${FORMAT.join("%x00")}`,
    "--end-of-options",
    range,
    "--",
    ...paths,
  ]);
  const parts = text.split("\0");
  const found: Commit[] = [];
  for (let at = 0; at + FORMAT.length <= parts.length; at += FORMAT.length) {
    const [id = "", parents = "", author = "", date = "", subject = "", body = ""] = parts.slice(
      at,
      at + FORMAT.length,
    );
    found.push({ id, parents: parents.split(" ").filter(Boolean), author, date, subject, body: body.trimEnd() });
  }
  return found;
}

function verify(revision: string): readonly string[] {
  return ["rev-parse", "--verify", "--quiet", "--end-of-options", revision];
}

function describe(repo: string): string {
  return repo === "." ? "this repository" : `'${repo}'`;
}

/** A whole commit id can be fetched by itself; a name can only be looked for. */
async function hintForMissing(repo: string, rev: string): Promise<{ readonly hint?: string }> {
  if (/^[0-9a-f]{40}$/.test(rev)) return { hint: `fetch it: git fetch --no-tags origin ${rev}` };
  return (await isShallow(repo)) ? { hint: `the clone is shallow: ${DEEPEN}` } : {};
}
