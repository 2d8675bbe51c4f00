// Known consumers, the file that findings take the users of an event from (src/rules/consumers.ts reads it).
// Invariant: sorted, one use a line, without duplicates: writing the same tools again gives the same bytes.

import { ToolError } from "../errors.ts";
import { CONSUMERS_SCHEMA_VERSION, parseConsumers } from "../rules/consumers.ts";
import { READER_KINDS } from "../rules/finding.ts";
import { subjectName } from "./describe.ts";
import { isGlob, targetId } from "./kernel-view.ts";
import type { Use } from "./use.ts";

/** A tool as the index names it. */
export interface IndexedTool {
  readonly tool: string;
  readonly version: string;
  /** Where it was taken from, such as a Debian package. */
  readonly source: string;
}

interface ToolEntry extends IndexedTool {
  readonly uses: readonly object[];
}

/** The index with the uses of one tool in it, in place of what it had of that tool. */
export function addToIndex(text: string | undefined, tool: IndexedTool, uses: readonly Use[], name: string): string {
  const others = text === undefined ? [] : decodeIndex(text, name).filter((one) => one.tool !== tool.tool);
  const tools = [...others, { ...tool, uses: indexedUses(uses) }].sort((one, other) =>
    one.tool < other.tool ? -1 : 1,
  );
  return encodeIndex(tools);
}

/**
 * One entry for each event and each thing used of it, at the first place where it is seen. Globs stand for events that the
 * tool does not name, so nobody relies on any of these in particular.
 */
function indexedUses(uses: readonly Use[]): readonly object[] {
  const entries = new Map<string, object>();
  const sorted = [...uses].sort((one, other) =>
    one.file === other.file ? one.line - other.line : one.file < other.file ? -1 : 1,
  );
  for (const { target, contract, kind, subject, file, line } of sorted) {
    if (isGlob(target)) continue;
    const name = subjectName(subject);
    const key = {
      event: targetId(target),
      contract,
      ...(name === undefined ? {} : { subject: name }),
      // A kind of reader fares otherwise in its own contract only.
      ...(kind === undefined || READER_KINDS[kind] !== contract ? {} : { kind }),
    };
    const text = JSON.stringify(key);
    if (!entries.has(text)) entries.set(text, { ...key, where: line > 0 ? `${file}:${line}` : file });
  }
  return [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
}

function encodeIndex(tools: readonly ToolEntry[]): string {
  const texts = tools.map(({ tool, version, source, uses }) => {
    const head = [["tool", tool] as const, ["version", version] as const, ["source", source] as const]
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(", ");
    const lines = uses.map((use) => JSON.stringify(use)).join(",\n");
    return `{${head}, "uses": [${lines === "" ? "" : `\n${lines}\n`}]}`;
  });
  const list = texts.length === 0 ? "" : `\n${texts.join(",\n")}\n`;
  return `{"schemaVersion": ${CONSUMERS_SCHEMA_VERSION}, "tools": [${list}]}\n`;
}

function decodeIndex(text: string, name: string): readonly ToolEntry[] {
  try {
    const value = JSON.parse(text) as { readonly tools: readonly ToolEntry[] };
    parseConsumers(value);
    return value.tools;
  } catch (cause) {
    throw new ToolError("bad-index", `'${name}' is no index of consumers`, { cause });
  }
}
