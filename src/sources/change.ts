// Both sides of a change in a git repository, read as far as the change can matter: events that depend on no changed file are
// on neither side. Invariant: a side that could not be read is an error.

import { type ChangeRequest, native } from "../native.ts";
import { restoreOwn } from "../snapshot/codec.ts";
import type { Snapshot } from "../snapshot/model.ts";
import type { ReadOptions } from "./reader.ts";

/** One side of a change. */
export interface ChangedSide {
  readonly snapshot: Snapshot;
  /** Which definitions in changed files the facts come from. */
  readonly causes: readonly Cause[];
}

/** A definition in a changed file: a macro, a type or a constant that an event uses. */
export interface Cause {
  /** `system:name`; `system:*` for the values that its print formats name, `-:name` for a tracepoint. */
  readonly event: string;
  /** The field; empty for the rest of the event. */
  readonly subject: string;
  readonly file: string;
  /** First and last line. */
  readonly lines: readonly [number, number];
}

export interface ChangedSnapshots {
  readonly before: ChangedSide;
  readonly after: ChangedSide;
}

/** How to read a change. */
export interface ReadChangeOptions extends Pick<ReadOptions, "cacheDir" | "onProgress" | "native" | "partial"> {
  readonly repo: string;
  readonly targets: ChangeRequest["targets"];
}

/** Reads two revisions for each target; null for a target on which no event depends on what differs. */
export async function readChange(
  before: string,
  after: string,
  { repo, targets, cacheDir = null, onProgress, native: reader = native, partial }: ReadChangeOptions,
): Promise<readonly (ChangedSnapshots | null)[]> {
  const request = { path: repo, before, after, targets, cacheDir, ...(partial && { partial }) };
  const sides = JSON.parse(await reader.readChange(request, onProgress)) as readonly (ChangedSnapshots | null)[];
  for (const change of sides) {
    for (const side of change === null ? [] : [change.before, change.after]) restoreOwn(side.snapshot);
  }
  return sides;
}
