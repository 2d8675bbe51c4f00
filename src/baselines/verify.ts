// Whether baselines are what the registry says: read again, written again, and compared by digest.

import { ToolError } from "../errors.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { type Baseline, digestOf, readBaseline } from "./store.ts";

/** What is wrong with a baseline, or nothing. */
export interface Verified {
  readonly baseline: Baseline;
  readonly fault?: string;
}

/**
 * Checks baselines one after the other. With `extract`, each is also read from its source again; where that has nothing to
 * read it from, it gives nothing.
 */
export async function* verifyBaselines(
  baselines: readonly Baseline[],
  extract: (baseline: Baseline) => Promise<Snapshot | undefined> = () => Promise.resolve(undefined),
): AsyncGenerator<Verified> {
  for (const baseline of baselines) {
    const fault = (await faultOf(baseline, readBaseline)) ?? (await faultOf(baseline, extract));
    yield { baseline, ...(fault !== undefined && { fault }) };
  }
}

async function faultOf(
  baseline: Baseline,
  read: (baseline: Baseline) => Promise<Snapshot | undefined>,
): Promise<string | undefined> {
  try {
    const snapshot = await read(baseline);
    if (snapshot === undefined || digestOf(snapshot) === baseline.sha256) return undefined;
    return read === readBaseline ? "its content is not what kernels.json says" : "its source gives another snapshot now";
  } catch (error) {
    if (error instanceof ToolError) return error.message;
    throw error;
  }
}
