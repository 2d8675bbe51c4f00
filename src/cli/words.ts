// `tpabi words`, which no help lists: what the completion of a shell asks for while somebody types.
// Invariant: nothing but words, one a line; where there are none, nothing, and never an error that would land in a prompt.

import { Argument, type Command } from "commander";

import { baselineDirectories } from "./baseline-options.ts";

/** Words that are looked up when they are needed, because they depend on the kernels there are. */
const WORD_KINDS = ["kernels", "events"] as const;
export type WordKind = (typeof WORD_KINDS)[number];

export function define(command: Command): void {
  command
    .addArgument(new Argument("<kind>", "of which kind").choices(WORD_KINDS))
    .argument("[start]", "what they begin with", "")
    .action(run);
}

async function run(kind: WordKind, start: string): Promise<void> {
  const words = await { kernels: listKernels, events: listEvents }[kind]().catch(() => []);
  process.stdout.write(words.flatMap((word) => (word.startsWith(start) ? [`${word}\n`] : [])).join(""));
}

/** Names that always mean something, then the baselines. */
async function listKernels(): Promise<readonly string[]> {
  const { listBaselines } = await import("../baselines/store.ts");
  const baselines = await listBaselines(baselineDirectories());
  return ["latest", "lts", "running", "running-lts", ...new Set(baselines.map(({ version }) => `v${version}`))];
}

/** The events of the newest baseline. */
async function listEvents(): Promise<readonly string[]> {
  const [{ readSnapshot }, { eventId }] = await Promise.all([
    import("../sources/source.ts"),
    import("../snapshot/model.ts"),
  ]);
  const { events } = await readSnapshot("baseline:latest", { baselines: baselineDirectories() });
  return events.map(eventId);
}
