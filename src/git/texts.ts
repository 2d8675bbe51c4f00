// The texts of files out of git's objects. Invariant: a text that is not there is absent, never empty.

import { git } from "./run.ts";

/** Those of some objects that the repository does not have. */
export async function findMissing(repo: string, ids: readonly string[]): Promise<readonly string[]> {
  const output = await git(repo, ["cat-file", "--batch-check"], { input: ids.map((id) => `${id}\n`).join("") });
  return [...output.matchAll(/^([0-9a-f]+) missing$/gm)].map(([, id = ""]) => id);
}

/** Texts by object id. Ids that the repository does not have, such as that of "no file", are left out. */
export async function readTexts(repo: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (ids.length === 0) return texts;
  // As Latin-1 every byte is one character, which is how git counts.
  const output = await git(repo, ["cat-file", "--batch"], {
    input: ids.map((id) => `${id}\n`).join(""),
    isBinary: true,
  });
  for (let at = 0; at < output.length;) {
    const end = output.indexOf("\n", at);
    const [id = "", kind, size] = output.slice(at, end).split(" ");
    at = end + 1;
    if (size === undefined) continue;
    const length = Number(size);
    if (kind === "blob") texts.set(id, Buffer.from(output.slice(at, at + length), "latin1").toString("utf8"));
    at += length + 1;
  }
  return texts;
}
