// Several sources of one kernel as one snapshot. Each fact comes from the source that knows it best: records and print formats
// from tracefs, arguments and classes from BTF, all else from source code. Where two sources contradict each other, that is a
// problem that shows both.

import { ToolError } from "../errors.ts";
import type { EventClass, Field, Kernel, Knows, Origin, Problem, Snapshot } from "../snapshot/model.ts";
import { parseVersion } from "../snapshot/version.ts";
import { describeFields, mergeEvents } from "./merge-events.ts";
import { compareText, type Disagree, nameParts, type Part, ranked, type Told } from "./merge-parts.ts";
import { mergeTracepoints } from "./merge-tracepoints.ts";

const ORIGINS: readonly Origin[] = ["source", "tracefs", "btf"];

/** Merges sources of one kernel. */
export function merge(snapshots: readonly Snapshot[]): Snapshot {
  const [first] = snapshots;
  if (first === undefined) throw new TypeError("nothing to merge");
  if (snapshots.length === 1) return first;
  const parts = nameParts(snapshots);
  const problems: Problem[] = snapshots.flatMap((snapshot) => snapshot.problems);
  const report: Disagree = (subject, one, other, event) => {
    const message = `${subject}: ${one.name} has '${one.fact}', ${other.name} has '${other.fact}'`;
    problems.push({ code: "sources-disagree", message, ...(event !== undefined && { event }) });
  };
  const classes = mergeClasses(parts, "classes");
  const contexts = mergeClasses(parts, "contexts");
  return {
    schemaVersion: first.schemaVersion,
    kernel: mergeKernels(parts, report),
    knows: mergeKnows(snapshots),
    commonFields: mergeCommonFields(parts, report),
    events: mergeEvents(parts, classes, report),
    tracepoints: mergeTracepoints(parts, report),
    ...(classes.length > 0 && { classes }),
    ...(contexts.length > 0 && { contexts }),
    enums: mergeEnums(parts, report),
    problems,
  };
}

/** Names in print formats that may be enum constants, for BTF to look up: the kernel left them in, or source code has values. */
export function symbolsToLookUp(snapshots: readonly Snapshot[]): readonly string[] {
  const names = snapshots.flatMap(({ enums, events }) => [
    ...Object.keys(enums),
    ...events.flatMap(
      ({ print }) => print?.args.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").match(/\b(?!REC\b)[A-Z_][A-Z0-9_]+\b/g) ?? [],
    ),
  ]);
  return [...new Set(names)].sort();
}

function mergeKernels(parts: readonly Part[], report: Disagree): Kernel {
  const told = (key: "version" | "arch"): readonly Told[] =>
    parts.flatMap(({ name, snapshot }) => (snapshot.kernel[key] === "" ? [] : [{ name, fact: snapshot.kernel[key] }]));
  const [arch, ...arches] = told("arch");
  const otherArch = arches.find(({ fact }) => fact !== arch?.fact);
  if (arch && otherArch) {
    throw new ToolError(
      "bad-usage",
      `${arch.name} is a kernel for ${arch.fact}, ${otherArch.name} one for ${otherArch.fact}`,
      {
        hint: "only sources of one kernel can be merged",
      },
    );
  }
  const [version, ...versions] = told("version");
  const otherVersion = versions.find(({ fact }) => !isSameRelease(String(fact), String(version?.fact)));
  if (version && otherVersion) report("kernel version", version, otherVersion);
  const all: Kernel = Object.assign({}, ...parts.toReversed().map(({ snapshot }) => snapshot.kernel));
  const found = new Set(parts.flatMap(({ snapshot }) => snapshot.kernel.origin));
  return {
    ...all,
    version: String(version?.fact ?? ""),
    arch: String(arch?.fact ?? ""),
    origin: ORIGINS.filter((origin) => found.has(origin)),
  };
}

/** `6.12.117` and `6.12.117+deb12-amd64` are one release. */
function isSameRelease(one: string, other: string): boolean {
  const [left, right] = [parseVersion(one), parseVersion(other)];
  return left && right ? left.compare(right) === 0 : one === other;
}

function mergeKnows(snapshots: readonly Snapshot[]): Knows {
  const knows = (fact: keyof Knows): boolean => snapshots.some((snapshot) => snapshot.knows[fact]);
  return {
    layout: knows("layout"),
    types: knows("types"),
    args: knows("args"),
    printFormat: knows("printFormat"),
    values: knows("values"),
    locations: knows("locations"),
    existence: knows("existence"),
  };
}

function mergeCommonFields(parts: readonly Part[], report: Disagree): readonly Field[] {
  const [first, ...others] = ranked(parts, ["tracefs", "btf", "source"]).filter(
    ({ snapshot }) => snapshot.commonFields.length > 0,
  );
  if (first === undefined) return [];
  const fact = describeFields(first.snapshot.commonFields);
  for (const { name, snapshot } of others) {
    const other = describeFields(snapshot.commonFields);
    if (other !== fact) report("common fields", { name: first.name, fact }, { name, fact: other });
  }
  return first.snapshot.commonFields;
}

function mergeClasses(parts: readonly Part[], list: "classes" | "contexts"): readonly EventClass[] {
  const merged = new Map<string, EventClass>();
  for (const found of parts.flatMap(({ snapshot }) => snapshot[list] ?? [])) {
    merged.set(`${found.name} ${describeFields(found.fields)}`, found);
  }
  return [...merged.values()].sort((one, other) => compareText(one.name, other.name));
}

/**
 * A name can stand for an enum constant in one file and for a macro in another, so the source code's value counts. A source
 * that knows all values has the whole list, and what BTF has beyond that is of other enums.
 */
function mergeEnums(parts: readonly Part[], report: Disagree): Readonly<Record<string, number>> {
  const merged = new Map<string, { readonly name: string; readonly fact: number }>();
  const isComplete = parts.some(({ snapshot }) => snapshot.knows.values);
  for (const { name, snapshot } of ranked(parts, ORIGINS)) {
    for (const [symbol, fact] of Object.entries(snapshot.enums)) {
      const known = merged.get(symbol);
      if (known === undefined && (snapshot.knows.values || !isComplete)) merged.set(symbol, { name, fact });
      else if (known !== undefined && known.fact !== fact) report(`value of ${symbol}`, known, { name, fact });
    }
  }
  return Object.fromEntries([...merged].map(([symbol, { fact }]) => [symbol, fact]));
}
