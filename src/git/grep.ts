// Files of a tree or of a revision that have a word, by `git grep`: it is the fastest that every machine has.

import { git, tryGit } from "./run.ts";

/** Where to look: a repository at a commit (its id), or a directory, which need not be a repository. */
export type Tree = { readonly repo: string; readonly commit: string } | { readonly directory: string };

export interface WordLine {
  readonly path: string;
  readonly text: string;
}

/** The lines of C files that have a word. */
export async function grepWord(tree: Tree, word: string): Promise<readonly WordLine[]> {
  const place = "repo" in tree ? tree.repo : tree.directory;
  const where = "repo" in tree ? [tree.commit] : ["--no-index"];
  const args = ["grep", "-z", "-I", "-w", "-F", "-e", word, ...where, "--", "*.c", "*.h"];
  const { status, stdout, stderr } = await tryGit(place, args, { env: { GIT_LITERAL_PATHSPECS: "0" } });
  // The status is 1 where nothing was found.
  if (status > 1 || stderr !== "") await git(place, args, { env: { GIT_LITERAL_PATHSPECS: "0" } });
  const prefix = "repo" in tree ? `${tree.commit}:` : "";
  return stdout.split("\n").flatMap((line) => {
    const [path, text] = line.split("\0");
    return path === undefined || text === undefined ? [] : [{ path: path.slice(prefix.length), text }];
  });
}

/** The text of one file of it. */
export function showFile(tree: Tree, path: string): Promise<string> {
  return "repo" in tree
    ? git(tree.repo, ["show", `${tree.commit}:${path}`])
    : git(tree.directory, ["grep", "--no-index", "-h", "-e", "", "--", path]);
}
