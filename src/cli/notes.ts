// `tpabi notes`: the tracepoint section of release notes, and whether notes that somebody wrote mention what matters.

import { type Command, Option } from "commander";

import type { Gathered } from "../notes/gather.ts";
import { toJson } from "./json.ts";
import { KERNEL_HELP } from "./kernel-help.ts";
import { print, say } from "./print.ts";
import { addReadOptions, type ReadFlags, withReadOptions } from "./read-options.ts";

const NOTE_FORMATS = ["markdown", "json", "html"] as const;

const EXAMPLES = `
Examples:
  tpabi notes v6.12.107 v6.12.117 --repo ~/linux > tracepoints.md
  tpabi notes v6.1.192 v6.12.117 --format html -o tracepoints.html
  tpabi notes v6.12.107 v6.12.117 --check ChangeLog-6.12.117

With --repo, each change comes with the commit that made it: the events are read again at commits in between.
With --check, prints what FILE does not mention of the changes that break programs or are likely to, and the events that
it names as system:name although nothing changed about them. Events are found by name, by patterns such as block:*, and by
the commit that changed them.

Exit status: 0 notes written, or everything mentioned; 1 something is not, or does not match; 2 could not run.
`;

interface Flags extends ReadFlags {
  readonly format?: (typeof NOTE_FORMATS)[number];
  readonly output?: string;
  readonly check?: string;
  readonly commits: boolean;
}

export function define(command: Command): void {
  addReadOptions(command)
    .argument("<before>", "the earlier kernel (see below)")
    .argument("<after>", "the later kernel")
    .option("--check <file>", "check the text in a file instead of writing notes")
    .addOption(new Option("--format <format>", "what to write (default: markdown)").choices(NOTE_FORMATS))
    .option("-o, --output <file>", "write to a file, whole or not at all (default: stdout)")
    .option("--no-commits", "do not look for the commits that made the changes")
    .addHelpText("after", EXAMPLES + KERNEL_HELP)
    .action(run);
}

async function run(before: string, after: string, flags: Flags): Promise<void> {
  const [{ gatherNotes }, { compareVersions }, { readText, writeAtomically }] = await Promise.all([
    import("../notes/gather.ts"),
    import("../snapshot/version.ts"),
    import("../sources/files.ts"),
  ]);
  const text = flags.check === undefined ? undefined : await readText(flags.check);
  const gathered = await withReadOptions(flags, (options) =>
    gatherNotes(before, after, { ...options, commits: flags.commits }),
  );
  const { before: earlier, after: later } = gathered.notes;
  if (compareVersions(earlier.version, later.version) > 0) {
    say(
      `warning: '${before}' is the later kernel (${earlier.version} after ${later.version}): these are notes on the way back`,
    );
  }
  const written =
    text === undefined
      ? await write(gathered.notes, flags.format ?? "markdown", { before, after })
      : await check(text, gathered, flags);
  if (flags.output === undefined) print(written);
  else await writeAtomically(flags.output, written);
}

async function write(
  notes: Gathered["notes"],
  format: (typeof NOTE_FORMATS)[number],
  names: { readonly before: string; readonly after: string },
): Promise<string> {
  if (format === "json") return toJson(notes);
  if (format === "html") return (await import("../notes/show-html.ts")).notesAsHtml(notes, names);
  return (await import("../notes/show-markdown.ts")).notesAsMarkdown(notes, names);
}

async function check(text: string, { notes, ids }: Gathered, flags: Flags): Promise<string> {
  const [{ checkText }, { showCheck }] = await Promise.all([
    import("../notes/check.ts"),
    import("../notes/show-check.ts"),
  ]);
  const result = checkText(text, notes, ids);
  process.exitCode = result.missing.length + result.unmatched.length > 0 ? 1 : 0;
  if (flags.format === "json") return toJson(result);
  return showCheck(result, flags.check ?? "", process.stdout.columns ?? 100);
}
