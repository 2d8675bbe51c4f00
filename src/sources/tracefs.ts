// The tracefs of a running kernel, or a copy of one: a directory or an archive with events/<system>/<event>/format.

import { ToolError } from "../errors.ts";
import { native } from "../native.ts";
import { decodeOwn } from "../snapshot/codec.ts";
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
  const snapshot = decodeOwn(text);
  if (!options.partial) requireAllEvents(snapshot);
  return snapshot;
}

/** Problems of a format file that cost its event. */
const LOST: ReadonlySet<string> = new Set(["format-truncated", "format-unreadable"]);

/** An event that was there and could not be read would be told as removed, so it is no mere problem. */
function requireAllEvents({ problems }: Snapshot): void {
  const [first, ...rest] = problems.filter(({ code }) => LOST.has(code));
  if (first === undefined) return;
  const place = [first.file, first.line].filter((part) => part !== undefined).join(":");
  const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
  throw new ToolError("bad-format", `'${place}': ${first.message}${more}`);
}
