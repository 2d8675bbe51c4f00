// Makes git repositories for tests: no configuration of the machine counts, and every date is fixed.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll } from "@jest/globals";

const ENV = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
};

/** Files by path; null deletes one. */
export type Changes = Readonly<Record<string, string | null>>;

export interface Repository {
  readonly path: string;
  /** Runs git in it and gives what it printed, without the last line break. */
  readonly git: (...args: readonly string[]) => string;
  /** Changes files in the worktree and the index. */
  readonly stage: (changes: Changes) => void;
  /** Commits a change and gives the commit's id. */
  readonly commit: (message: string, changes: Changes) => string;
}

const directories: string[] = [];
afterAll(() => directories.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** An empty directory that is gone when the test file is through. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "tpabi-test-"));
  directories.push(path);
  return path;
}

/** A new repository, or a clone that `git clone` makes of one with these arguments. */
export function repository(...cloneArguments: readonly string[]): Repository {
  const path = temporaryDirectory();
  if (cloneArguments.length === 0) runGit(path, ["init", "-q", "-b", "main"]);
  else runGit(path, ["clone", "-q", ...cloneArguments, "."]);
  const git = (...args: readonly string[]): string => runGit(path, args);
  const stage = (changes: Changes): void => {
    for (const [file, text] of Object.entries(changes)) {
      mkdirSync(join(path, dirname(file)), { recursive: true });
      if (text === null) rmSync(join(path, file));
      else writeFileSync(join(path, file), text);
    }
    git("add", "--all");
  };
  const commit = (message: string, changes: Changes): string => {
    stage(changes);
    git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message);
    return git("rev-parse", "HEAD");
  };
  return { path, git, stage, commit };
}

function runGit(path: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", ["-C", path, ...args], { env: ENV, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.replace(/\n$/, "");
}
