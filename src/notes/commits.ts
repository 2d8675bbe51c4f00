// What a repository says of the commits that findings are attributed to: message, mainline commit, first release tag.
// Invariant: messages are data; nothing in them is believed beyond the commit ids that stable trees name by convention.

import { type Commit, commits } from "../git/history.ts";
import { git } from "../git/run.ts";
import type { Graph } from "./bisect.ts";

/** A commit that changed something, as release notes name it. */
export interface NotedCommit extends Omit<Commit, "body" | "parents"> {
  /** The mainline commit that its message names, where it is a backport. */
  readonly upstream?: string;
  /** The first release tag that has it, if one does. */
  readonly tag?: string;
  /** The same change on other branches. */
  readonly elsewhere: readonly Elsewhere[];
}

export interface Elsewhere {
  readonly id: string;
  readonly tag: string;
}

/**
 * The commits of `after` that are not in `before`, newest first; with paths, those that changed one of them, with the
 * ancestors that git's simplified history gives them.
 */
export async function graphOf(repo: string, before: string, after: string, paths: readonly string[]): Promise<Graph> {
  const text = await git(repo, [
    "rev-list",
    "--topo-order",
    "--parents",
    "--end-of-options",
    after,
    `^${before}`,
    ...(paths.length === 0 ? [] : ["--", ...paths]),
  ]);
  const lines = text.split("\n").filter((line) => line !== "");
  const known = new Set(lines.map((line) => line.slice(0, line.search(/ |$/))));
  return new Map(
    lines.map((line) => {
      const [id = "", ...parents] = line.split(" ");
      return [id, parents.filter((parent) => known.has(parent))];
    }),
  );
}

/** A commit with its message; its parents as they are, whatever paths were asked for. */
export async function readCommit(repo: string, id: string): Promise<Commit | undefined> {
  return (await commits(repo, `${id}^!`))[0];
}

/** By convention of the stable trees and of `git cherry-pick -x`, alone on a line. */
const UPSTREAM = [
  /^\s*commit ([0-9a-f]{12,40}) upstream\.?\s*$/im,
  /^\s*\[?\s*upstream commit:? ([0-9a-f]{12,40})\s*\]?\.?\s*$/im,
  /^\s*\(cherry picked from commit ([0-9a-f]{12,40})\)\s*$/im,
];

/** The commit that a message says it is a backport of. */
export function upstreamOf(message: string): string | undefined {
  return UPSTREAM.map((pattern) => pattern.exec(message)?.[1]?.toLowerCase()).find((id) => id !== undefined);
}

/** Everything that notes say of some commits, by id. */
export async function noteCommits(repo: string, found: readonly Commit[]): Promise<ReadonlyMap<string, NotedCommit>> {
  if (found.length === 0) return new Map();
  const mainline = new Map(found.map(({ id, body }) => [id, upstreamOf(body) ?? id]));
  const backports = await findBackports(repo, [...new Set(mainline.values())]);
  const ids = [...new Set([...mainline.keys(), ...mainline.values(), ...[...backports.values()].flat()])];
  const tags = await firstTags(repo, ids);
  return new Map(
    found.map(({ body, parents: _parents, ...commit }) => {
      const upstream = upstreamOf(body);
      const tag = tags.get(commit.id);
      const origin = upstream ?? commit.id;
      const others = new Set([origin, ...(backports.get(origin) ?? [])]);
      others.delete(commit.id);
      return [
        commit.id,
        {
          ...commit,
          ...(upstream === undefined ? {} : { upstream }),
          ...(tag === undefined ? {} : { tag }),
          elsewhere: [...others].flatMap((id) => tagged(id, tags.get(id))),
        },
      ];
    }),
  );
}

function tagged(id: string, tag: string | undefined): readonly Elsewhere[] {
  return tag === undefined ? [] : [{ id, tag }];
}

/** Commits on any branch or tag whose messages name one of the mainline commits as theirs. */
async function findBackports(
  repo: string,
  origins: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const text = await git(repo, [
    "log",
    "-z",
    "--branches",
    "--tags",
    "--no-color",
    "--no-notes",
    "--encoding=UTF-8",
    "--fixed-strings",
    "--format=tformat:%H%x00%B",
    ...origins.map((id) => `--grep=${id}`),
  ]);
  const parts = text.split("\0");
  const found = new Map<string, string[]>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [id = "", message = ""] = parts.slice(at, at + 2);
    const upstream = upstreamOf(message);
    if (upstream === undefined) continue;
    found.set(upstream, [...(found.get(upstream) ?? []), id]);
  }
  return found;
}

/** The oldest release tag that has each commit; a commit that no release has, or that is not there, is left out. */
async function firstTags(repo: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  // Old versions of git know neither --end-of-options here nor a way to read all ids from standard input safely; ids are hex.
  const text = await git(repo, ["name-rev", "--refs=refs/tags/v[0-9]*", ...ids]);
  return new Map(
    text.split("\n").flatMap((line): (readonly [string, string])[] => {
      const [, id, tag] = /^([0-9a-f]+) (?:tags\/)?(v[^~^]+)/.exec(line) ?? [];
      return id === undefined || tag === undefined ? [] : [[id, tag]];
    }),
  );
}
