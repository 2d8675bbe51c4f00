// A git repository with kernel trees, made commit by commit.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { demoTree, writeFiles } from "../e2e/demo-tree.ts";

export interface Repository {
  readonly path: string;
  readonly git: (...args: readonly string[]) => string;
  /** Writes files and commits everything; the id of the commit. */
  readonly commit: (message: string, files?: Readonly<Record<string, string>>) => string;
  /** The same, with a tag of the same name. */
  readonly release: (tag: string, files: Readonly<Record<string, string>>) => void;
  readonly remove: () => void;
}

export function makeRepository(): Repository {
  const path = mkdtempSync(join(tmpdir(), "tpabi-notes-"));
  const identity = ["-c", "user.name=Ann Author", "-c", "user.email=ann@example.org"];
  const git = (...args: readonly string[]): string =>
    execFileSync("git", [...identity, ...args], { cwd: path, encoding: "utf8", stdio: "pipe" }).trim();
  git("init", "-q", "-b", "main");
  const commit: Repository["commit"] = (message, files = {}) => {
    writeFiles(path, files);
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
  };
  return {
    path,
    git,
    commit,
    release: (tag, files) => {
      commit(tag, files);
      git("tag", tag);
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** A repository with v6.12.1 and v6.12.2; a commit between them, of which upstream's is named, drops a field. */
export function makeReleases(): Repository {
  const repository = makeRepository();
  const { commit, git } = repository;
  commit("start", demoTree(1, "__field(int, cpu) __field(int, status)"));
  git("tag", "v6.12.1");
  commit(
    "demo: drop the status\n\ncommit 0123456789abcdef0123456789abcdef01234567 upstream.",
    demoTree(1, "__field(int, cpu)"),
  );
  commit("Linux 6.12.2", { Makefile: demoTree(2, "").Makefile ?? "" });
  git("tag", "v6.12.2");
  return repository;
}
