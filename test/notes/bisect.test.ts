import { expect, test } from "@jest/globals";

import { findFirst, type Graph } from "../../src/notes/bisect.ts";

/** Commits named by numbers, each with one or two earlier ones as parents; children before parents. */
function randomHistory(size: number, seed: number): Graph {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const entries = Array.from({ length: size }, (_, commit): [string, string[]] => {
    if (commit === 0) return ["0", []];
    const other = random(4) === 0 ? [String(random(commit))] : [];
    return [String(commit), [...new Set([String(commit - 1 - random(Math.min(commit, 3))), ...other])]];
  });
  return new Map(entries.toReversed());
}

/** Commits that have one among their ancestors, or are it. */
function descendants(graph: Graph, culprit: string): ReadonlySet<string> {
  const found = new Set([culprit]);
  for (const [commit, parents] of [...graph].toReversed())
    if (parents.some((parent) => found.has(parent))) found.add(commit);
  return found;
}

test("in histories with merges the commit is found, in few looks", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const graph = randomHistory(300, seed);
    const tip = "299";
    const candidates = [...graph.keys()].filter((commit) => descendants(graph, commit).has(tip));
    const culprit = candidates[(seed * 37) % candidates.length] ?? tip;
    const having = descendants(graph, culprit);
    let looks = 0;
    const found = await findFirst(graph, tip, (commit) => {
      looks++;
      return Promise.resolve(having.has(commit));
    });
    expect([seed, found]).toEqual([seed, culprit]);
    expect(looks).toBeLessThan(40);
  }
});

test("a history of one commit needs no look", async () => {
  const graph: Graph = new Map([["only", []]]);
  await expect(findFirst(graph, "only", () => Promise.reject(new Error("looked")))).resolves.toBe("only");
});
