// tpabi.deps.json: what a tool depends on, kept beside its source so that a change of it is seen in review and in CI.
// Invariant: sorted, one dependency a line, and without lines of the source, so that it changes with the dependencies alone.

import { ToolError } from "../errors.ts";
import { CONTRACTS, READER_KINDS } from "../rules/finding.ts";
import { isListOf, isObjectOf, isOneOf, isString } from "../snapshot/shape.ts";
import { dependencyKey, describeSubject } from "./describe.ts";
import { targetId } from "./kernel-view.ts";
import type { Use } from "./use.ts";

const LOCK_SCHEMA_VERSION = 1;

/** One dependency, as the file has it. */
export interface LockedDependency {
  /** `system:name`, or `-:name` for a tracepoint. */
  readonly event: string;
  readonly attach: string;
  readonly contract: string;
  readonly kind?: string;
  /** The subject in words; absent for the event as a whole. */
  readonly uses?: string;
}

export interface LockChange {
  readonly dependency: LockedDependency;
  /** Where it is used now, `file:line`; empty for one that is gone. */
  readonly where: readonly string[];
}

export interface LockComparison {
  readonly added: readonly LockChange[];
  readonly removed: readonly LockChange[];
}

/** The text of the lock file. */
export function encodeLock(uses: readonly Use[]): string {
  const lines = [...dependenciesOf(uses).values()].map(({ dependency }) => JSON.stringify(dependency)).sort();
  return `{\n"schemaVersion": ${LOCK_SCHEMA_VERSION},\n"dependencies": [${lines.length === 0 ? "" : `\n${lines.join(",\n")}\n`}]\n}\n`;
}

const isLock = isObjectOf({
  schemaVersion: isOneOf(LOCK_SCHEMA_VERSION),
  dependencies: isListOf(
    isObjectOf(
      { event: isString, attach: isString, contract: isOneOf(...CONTRACTS) },
      { kind: isOneOf(...Object.keys(READER_KINDS)), uses: isString },
    ),
  ),
});

/** What came and what went since a lock file was written; `name` is what messages call the file. */
export function compareLock(text: string, uses: readonly Use[], name: string): LockComparison {
  const locked = new Map(decodeLock(text, name).map((dependency) => [JSON.stringify(dependency), dependency]));
  const found = dependenciesOf(uses);
  return {
    added: [...found].filter(([key]) => !locked.has(key)).map(([, change]) => change),
    removed: [...locked].filter(([key]) => !found.has(key)).map(([, dependency]) => ({ dependency, where: [] })),
  };
}

function decodeLock(text: string, name: string): readonly LockedDependency[] {
  const fail = (why: string): ToolError => new ToolError("bad-lock", `'${name}' is no list of dependencies: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail("it is no JSON");
  }
  const fault = isLock(value);
  if (fault !== undefined) throw fail(fault.trim());
  const { dependencies } = value as { readonly dependencies: readonly LockedDependency[] };
  // The keys in our own order, so that a file edited by hand compares equal.
  return dependencies.map(({ event, attach, contract, kind, uses }) => orderKeys(event, attach, contract, kind, uses));
}

/** By the text of the dependency. */
function dependenciesOf(uses: readonly Use[]): ReadonlyMap<string, LockChange & { readonly where: string[] }> {
  const found = new Map<string, LockChange & { readonly where: string[] }>();
  const keys = new Map<string, string>();
  for (const use of uses) {
    const { target, attach, contract, kind, subject, file, line } = use;
    const of = dependencyKey(use);
    const dependency = orderKeys(
      targetId(target),
      attach,
      contract,
      kind,
      subject === undefined ? undefined : describeSubject(subject),
    );
    const key = keys.get(of) ?? JSON.stringify(dependency);
    keys.set(of, key);
    const change = found.get(key) ?? { dependency, where: [] };
    const place = line > 0 ? `${file}:${line}` : file;
    if (!change.where.includes(place)) change.where.push(place);
    found.set(key, change);
  }
  return found;
}

function orderKeys(
  event: string,
  attach: string,
  contract: string,
  kind: string | undefined,
  uses: string | undefined,
): LockedDependency {
  return {
    event,
    attach,
    contract,
    ...(kind === undefined ? {} : { kind }),
    ...(uses === undefined ? {} : { uses }),
  };
}
