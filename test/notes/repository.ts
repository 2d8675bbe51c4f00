// A git repository with kernel trees, made commit by commit.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { writeFiles } from "../e2e/demo-tree.ts";

export interface Repository {
  readonly path: string;
  readonly git: (...args: readonly string[]) => string;
  /** Writes files and commits everything; the id of the commit. */
  readonly commit: (message: string, files?: Readonly<Record<string, string>>) => string;
  readonly remove: () => void;
}

export function makeRepository(): Repository {
  const path = mkdtempSync(join(tmpdir(), "tpabi-notes-"));
  const identity = ["-c", "user.name=Ann Author", "-c", "user.email=ann@example.org"];
  const git = (...args: readonly string[]): string =>
    execFileSync("git", [...identity, ...args], { cwd: path, encoding: "utf8", stdio: "pipe" }).trim();
  git("init", "-q", "-b", "main");
  return {
    path,
    git,
    commit: (message, files = {}) => {
      writeFiles(path, files);
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}
