// The part of a kernel that one change is about, as text that can be compared: what tells the commit before the change from
// the commit with it. Invariant: looks at the expanded events, never at lines, so it finds changes that came from elsewhere.

import type { Change, ArgOfEvent } from "../diff/change.ts";
import { tableReader } from "../diff/symbol-tables.ts";
import { groupBy } from "../snapshot/group.ts";
import { type Arg, eventId, type Field, type Snapshot, type TraceEvent, type Tracepoint } from "../snapshot/model.ts";

/** The text of one aspect of a kernel; equal texts mean that the change did not happen in between. */
export type Aspect = (kernel: IndexedKernel) => string;

/** A snapshot, its events and tracepoints found by name. */
export interface IndexedKernel {
  readonly snapshot: Snapshot;
  /** Several where an event has variants under different conditions. */
  readonly events: ReadonlyMap<string, readonly TraceEvent[]>;
  readonly tracepoints: ReadonlyMap<string, readonly Tracepoint[]>;
}

export function indexKernel(snapshot: Snapshot): IndexedKernel {
  return {
    snapshot,
    events: groupBy(snapshot.events, eventId),
    tracepoints: groupBy(snapshot.tracepoints, ({ name }) => name),
  };
}

/** What to look at, at each commit, to see whether a change has happened. */
export function aspectOf(change: Change): Aspect {
  switch (change.kind) {
    case "event-added":
    case "event-removed":
    case "tracepoint-added":
    case "tracepoint-removed":
      return existenceOf([change.event.id]);
    case "event-renamed":
    case "event-moved":
      return existenceOf([change.from.id, change.event.id]);
    case "event-split":
      return existenceOf([change.event.id, ...change.parts.map(({ id }) => id)]);
    case "tracepoint-renamed":
      return ({ tracepoints }) => `${tracepoints.has(change.before)} ${tracepoints.has(change.after)}`;
    case "event-class-changed":
      return ofEvent(change.event.id, (event) => event.class);
    case "event-condition-changed":
      return ofEvent(change.event.id, (event) => event.when);
    case "common-fields-changed":
      return ({ snapshot }) => snapshot.commonFields.map(describeField).join(";");
    case "syscall-context-changed":
      return ({ snapshot }) =>
        (snapshot.contexts ?? [])
          .map(
            ({ name, fields }) =>
              `${name}: ${fields.map((field) => `${field.offset} ${describeField(field)}`).join(";")}`,
          )
          .join("\n");
    case "syscall-arguments-changed":
      return ofEvent(change.event.id, ({ fields }) => fields.map(describeField).join(";"));
    case "field-removed":
      return fieldsOf(change.event.id, [change.field.name], describePresence);
    case "field-appended":
    case "field-inserted":
      return fieldsOf(change.event.id, namesOf(change.fields), describePresence);
    case "field-renamed":
      return fieldsOf(change.event.id, [change.before.name, change.after.name], describePresence);
    case "field-kind-changed":
    case "field-array-length-changed":
    case "field-size-changed":
    case "field-sign-changed":
    case "field-type-changed":
      return fieldsOf(change.event.id, [change.after.name], describeField);
    case "field-condition-changed":
      return fieldsOf(change.event.id, [change.field.name], ({ when }) => when ?? "");
    case "field-moved":
      return ofEvent(change.event.id, ({ fields }) => namesOf(fields).join(","));
    case "record-shrunk":
    case "record-grown":
      return ofEvent(change.event.id, ({ fields }) => fields.map(({ offset, size }) => `${offset}+${size}`).join(","));
    case "argument-removed":
    case "argument-inserted":
    case "argument-appended":
      return argsOf(change.tracepoint, change.args);
    case "argument-moved":
      return prototypeOf(change.tracepoint, ({ name }) => name);
    case "argument-nullability-changed":
      return validityOf(change.args);
    case "argument-retyped":
    case "argument-replaced":
    case "argument-renamed":
      return argsOf(change.tracepoint, [change.before, change.after]);
    case "enum-value-changed":
    case "enum-value-removed":
    case "enum-value-added":
      return ({ snapshot }) => change.constants.map(({ name }) => String(snapshot.enums[name])).join(",");
    case "symbol-table-changed": {
      const labels = [...change.renumbered, ...change.removed, ...change.added].map(({ name }) => name);
      return ofEvent(change.event.id, ({ print }) => {
        const table = print === undefined ? undefined : tableReader()(print).get(change.expression);
        return labels.map((label) => (table?.has(label) ? String(table.get(label)) : "none")).join(",");
      });
    }
    case "print-format-changed":
    case "print-args-changed":
      return ofEvent(change.event.id, ({ print }) => `${print?.format}\n${print?.args}`);
    case "char-sign-flipped":
    case "array-length-text-changed":
    case "type-text-changed":
      return firstFieldOf(change.fields);
  }
}

function existenceOf(ids: readonly string[]): Aspect {
  return ({ events, tracepoints }) =>
    ids
      .map((id) => events.has(id) || (id.startsWith("-:") && tracepoints.get(id.slice(2))?.some(({ bare }) => bare)))
      .join(",");
}

function ofEvent(id: string, describe: (event: TraceEvent) => string | undefined): Aspect {
  return ({ events }) => JSON.stringify((events.get(id) ?? []).map((event) => describe(event) ?? null));
}

function fieldsOf(id: string, names: readonly string[], describe: (field: Field) => string): Aspect {
  const wanted = new Set(names);
  return ofEvent(id, ({ fields }) =>
    fields
      .filter(({ name }) => wanted.has(name))
      .map((field) => `${field.name}:${describe(field)}`)
      .sort()
      .join(";"),
  );
}

function prototypeOf(tracepoint: string, describe: (arg: Arg) => string | undefined): Aspect {
  return ({ tracepoints }) =>
    JSON.stringify((tracepoints.get(tracepoint) ?? []).map(({ args }) => args.flatMap((arg) => describe(arg) ?? [])));
}

/** The named arguments with their types; where one has no name, the whole list, since only places tell them apart. */
function argsOf(tracepoint: string, args: readonly Arg[]): Aspect {
  const describe = ({ name, type, nullable, error }: Arg): string => `${type} ${name} ${error ?? ""} ${nullable ?? ""}`;
  const wanted = new Set(namesOf(args));
  if (wanted.has("")) return prototypeOf(tracepoint, describe);
  return prototypeOf(tracepoint, (arg) => (wanted.has(arg.name) ? describe(arg) : undefined));
}

function validityOf(args: readonly ArgOfEvent[]): Aspect {
  return ({ events, tracepoints }) =>
    args
      .map(({ event, name }) => {
        const own = events.get(event)?.[0]?.tracepoint ?? event.slice(event.indexOf(":") + 1);
        const found = tracepoints.get(own)?.flatMap((tracepoint) => tracepoint.args.filter((arg) => arg.name === name));
        return found?.map(({ error, nullable }) => `${error} ${nullable}`).join("/") ?? "none";
      })
      .join(",");
}

/** Noise is the same in all fields that it is about, so the first one stands for all. */
function firstFieldOf(paths: readonly string[]): Aspect {
  const [path = ""] = paths;
  const dot = path.lastIndexOf(".");
  return fieldsOf(path.slice(0, dot), [path.slice(dot + 1)], describeField);
}

function describePresence(): string {
  return "";
}

function describeField({ name, type, size, signed, kind, length }: Field): string {
  return [name, type, size, signed, kind, length].join(" ");
}

function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return items.map(({ name }) => name);
}
