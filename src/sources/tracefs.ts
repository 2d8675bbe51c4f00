// The tracefs of a running kernel, or a copy of one: a directory or an archive with events/<system>/<event>/format.

import { native } from "../native.ts";
import type { Snapshot } from "../snapshot/model.ts";
import type { ReadOptions, Reader } from "./reader.ts";

const DEFAULT_TRACEFS = "/sys/kernel/tracing";

export const tracefsReader: Reader = {
  spelling: "tracefs:PATH",
  meaning: `a tracefs directory or a .tar, .tar.gz or .tar.xz of one (default: ${DEFAULT_TRACEFS})`,
  prefix: "tracefs:",
  claims: () => false,
  read: readTracefs,
};

async function readTracefs(path: string, options: ReadOptions): Promise<Snapshot> {
  const text = await (options.native ?? native).readTracefs(path || DEFAULT_TRACEFS);
  return JSON.parse(text) as Snapshot;
}
