// Merges the events of several sources: records and print formats as the running kernel tells them, all else as source does.

import { groupBy } from "../snapshot/group.ts";
import { canonicalType } from "../snapshot/c-type.ts";
import { type EventClass, eventId, type Field, type TraceEvent } from "../snapshot/model.ts";
import { compareText, type Disagree, type Part, ranked } from "./merge-parts.ts";

/** An event, and the source that it was first found in. */
interface Found {
  readonly name: string;
  event: TraceEvent;
}

/** All events of all sources. */
export function mergeEvents(
  parts: readonly Part[],
  classes: readonly EventClass[],
  report: Disagree,
): readonly TraceEvent[] {
  const merged = new Map<string, Found>();
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
  reportMissing(parts, [...merged.values()], report);
  const records = groupBy(classes, ({ name }) => name);
  return [...merged.values()]
    .map(({ name, event }) => withClass({ name, event }, records, report))
    .sort((one, other) => compareText(one.system, other.system) || compareText(one.name, other.name));
}

/** Source code knows all events of its kernel, so one that only the running kernel has is a contradiction. */
function reportMissing(parts: readonly Part[], all: readonly Found[], report: Disagree): void {
  const complete = parts.filter(
    ({ snapshot }) => snapshot.knows.existence && snapshot.kernel.origin.includes("source"),
  );
  for (const { name, snapshot } of complete) {
    const known = new Set(snapshot.events.map(eventId));
    for (const found of all.filter(({ event }) => !known.has(eventId(event)))) {
      report("existence", { name: found.name, fact: "exists" }, { name, fact: "no such event" }, eventId(found.event));
    }
  }
}

function compareEvents(id: string, one: Found, other: Found, report: Disagree): void {
  const facts: readonly (readonly [string, (event: TraceEvent) => string | undefined])[] = [
    ["fields", ({ fields }) => describeFields(fields)],
    ["signs", ({ fields }) => describeSigns(fields)],
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
function withClass(
  { name, event }: Found,
  records: ReadonlyMap<string, readonly EventClass[]>,
  report: Disagree,
): TraceEvent {
  const variants = records.get(event.class ?? event.name) ?? [];
  const fact = describePlaces(event.fields);
  const isOne = variants.some(({ fields }) => describePlaces(fields) === fact);
  if (event.class === undefined) return isOne ? { ...event, class: event.name } : event;
  if (variants.length > 0 && !isOne) {
    const others = variants.map(({ fields }) => describePlaces(fields)).join(" or ");
    report(`record of class ${event.class}`, { name, fact }, { name: "btf", fact: others }, eventId(event));
  }
  return event;
}

/** Text of fields that is equal exactly if all that both sides can know is. */
export function describeFields(fields: readonly Field[]): string {
  return fields
    .map(({ name, type, offset, size }) => `${canonicalType(type)} ${name} at ${offset ?? "?"}, ${size ?? "?"} bytes`)
    .join("; ");
}

/** Old kernels do not say it of any field. */
function describeSigns(fields: readonly Field[]): string | undefined {
  if (fields.some(({ signed }) => signed === undefined)) return undefined;
  return fields.map(({ name, signed }) => `${name} ${signed ? "signed" : "unsigned"}`).join("; ");
}

/** What a record of BTF and one of tracefs have in common: BTF does not know the element type of dynamic fields. */
function describePlaces(fields: readonly Field[]): string {
  return fields.map(({ name, kind, offset, size }) => `${kind} ${name} at ${offset ?? "?"}, ${size ?? "?"}`).join("; ");
}
