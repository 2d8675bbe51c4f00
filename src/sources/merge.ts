// Several sources of one kernel as one snapshot. Each fact comes from the source that knows it best: records and print formats
// from tracefs, arguments and classes from BTF, all else from source code. Where two sources contradict each other, that is a
// problem that shows both.

import { ToolError } from "../errors.ts";
import { canonicalParameter, canonicalType } from "../snapshot/c-type.ts";
import {
  type EventClass,
  eventId,
  type Field,
  type Kernel,
  type Knows,
  type Origin,
  type Problem,
  type Snapshot,
  type TraceEvent,
  type Tracepoint,
} from "../snapshot/model.ts";
import { parseVersion } from "../snapshot/version.ts";

/** One source of a kernel, and what messages call it. */
export interface Part {
  readonly name: string;
  readonly snapshot: Snapshot;
}

const ORIGINS: readonly Origin[] = ["source", "tracefs", "btf"];

/** Merges sources of one kernel. */
export function merge(parts: readonly Part[]): Snapshot {
  const [only] = parts;
  if (only === undefined) throw new TypeError("nothing to merge");
  if (parts.length === 1) return only.snapshot;
  const problems: Problem[] = parts.flatMap(({ snapshot }) => snapshot.problems);
  const report: Disagree = (subject, one, other, event) => {
    const message = `${subject}: ${one.name} has '${one.fact}', ${other.name} has '${other.fact}'`;
    problems.push({ code: "sources-disagree", message, ...(event !== undefined && { event }) });
  };
  const classes = mergeClasses(parts);
  const snapshots = parts.map(({ snapshot }) => snapshot);
  return {
    schemaVersion: only.snapshot.schemaVersion,
    kernel: mergeKernels(parts, report),
    knows: mergeKnows(snapshots),
    commonFields: mergeCommonFields(parts, report),
    events: mergeEvents(parts, classes, report),
    tracepoints: mergeTracepoints(parts, report),
    ...(classes.length > 0 && { classes }),
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

interface Told {
  readonly name: string;
  readonly fact: string | number;
}

type Disagree = (subject: string, one: Told, other: Told, event?: string) => void;

/** The parts with those first whose facts count most. */
function ranked(parts: readonly Part[], order: readonly Origin[]): readonly Part[] {
  const rank = ({ snapshot }: Part): number =>
    Math.min(...snapshot.kernel.origin.map((origin) => order.indexOf(origin)), order.length);
  return [...parts].sort((one, other) => rank(one) - rank(other));
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

function mergeEvents(parts: readonly Part[], classes: readonly EventClass[], report: Disagree): readonly TraceEvent[] {
  const merged = new Map<string, { readonly name: string; event: TraceEvent }>();
  for (const { name, snapshot } of ranked(parts, ["tracefs", "source", "btf"])) {
    for (const event of snapshot.events) {
      const id = eventId(event);
      const known = merged.get(id);
      if (known === undefined) {
        merged.set(id, { name, event });
        continue;
      }
      compareEvents(id, known, { name, event }, report);
      known.event = mergeEvent(known.event, event);
    }
  }
  const records = new Map(classes.map((found) => [found.name, found]));
  return [...merged.values()]
    .map(({ event }) => withClass(event, records))
    .sort((one, other) => compareText(one.system, other.system) || compareText(one.name, other.name));
}

function compareEvents(
  id: string,
  one: { readonly name: string; readonly event: TraceEvent },
  other: { readonly name: string; readonly event: TraceEvent },
  report: Disagree,
): void {
  const facts: readonly (readonly [string, (event: TraceEvent) => string | undefined])[] = [
    ["fields", ({ fields }) => describeFields(fields)],
    ["print format", ({ print }) => print?.format],
    ["print arguments", ({ print }) => print?.args],
  ];
  for (const [subject, describe] of facts) {
    const [left, right] = [describe(one.event), describe(other.event)];
    if (left === undefined || right === undefined || left === right) continue;
    report(subject, { name: one.name, fact: left }, { name: other.name, fact: right }, id);
  }
}

/** The first one's facts, and what only the second one knows. */
function mergeEvent(known: TraceEvent, other: TraceEvent): TraceEvent {
  const byName = new Map(other.fields.map((field) => [field.name, field]));
  const fields = known.fields.map((field) => ({ ...byName.get(field.name), ...field }));
  const print = known.print && { ...other.print, ...known.print };
  return { ...other, ...known, fields, ...(print && { print }) };
}

/** An event made by TRACE_EVENT has the class of its own name; which class another one has, neither tracefs nor BTF tells. */
function withClass(event: TraceEvent, records: ReadonlyMap<string, EventClass>): TraceEvent {
  if (event.class !== undefined) return event;
  const record = records.get(event.name);
  const isItsOwn = record !== undefined && describePlaces(record.fields) === describePlaces(event.fields);
  return isItsOwn ? { ...event, class: event.name } : event;
}

function mergeTracepoints(parts: readonly Part[], report: Disagree): readonly Tracepoint[] {
  const merged = new Map<string, { readonly name: string; tracepoints: readonly Tracepoint[] }>();
  for (const { name, snapshot } of ranked(parts, ["btf", "source", "tracefs"])) {
    for (const [tracepoint, variants] of groupByName(snapshot.tracepoints)) {
      const known = merged.get(tracepoint);
      if (known === undefined) {
        merged.set(tracepoint, { name, tracepoints: variants });
        continue;
      }
      known.tracepoints = mergeVariants(known.tracepoints, variants, (one, other) => {
        report(`arguments of tracepoint ${tracepoint}`, { name: known.name, fact: one }, { name, fact: other });
      });
    }
  }
  return [...merged.values()]
    .flatMap(({ tracepoints }) => tracepoints)
    .sort((one, other) => compareText(one.name, other.name));
}

/** Several modules can have tracepoints of one name; each is paired with the one that has its arguments. */
function mergeVariants(
  known: readonly Tracepoint[],
  others: readonly Tracepoint[],
  differ: (one: string, other: string) => void,
): readonly Tracepoint[] {
  const argsOf = ({ args }: Tracepoint): string => args.map(({ type }) => canonicalParameter(type)).join(", ");
  for (const other of others) {
    if (!known.some((one) => argsOf(one) === argsOf(other))) differ(known.map(argsOf).join(" or "), argsOf(other));
  }
  return known.map((one) => {
    const same = others.find((other) => argsOf(other) === argsOf(one));
    if (same === undefined) return one;
    // Where the types are equal, the spelling and the names of the source stay.
    const args = same.args.map((arg, position) => ({
      ...one.args[position],
      ...arg,
      name: arg.name || (one.args[position]?.name ?? ""),
    }));
    return { ...one, ...same, args };
  });
}

function groupByName(tracepoints: readonly Tracepoint[]): ReadonlyMap<string, readonly Tracepoint[]> {
  const groups = new Map<string, Tracepoint[]>();
  for (const tracepoint of tracepoints) {
    const group = groups.get(tracepoint.name);
    if (group) group.push(tracepoint);
    else groups.set(tracepoint.name, [tracepoint]);
  }
  return groups;
}

function mergeClasses(parts: readonly Part[]): readonly EventClass[] {
  const merged = new Map<string, EventClass>();
  for (const found of parts.flatMap(({ snapshot }) => snapshot.classes ?? [])) {
    merged.set(`${found.name} ${describeFields(found.fields)}`, found);
  }
  return [...merged.values()].sort((one, other) => compareText(one.name, other.name));
}

/** A name can stand for an enum constant in one file and for a macro in another, so the source code's value counts. */
function mergeEnums(parts: readonly Part[], report: Disagree): Readonly<Record<string, number>> {
  const merged = new Map<string, { readonly name: string; readonly fact: number }>();
  for (const { name, snapshot } of ranked(parts, ORIGINS)) {
    for (const [symbol, fact] of Object.entries(snapshot.enums)) {
      const known = merged.get(symbol);
      if (known === undefined) merged.set(symbol, { name, fact });
      else if (known.fact !== fact) report(`value of ${symbol}`, known, { name, fact });
    }
  }
  return Object.fromEntries([...merged].map(([symbol, { fact }]) => [symbol, fact]));
}

/** Text of fields that is equal exactly if all that both sides can know is. */
function describeFields(fields: readonly Field[]): string {
  return fields
    .map(({ name, type, offset, size }) => `${canonicalType(type)} ${name} at ${offset ?? "?"}, ${size ?? "?"} bytes`)
    .join("; ");
}

/** What a record of BTF and one of tracefs have in common: BTF does not know the element type of dynamic fields. */
function describePlaces(fields: readonly Field[]): string {
  return fields.map(({ name, kind, offset, size }) => `${kind} ${name} at ${offset ?? "?"}, ${size ?? "?"}`).join("; ");
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
