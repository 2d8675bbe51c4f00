// Reads kernels one after another and compares each with its predecessor. Invariant: a snapshot is held only as long as a
// later kernel is compared with it, however many kernels there are.

import type { Change } from "../diff/change.ts";
import { diff } from "../diff/diff.ts";
import { createJudge } from "../rules/classify.ts";
import { knownConsumers } from "../rules/consumers.ts";
import { compareDanger } from "../rules/danger.ts";
import type { Finding } from "../rules/finding.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { type Link, linkKernels } from "./series.ts";

/** One kernel, and what happened since its predecessor. */
export interface Step {
  readonly link: Link;
  readonly after: Snapshot;
  /** Absent for the oldest kernel, which is compared with nothing. */
  readonly before?: Snapshot;
  /** Sorted by event. */
  readonly changes: readonly Change[];
}

export interface WalkOptions {
  readonly read: (version: string) => Promise<Snapshot>;
  /** Kernels of different groups are not compared (see `linkKernels`). */
  readonly groupOf?: (version: string) => string;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** The steps of a list of kernels, in the order of `linkKernels`. */
export async function* walk(versions: readonly string[], options: WalkOptions): AsyncGenerator<Step, void, void> {
  const links = linkKernels(versions, options.groupOf);
  const lastUse = new Map(links.map(({ previous }, index) => [previous, index]));
  const held = new Map<string, Snapshot>();
  for (const [index, link] of links.entries()) {
    options.onProgress?.(index, links.length, `comparing ${link.version}`);
    const after = await options.read(link.version);
    const before = held.get(link.previous ?? "");
    yield {
      link,
      after,
      ...(before === undefined ? {} : { before }),
      changes: before === undefined ? [] : diff(before, after).changes,
    };
    held.set(link.version, after);
    for (const version of held.keys()) if ((lastUse.get(version) ?? -1) <= index) held.delete(version);
  }
}

/** A change with what the rules say of it; most changes have one finding, some none. */
export interface Judged {
  readonly change: Change;
  readonly findings: readonly Finding[];
}

/** Judges changes one by one, so that each keeps its findings; `version` is the kernel whose programs they concern. */
export function judge(changes: readonly Change[], version: string): readonly Judged[] {
  const findingsOf = createJudge({ consumers: knownConsumers(version) });
  return changes.map((change) => ({ change, findings: [...findingsOf(change)].sort(compareDanger) }));
}
