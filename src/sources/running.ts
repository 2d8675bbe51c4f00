// This machine: what its tracefs and its BTF say, merged. Without root tracefs is mostly closed, and BTF alone must do.

import { ToolError } from "../errors.ts";
import type { Problem, Snapshot } from "../snapshot/model.ts";
import { btfReader } from "./btf.ts";
import { merge, symbolsToLookUp } from "./merge.ts";
import type { ReadOptions, Reader } from "./reader.ts";
import { tracefsReader } from "./tracefs.ts";

export const runningReader: Reader = {
  spelling: "running",
  meaning: "this machine: its tracefs (root only on most machines) and its BTF, merged",
  prefix: "running:",
  claims: (text) => text === "running",
  read: (_target, options) => readRunning(options),
};

/** A part of this machine's kernel, or why it cannot be read. */
type Outcome = Snapshot | ToolError;

async function readRunning(options: ReadOptions): Promise<Snapshot> {
  const tracefs = await attempt(tracefsReader, options);
  const symbols = tracefs instanceof ToolError ? [] : symbolsToLookUp([tracefs]);
  const btf = await attempt(btfReader, { ...options, symbols });
  if (tracefs instanceof ToolError && btf instanceof ToolError) throw tracefs;
  const parts = [
    { name: "tracefs", outcome: tracefs, lacks: "fields, print formats and which events exist" },
    { name: "btf", outcome: btf, lacks: "arguments of tracepoints and records of event classes" },
  ];
  const problems = parts.flatMap(({ name, outcome, lacks }) => unreadable(name, outcome, lacks));
  const merged = merge(parts.flatMap(({ outcome }) => (outcome instanceof ToolError ? [] : [outcome])));
  return { ...merged, problems: [...problems, ...merged.problems] };
}

async function attempt(reader: Reader, options: ReadOptions): Promise<Outcome> {
  try {
    return await reader.read("", options);
  } catch (error) {
    // What is damaged is a failure; what a machine does not have or does not show is not.
    if (error instanceof ToolError && MISSING.has(error.code)) return error;
    throw error;
  }
}

const MISSING: ReadonlySet<string> = new Set(["permission-denied", "not-found", "not-tracefs", "not-btf"]);

function unreadable(name: string, outcome: Outcome, lacks: string): readonly Problem[] {
  if (!(outcome instanceof ToolError)) return [];
  const hint = outcome.hint === undefined ? "" : `; ${outcome.hint}`;
  return [
    {
      code: "source-unreadable",
      message: `${name} of this machine: ${outcome.message}, so ${lacks} are not known${hint}`,
    },
  ];
}
