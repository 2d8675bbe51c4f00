// Runs the git command line on a repository that may be hostile. Invariant: no shell, no prompt, no hook, no program that the
// repository's configuration names, and no network unless the caller asks for it.

import { execFile } from "node:child_process";

import { ToolError } from "../errors.ts";

/** The most that a git command may print: a diff of two kernels is some 100 MiB, and no string can have 512. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
/** The most that git may allocate at once: a few bytes of a patch can stand for any number of them. */
const MAX_ALLOCATION = "1g";

/** Programs that a repository's configuration can name and that git would start on its own. */
const SAFE_CONFIG = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false", "core.pager=cat"];

/** Which would send git to another repository than the one that is asked for, or start a program. */
const FOREIGN_VARIABLES = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_EXTERNAL_DIFF", "GIT_NAMESPACE"];

export interface GitOptions {
  /** What git reads from its standard input. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Let git talk to other machines, as `git fetch` does; else a partial clone is used as it is. */
  readonly network?: boolean;
  /** The output is bytes: one character each. */
  readonly isBinary?: boolean;
}

/** What a git command that ran to its end has said. */
export interface GitResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output of a git command in the repository that `repo` lies in; a ToolError if it fails. */
export async function git(repo: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await tryGit(repo, args, options);
  if (status === 0) return stdout;
  throw explain(repo, args, status, stderr);
}

/** Runs a git command and gives its exit status too, for commands that answer by it. */
export function tryGit(repo: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const config = SAFE_CONFIG.flatMap((setting) => ["-c", setting]);
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      ["--no-pager", ...config, "-C", repo, ...args],
      { env: environment(options), maxBuffer: MAX_OUTPUT_BYTES, encoding: options.isBinary ? "latin1" : "utf8" },
      (error, stdout, stderr) => {
        const code = error?.code as unknown;
        if (!error || typeof code === "number") return resolve({ status: (code as number) ?? 0, stdout, stderr });
        reject(notRun(error));
      },
    );
    // git may end before it has read everything; its exit status tells why.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
  });
}

function environment({ env, network }: GitOptions): NodeJS.ProcessEnv {
  const inherited = { ...process.env };
  for (const name of FOREIGN_VARIABLES) delete inherited[name];
  return {
    ...inherited,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_ALLOC_LIMIT: MAX_ALLOCATION,
    // A transport may be a command (`ext::`), and old versions of git have no other switch against fetching on the way.
    GIT_ALLOW_PROTOCOL: network ? "file:git:http:https:ssh" : "none",
    ...(network ? {} : { GIT_NO_LAZY_FETCH: "1" }),
    ...env,
  };
}

function notRun(error: { readonly code?: unknown; readonly message: string }): ToolError {
  if (error.code === "ENOENT") return new ToolError("git-failed", "git is not installed", { cause: error });
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return new ToolError("limit-exceeded", "git printed more than 256 MiB", { cause: error });
  }
  return new ToolError("git-failed", `git could not run: ${error.message}`, { cause: error });
}

function explain(repo: string, args: readonly string[], status: number, stderr: string): ToolError {
  const said =
    (/^(?:fatal|error): (.*)$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n")[0]) || `exit status ${status}`;
  if (/not a git repository|cannot change to/.test(said)) {
    return new ToolError("not-a-repository", `'${repo}' is no git repository`);
  }
  if (/dubious ownership/.test(said)) {
    return new ToolError("not-a-repository", `git does not trust '${repo}', because it belongs to another user`, {
      hint: "if you trust it: git config --global --add safe.directory DIR",
    });
  }
  if (isMissingObject(stderr)) {
    return new ToolError("missing-objects", `the clone in '${repo}' lacks what is needed: ${said}`);
  }
  return new ToolError("git-failed", `git ${args[0]} failed: ${said}`);
}

/** Whether git failed because a shallow or partial clone has not got an object. */
function isMissingObject(stderr: string): boolean {
  return /unable to read|promisor remote|bad object|missing (blob|tree|object)|transport '\w+' not allowed/.test(
    stderr,
  );
}
