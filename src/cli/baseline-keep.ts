// `tpabi baseline add`, `update` and `merge`: keep kernels as baselines.

import { Command } from "commander";

import type { Job } from "../baselines/update.ts";
import { ToolError } from "../errors.ts";
import { DIR, type DirFlags, ownBaselines } from "./baseline-options.ts";
import { say } from "./print.ts";
import { showProgress } from "./progress.ts";
import { addReadOptions, cacheDirectory, collectArches, type ReadFlags, withReadOptions } from "./read-options.ts";

export function addCommand(): Command {
  return addReadOptions(new Command("add"))
    .description("Keep kernels as baselines, from any source.")
    .argument("<kernel...>", "which kernels, spelled as in all commands (see `tpabi --help`)")
    .option(...DIR)
    .addHelpText("after", "\nExample:\n  sudo tpabi baseline add running --dir /var/lib/tpabi\n")
    .action(async (kernels: readonly string[], flags: ReadFlags & DirFlags) => {
      const [{ readSnapshot }, { encode }, { writeBaselines }, { toAddition }] = await Promise.all([
        import("../sources/source.ts"),
        import("../snapshot/codec.ts"),
        import("../baselines/store.ts"),
        import("../baselines/update.ts"),
      ]);
      const directory = requireDirectory(flags.dir);
      const memory = new Map();
      const additions = await withReadOptions(flags, async (options) => {
        const read = [];
        for (const kernel of kernels) {
          const snapshot = await readSnapshot(kernel, options);
          const { version, arch, ref } = snapshot.kernel;
          if (version === "" || arch === "") {
            throw new ToolError(
              "bad-kernel",
              `'${kernel}' does not say its ${version === "" ? "version" : "architecture"}`,
            );
          }
          read.push(toAddition(encode(snapshot), ref, memory));
        }
        return read;
      });
      await writeBaselines(directory, additions);
      for (const { kernel } of additions) say(`added ${kernel.version} for ${kernel.arch} to ${directory}`);
    });
}

interface UpdateFlags extends DirFlags {
  readonly repo: string;
  readonly tags: string;
  readonly arch?: readonly string[];
}

export function updateCommand(): Command {
  return new Command("update")
    .description("Make the baselines of all tags of a repository that have none yet, oldest first.")
    .requiredOption("--repo <dir>", "the git repository")
    .option("--tags <glob>", "which tags", "v*")
    .option("--arch <arch>", "an architecture (repeatable; default: x86_64)", collectArches)
    .option(...DIR)
    .addHelpText(
      "after",
      "\nExample:\n  tpabi baseline update --repo ~/linux --tags 'v6.12.*' --arch x86_64 --arch arm64\n",
    )
    .action(update);
}

async function update(flags: UpdateFlags): Promise<void> {
  const [{ listTags, openSession }, { updateBaselines }, { matchesGlob }, { count }] = await Promise.all([
    import("../native.ts"),
    import("../baselines/update.ts"),
    import("../snapshot/event-glob.ts"),
    import("../reports/text.ts"),
  ]);
  const directory = requireDirectory(flags.dir);
  const tags = (await listTags(flags.repo)).filter((tag) => matchesGlob(tag, flags.tags));
  if (tags.length === 0) {
    throw new ToolError("unknown-revision", `'${flags.repo}' has no tag that matches '${flags.tags}'`);
  }
  const progress = showProgress(process.stderr);
  const session = openSession();
  async function* readAll(jobs: readonly Job[]): AsyncGenerator<string | Error> {
    for (const { tag, arch } of jobs) {
      const request = {
        kind: "git",
        path: flags.repo,
        rev: tag,
        arch,
        cacheDir: cacheDirectory(),
        isKept: true,
      } as const;
      yield session.readSource(request).catch((error: unknown) => {
        if (error instanceof ToolError) return error;
        throw error;
      });
    }
  }
  const { made, present, failed } = await updateBaselines({
    directory,
    tags,
    arches: flags.arch ?? ["x86_64"],
    readAll,
    onProgress: (done, total, { tag, arch }) => progress.update(done, total, `${tag} ${arch}`),
  }).finally(() => {
    progress.clear();
    session.close();
  });
  say(`${count(made.length, "baseline")} made, ${present} there already, in ${directory}`);
  for (const { tag, arch, reason } of failed) say(`failed: ${tag} for ${arch}: ${reason.message}`);
  if (failed.length > 0) throw new ToolError("not-a-kernel", `${count(failed.length, "tag")} could not be read`);
}

export function mergeCommand(): Command {
  return new Command("merge")
    .description("Bring together baselines that several jobs have made, each in a directory of its own.")
    .argument("<dir...>", "the directories, in any order")
    .option(...DIR)
    .addHelpText(
      "after",
      "\nAll of them are kept in --dir, or none if one release is not the same in two directories.\n" +
        "The same parts give the same bytes, whatever their order.\n" +
        "\nExample:\n  tpabi baseline merge parts/* --dir merged\n",
    )
    .action(async (parts: readonly string[], flags: DirFlags) => {
      const [{ mergeBaselines }, { count }] = await Promise.all([
        import("../baselines/merge.ts"),
        import("../reports/text.ts"),
      ]);
      const directory = requireDirectory(flags.dir);
      const progress = showProgress(process.stderr);
      const { added, present } = await mergeBaselines(parts, directory, progress.update).finally(progress.clear);
      console.error(`${count(added, "baseline")} added, ${present} there already, in ${directory}`);
    });
}

function requireDirectory(given: string | undefined): string {
  const directory = given ?? ownBaselines();
  if (directory !== undefined) return directory;
  throw new ToolError("bad-usage", "there is no directory to keep baselines in", { hint: "name one with --dir DIR" });
}
