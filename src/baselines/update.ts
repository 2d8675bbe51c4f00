// Makes the baselines that are missing, in order. What is made is kept every few seconds, so that a run that is cut off goes
// on where it was.

import { compareVersions } from "../snapshot/version.ts";
import { toLines, type Memory } from "./lines.ts";
import { readRegistry, type Provenance } from "./registry.ts";
import { type Addition, digestOf, writeBaselines } from "./store.ts";

/** One kernel to be read. */
export interface Job {
  readonly tag: string;
  readonly arch: string;
}

export interface UpdateRequest {
  /** Where the baselines are kept. */
  readonly directory: string;
  readonly tags: readonly string[];
  readonly arches: readonly string[];
  /** Reads kernels in order; each comes as the text that `encode` writes, or as the reason why it could not be read. */
  readonly readAll: (jobs: readonly Job[]) => AsyncIterable<string | Error>;
  readonly onProgress?: (done: number, total: number, job: Job) => void;
  /** How long what was made may be lost; writing takes up to a second, so it is not done each time. */
  readonly keepAfterMs?: number;
}

/** What an update did. */
export interface Updated {
  readonly made: readonly Job[];
  /** How many were there already. */
  readonly present: number;
  readonly failed: readonly (Job & { readonly reason: Error })[];
}

/** Makes the baselines of all tags that have none yet, oldest first. A tag that cannot be read does not stop the others. */
export async function updateBaselines(request: UpdateRequest): Promise<Updated> {
  const { directory, tags, arches, readAll, onProgress, keepAfterMs = 20_000 } = request;
  const present = await presentJobs(directory);
  const all = [...tags].sort(compareVersions).flatMap((tag) => arches.map((arch) => ({ tag, arch })));
  const jobs = all.filter(({ tag, arch }) => !present.has(`${tag} ${arch}`));
  const made: Job[] = [];
  const failed: (Job & { reason: Error })[] = [];
  const memory: Memory = new Map();
  let waiting: Addition[] = [];
  let keptAt = Date.now();
  let next = 0;
  const keep = async (): Promise<void> => {
    await writeBaselines(directory, waiting);
    waiting = [];
    keptAt = Date.now();
  };
  for await (const text of readAll(jobs)) {
    const job = jobs[next++] as Job;
    if (typeof text === "string") {
      waiting.push(toAddition(text, job.tag, memory));
      made.push(job);
    } else {
      failed.push({ ...job, reason: text });
    }
    onProgress?.(next, jobs.length, job);
    if (Date.now() - keptAt >= keepAfterMs) await keep();
  }
  await keep();
  return { made, present: all.length - jobs.length, failed };
}

/** A kernel in the form in which it is kept; `text` is that of `encode`. */
export function toAddition(text: string, tag: string | undefined, memory: Memory, source?: Provenance): Addition {
  const lines = toLines(text, memory);
  const count = (list: string): number => lines.lists[list]?.length ?? 0;
  const entry = { events: count("events"), tracepoints: count("tracepoints"), sha256: digestOf(text) };
  const { commit, origin } = lines.kernel;
  const own: Provenance =
    commit === undefined ? { kind: "other", origin } : { kind: "git", ...(tag !== undefined && { tag }), commit };
  return { ...lines, entry, source: source ?? own };
}

async function presentJobs(directory: string): Promise<ReadonlySet<string>> {
  const { kernels } = await readRegistry(directory);
  const tagged = kernels.flatMap(({ source, arches }) =>
    source.kind === "git" && source.tag !== undefined ? Object.keys(arches).map((arch) => `${source.tag} ${arch}`) : [],
  );
  return new Set(tagged);
}
