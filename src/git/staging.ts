// Trees that no commit has yet: what is staged, and what a patch or a series of patches makes of a commit.
// Invariant: the user's index and worktree are never written; only objects are added, which git collects by itself.

import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";

import { ToolError } from "../errors.ts";
import { treeOf } from "./history.ts";
import { git, tryGit } from "./run.ts";

/** The most mails of a mailbox: each takes git some milliseconds. */
const MAX_MAILS = 10_000;

/** One patch of a series, applied. */
export interface AppliedPatch {
  readonly subject: string;
  /** Trees before and after it. */
  readonly before: string;
  readonly after: string;
}

/** The tree that a commit of what is staged would have. */
export async function stagedTree(repo: string): Promise<string> {
  const top = await topOf(repo);
  const index = (await git(top, ["rev-parse", "--git-path", "index"])).trim();
  return inTemporaryDirectory(async (directory) => {
    const copy = join(directory, "index");
    await copyFile(isAbsolute(index) ? index : join(top, index), copy).catch((error: unknown) => {
      throw new ToolError("not-found", `'${repo}' has no index: nothing is staged there`, { cause: error });
    });
    const { status, stdout, stderr } = await tryGit(top, ["write-tree"], { env: { GIT_INDEX_FILE: copy } });
    if (status === 0) return stdout.trim();
    const isUnmerged = stderr.includes("unmerged");
    throw new ToolError(
      "git-failed",
      isUnmerged ? "the index has conflicts" : `cannot read the index: ${first(stderr)}`,
      {
        ...(isUnmerged && { hint: "resolve them with `git add`, then check again" }),
      },
    );
  });
}

/** Applies the patches of a file, one mail or a mailbox of many, in order to a commit. Mails without a patch are passed over. */
export async function applyPatches(repo: string, base: string, file: Uint8Array): Promise<readonly AppliedPatch[]> {
  const top = await topOf(repo);
  return inTemporaryDirectory(async (directory) => {
    const patches = await splitMails(top, directory, file);
    if (patches.length === 0) throw new ToolError("bad-patch", "there is no patch in it", NO_PATCH);
    const options = { env: { GIT_INDEX_FILE: join(directory, "index") } };
    await git(top, ["read-tree", base], options);
    const applied: AppliedPatch[] = [];
    let before = await treeOf(top, base);
    for (const { path, subject } of patches) {
      const { status, stderr } = await tryGit(top, ["apply", "--cached", "--whitespace=nowarn", path], options);
      if (status !== 0) {
        const which =
          patches.length === 1 ? "the patch" : `patch ${applied.length + 1} of ${patches.length} ('${subject}')`;
        const isCorrupt = stderr.includes("corrupt patch");
        throw new ToolError("bad-patch", `${which} does not apply: ${first(stderr)}`, {
          ...(isCorrupt && { hint: "it was cut or changed on its way: get it again, as git format-patch wrote it" }),
        });
      }
      const after = (await git(top, ["write-tree"], options)).trim();
      applied.push({ subject, before, after });
      before = after;
    }
    return applied;
  });
}

/** The patches in a mailbox, as git reads mails: transfer encodings are undone, and `[PATCH 1/3]` is taken off. */
async function splitMails(
  repo: string,
  directory: string,
  file: Uint8Array,
): Promise<readonly { readonly path: string; readonly subject: string }[]> {
  const [box, mails] = [join(directory, "mbox"), join(directory, "mails-")];
  await writeFile(box, file);
  // Where the lines of the mail itself end in CRLF, its way here made them so; else they are the file's.
  const keep = isSentWithCarriageReturns(file) ? [] : ["--keep-cr"];
  await git(repo, ["mailsplit", "-b", ...keep, `-o${directory}`, "--", box]).catch((error: unknown) => {
    throw new ToolError("bad-patch", "it is no patch and no mailbox", { ...NO_PATCH, cause: error });
  });
  const names = (await readdir(directory)).filter((entry) => /^\d+$/.test(entry)).sort();
  if (names.length > MAX_MAILS) throw new ToolError("limit-exceeded", `a mailbox of more than ${MAX_MAILS} mails`);
  const found = [];
  for (const name of names) {
    const path = `${mails}${name}.patch`;
    const mail = await readFile(join(directory, name));
    const info = await git(repo, ["mailinfo", "--encoding=UTF-8", `${mails}${name}.message`, path], { input: mail });
    if ((await readFile(path)).length === 0) continue;
    found.push({ path, subject: /^Subject: (.*)$/m.exec(info)?.[1] ?? "" });
  }
  return found;
}

const NO_PATCH = { hint: "give what git format-patch, git diff or b4 wrote" };

function isSentWithCarriageReturns(file: Uint8Array): boolean {
  const end = file.indexOf(0x0a);
  return end > 0 && file[end - 1] === 0x0d;
}

/** `git apply` passes over what lies outside of the directory that it runs in. */
async function topOf(repo: string): Promise<string> {
  const { status, stdout } = await tryGit(repo, ["rev-parse", "--show-toplevel"]);
  return status === 0 ? stdout.replace(/\n$/, "") : repo;
}

async function inTemporaryDirectory<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "tpabi-")).catch((cause: Error) => {
    const hint = "name a directory that can be written in TMPDIR";
    throw new ToolError("io", `cannot make a directory in '${tmpdir()}': ${cause.message}`, { cause, hint });
  });
  try {
    return await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function first(stderr: string): string {
  return stderr.replace(/^(error|fatal): /, "").split("\n")[0] ?? "";
}
