// Made-up changes of a real kernel, for measuring and verifying `tpabi check`. Each is one commit in the repository of Debian's
// source on top of its only one; no branch of it changes.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { availableVersion, fetchSource, run } from "./debian.mjs";

/** What changes, and in which file; `edit` gives the new text. */
export const CHANGES = {
  quiet: { path: "drivers/net/loopback.c", edit: (text) => `/* a comment */\n${text}` },
  argument: {
    path: "include/trace/events/sched.h",
    edit: (text) =>
      replaceOnce(text, "\t\t struct task_struct *prev,\n", "\t\t int why,\n\t\t struct task_struct *prev,\n"),
  },
  constant: {
    path: "include/linux/sched.h",
    edit: (text) => replaceOnce(text, "TASK_COMM_LEN = 16", "TASK_COMM_LEN = 24"),
  },
};

function replaceOnce(text, from, to) {
  if (!text.includes(from)) throw new Error(`the kernel has no ${JSON.stringify(from)} any more`);
  return text.replace(from, to);
}

/** The source tree of one of Debian's kernels. */
export function debianTree() {
  return fetchSource("linux-source-6.12", availableVersion("linux-source-6.12", "6.12.117-1~deb12u1"));
}

/** A bare repository with one commit: that tree, packed as a clone has it. */
export function debianRepository() {
  const tree = debianTree();
  const directory = join(dirname(tree), "linux.git");
  if (!existsSync(directory)) {
    console.error("making a git repository of the source (a minute or two)");
    const fresh = mkdtempSync(join(dirname(tree), "git-"));
    const git = (...args) => run("git", ["--git-dir", fresh, "--work-tree", tree, ...args]);
    git("init", "-q");
    git("add", "-Af", ".");
    git("-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-qm", "linux-source-6.12");
    git("repack", "-qadf", "--window=10");
    renameSync(fresh, directory);
  }
  return directory;
}

/** The id of a commit with one of the changes on top of a revision. */
export function commitChange(repo, rev, { path, edit }) {
  const index = mkdtempSync(join(tmpdir(), "tpabi-index-"));
  const identity = ["-c", "user.name=tpabi", "-c", "user.email=tpabi@localhost"];
  const git = (args, input) =>
    run("git", ["-C", repo, ...identity, ...args], {
      input,
      env: { ...process.env, GIT_INDEX_FILE: join(index, "index") },
    }).trim();
  try {
    git(["read-tree", rev]);
    const { stdout } = spawnSync("git", ["-C", repo, "show", `${rev}:${path}`], { encoding: "utf8" });
    const blob = git(["hash-object", "-w", "--stdin"], edit(stdout));
    git(["update-index", "--cacheinfo", `100644,${blob},${path}`]);
    return git(["commit-tree", git(["write-tree"]), "-p", rev, "-m", `change ${path}`]);
  } finally {
    rmSync(index, { recursive: true, force: true });
  }
}
