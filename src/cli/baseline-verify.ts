// `tpabi baseline verify`: are the baselines what they were when they were saved?

import { Command } from "commander";

import { baselineDirectories, DIR, type DirFlags } from "./baseline-options.ts";
import { print } from "./print.ts";
import { showProgress } from "./progress.ts";

export function verifyCommand(): Command {
  return new Command("verify")
    .description(
      "Check that baselines are what was once saved, and with --repo that their source still gives the same.",
    )
    .argument("[version...]", "which ones (default: all)")
    .option(...DIR)
    .option("--repo <dir>", "also read their tags in this git repository again")
    .addHelpText(
      "after",
      "\nExit status: 0 all are right, 1 some are not, 2 could not run.\n\nExample:\n  tpabi baseline verify 6.12.x\n",
    )
    .action(verify);
}

async function verify(names: readonly string[], flags: DirFlags & { readonly repo?: string }): Promise<void> {
  const [{ listBaselines }, { findBaseline }, { verifyBaselines }, { readSnapshot }, { escapeControls }, os] =
    await Promise.all([
      import("../baselines/store.ts"),
      import("../baselines/select.ts"),
      import("../baselines/verify.ts"),
      import("../sources/source.ts"),
      import("../reports/text.ts"),
      import("node:os"),
    ]);
  const all = await listBaselines(baselineDirectories(flags.dir));
  const wanted = new Set(
    names.map(
      (name) =>
        findBaseline(all, name, all.find(({ version }) => version === name)?.arch ?? "x86_64", os.release()).version,
    ),
  );
  const chosen = all.filter(({ version }) => names.length === 0 || wanted.has(version));
  const progress = showProgress(process.stderr);
  let faults = 0;
  let done = 0;
  const { repo } = flags;
  const verified = verifyBaselines(chosen, async ({ arch, source, config }) =>
    repo === undefined || source.kind !== "git" || config !== undefined
      ? undefined
      : readSnapshot(`git:${source.tag ?? source.commit}`, { repo, arch }),
  );
  for await (const { baseline, fault } of verified) {
    progress.update(++done, chosen.length, baseline.version);
    if (fault === undefined) continue;
    faults++;
    progress.clear();
    print(`${baseline.version} for ${baseline.arch}: ${escapeControls(fault)}\n`);
  }
  progress.clear();
  print(`${chosen.length - faults} of ${chosen.length} baselines are right\n`);
  process.exitCode = faults > 0 ? 1 : 0;
}
