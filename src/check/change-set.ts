// What is checked: the two sides of a change, and the steps from one to the other. Nothing is read here but git's history.

import { ToolError } from "../errors.ts";
import { deepen, fetchCommit } from "../git/fetch.ts";
import { commits, isShallow, mergeBase, resolve, treeOf } from "../git/history.ts";
import { applyPatches, stagedTree } from "../git/staging.ts";

/** Which change is meant. */
export type Target =
  /** From the merge base of both to `head`, as a pull request is compared. */
  | { readonly kind: "range"; readonly base: string; readonly head: string }
  /** What is staged, against HEAD. */
  | { readonly kind: "staged" }
  /** What a mail or a mailbox makes of a commit. */
  | { readonly kind: "patch"; readonly base: string; readonly file: Uint8Array };

/** One commit or patch. */
export interface Step {
  /** Absent for what is no commit yet. */
  readonly id?: string;
  readonly subject: string;
  /** Commits or trees. */
  readonly before: string;
  readonly after: string;
}

/** A change: the revisions before and after it, and what a person calls them. */
export interface ChangeSet {
  readonly before: string;
  readonly after: string;
  readonly names: { readonly before: string; readonly after: string };
  /** The commits or patches that it consists of, in the order in which they apply; merges are left out. */
  readonly steps: () => Promise<readonly Step[]>;
}

/** `BASE..HEAD` and `BASE...HEAD` mean the same here; a side that is left out is HEAD, as in git. */
export function parseRange(text: string): Target {
  const [, base = "", head = ""] = /^(.*?)\.\.\.?(.*)$/.exec(text) ?? [];
  if (base === "" && head === "") {
    throw new ToolError("bad-usage", `'${text}' is no range of commits`, {
      hint: "write BASE..HEAD, such as v6.12..HEAD",
    });
  }
  return { kind: "range", base: base || "HEAD", head: head || "HEAD" };
}

/** Finds both sides; with `fetch`, what a shallow clone lacks is fetched. */
export async function resolveTarget(repo: string, target: Target, fetch = false): Promise<ChangeSet> {
  switch (target.kind) {
    case "range":
      return resolveRange(repo, target.base, target.head, fetch);
    case "staged": {
      const [head, after] = [await resolve(repo, "HEAD"), await stagedTree(repo)];
      const step = { subject: "what is staged", before: await treeOf(repo, head), after };
      return { before: head, after, names: { before: "HEAD", after: "staged" }, steps: async () => [step] };
    }
    case "patch": {
      const base = await resolve(repo, target.base);
      const steps = await applyPatches(repo, base, target.file);
      const after = steps.at(-1)?.after ?? base;
      const names = { before: target.base, after: steps.length === 1 ? "patch" : `${steps.length} patches` };
      return { before: base, after, names, steps: async () => steps };
    }
  }
}

async function resolveRange(repo: string, base: string, head: string, fetch: boolean): Promise<ChangeSet> {
  const after = await resolveOrFetch(repo, head, fetch);
  const tip = await resolveOrFetch(repo, base, fetch);
  const before = await findMergeBase(repo, tip, after, fetch);
  const steps = async (): Promise<readonly Step[]> =>
    (await commits(repo, `${before}..${after}`)).flatMap(({ id, subject, parents }) => {
      const [parent, ...others] = parents;
      return parent === undefined || others.length > 0 ? [] : [{ id, subject, before: parent, after: id }];
    });
  return { before, after, names: { before: shorten(base), after: shorten(head) }, steps };
}

/** Ids as people write them. */
function shorten(rev: string): string {
  return /^[0-9a-f]{40}$/.test(rev) ? rev.slice(0, 12) : rev;
}

/** A server that gives nothing is not asked for ever. */
const MAX_DEEPENING = 100;

/** A commit that a clone lacks can be fetched by its id alone. */
async function resolveOrFetch(repo: string, rev: string, fetch: boolean): Promise<string> {
  const isId = /^[0-9a-f]{40}$/.test(rev);
  if (!fetch || !isId) return resolve(repo, rev);
  return resolve(repo, rev).catch(async () => {
    await fetchCommit(repo, rev);
    return resolve(repo, rev);
  });
}

async function findMergeBase(repo: string, one: string, other: string, fetch: boolean): Promise<string> {
  for (let rounds = 0; ; rounds++) {
    try {
      return await mergeBase(repo, one, other);
    } catch (error) {
      if (!fetch || rounds >= MAX_DEEPENING || !(await isShallow(repo))) throw error;
      await deepen(repo, [one, other], Math.min(1000, 10 ** rounds));
    }
  }
}
