// Why the tool could not do what it was asked: every expected failure is a ToolError with one of the codes listed here.
// A failure that is no ToolError is a bug and is shown as one.

/** Every expected failure, with the hint that is shown when the place that threw has no better one. */
export const ERRORS = {
  "ambiguous-event": { title: "a name means several events", hint: "name one of them as system:name" },
  "bad-archive": { title: "an archive is damaged or of an unknown kind", hint: "expected .tar, .tar.gz or .tar.xz" },
  "bad-baseline": {
    title: "saved baselines are damaged",
    hint: "make them again with `tpabi baseline update`, or install tpabi again if it shipped them",
  },
  "bad-config": {
    title: "a configuration file is not valid",
    hint: "docs/config.md has all keys, with examples",
  },
  "bad-format": {
    title: "format files are damaged",
    hint: "copy them again, or go on without these events with --partial",
  },
  "bad-index": {
    title: "an index of consumers is damaged",
    hint: "give a file that `tpabi audit --index` wrote, or one that does not exist yet",
  },
  "bad-kernel": {
    title: "a kernel is spelled in a way that means nothing",
    hint: "see `tpabi --help` for the spellings",
  },
  "bad-lock": {
    title: "a list of a tool's dependencies is damaged",
    hint: "write it again with `tpabi audit PATH --lock`",
  },
  "bad-range": {
    title: "a range of kernel versions is spelled in a way that means nothing",
    hint: "write such as '>=5.4 <6.2', '6.1.x', '5.10 || 6.12' or '2.6.x'",
  },
  "bad-patch": {
    title: "a patch is damaged or does not apply",
    hint: "name the commit that it was made for with --base REV",
  },
  "bad-snapshot": {
    title: "a saved snapshot is not valid",
    hint: "write it again with `tpabi snapshot KERNEL -o FILE`",
  },
  "bad-usage": { title: "the command line is wrong", hint: "see `tpabi --help`" },
  "empty-archive": { title: "an archive holds no trace events", hint: "archive the whole tracefs directory" },
  "found-problems": {
    title: "a kernel was not understood completely, and --strict was given",
    hint: "leave --strict out to compare what was understood",
  },
  "git-failed": { title: "a git command failed", hint: undefined },
  io: { title: "reading or writing failed", hint: undefined },
  "limit-exceeded": { title: "an input is larger or deeper than any real one", hint: undefined },
  "missing-objects": {
    title: "a shallow or partial clone lacks commits or files that are needed",
    hint: "let tpabi fetch them with --fetch, or complete the clone with `git fetch --refetch --no-filter --unshallow`",
  },
  "native-missing": {
    title: "the native addon is not there",
    hint: "shipped and saved kernels can be compared without it; to build it, install Rust and gcc and run `npm rebuild tpabi` (`npm run build` in a checkout)",
  },
  "newer-snapshot": { title: "a saved snapshot is newer than this tpabi", hint: "update tpabi" },
  "no-merge-base": {
    title: "two commits have no common ancestor",
    hint: "name the commit to compare with; unrelated histories can be compared with `tpabi diff`",
  },
  "not-a-kernel": {
    title: "a directory is no kernel source tree",
    hint: "give the top directory of a kernel source tree",
  },
  "not-a-repository": { title: "a directory is no git repository", hint: "name the repository with --repo DIR" },
  "not-btf": {
    title: "a file or directory has no BTF",
    hint: "give /sys/kernel/btf, a vmlinux, or an archive of either; the kernel needs CONFIG_DEBUG_INFO_BTF=y",
  },
  "not-found": { title: "a file or directory does not exist", hint: undefined },
  "not-tracefs": {
    title: "a directory or archive is no tracefs",
    hint: "give the directory that holds events/, normally /sys/kernel/tracing",
  },
  "nothing-to-compare": {
    title: "two kernels have no known fact in common",
    hint: "hold a source tree or a revision against tracefs or BTF",
  },
  "permission-denied": {
    title: "reading is not permitted",
    hint: "tracefs belongs to root: run as root, or copy its events/ with `sudo cp -r` and read the copy",
  },
  "unknown-event": {
    title: "no event has a name that matches",
    hint: "a pattern is a name, or system:name; * stands for any text",
  },
  "unknown-kernel": { title: "no baseline of that kernel is shipped", hint: undefined },
  "unknown-revision": { title: "a git revision does not exist", hint: undefined },
  "unknown-rule": { title: "no rule has that name", hint: "list them with `tpabi rules`" },
} as const satisfies Record<string, { readonly title: string; readonly hint: string | undefined }>;

export type ErrorCode = keyof typeof ERRORS;

/** Whether a text is one of the codes. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === "string" && Object.hasOwn(ERRORS, text);
}

/** An expected failure: what was seen (one line, lower case, no final stop) and what to do about it. */
export class ToolError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ToolError";
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].hint;
  }
}
