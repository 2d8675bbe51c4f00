// Snapshots to and from JSON text. The same snapshot gives the same bytes: one event and one tracepoint per line, so that
// diffs of saved snapshots read well, and keys sorted; only the top level keeps an order of its own, identity first.

import { ToolError } from "../errors.ts";
import {
  type Arg,
  type EventClass,
  type Field,
  type Kernel,
  type Knows,
  type Location,
  type Print,
  type Problem,
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
  type TraceEvent,
  type Tracepoint,
} from "./model.ts";
import { findFault } from "./saved.ts";

/** Snapshots that came as text of this very form: the addon writes it, and saving such a snapshot is no work. */
const texts = new WeakMap<Snapshot, string>();

/** The text of a snapshot file. */
export function encode(snapshot: Snapshot): string {
  return texts.get(snapshot) ?? write(snapshot);
}

function write(snapshot: Snapshot): string {
  const parts = [
    `"schemaVersion": ${snapshot.schemaVersion}`,
    `"kernel": ${JSON.stringify(orderKernel(snapshot.kernel))}`,
    `"knows": ${JSON.stringify(orderKnows(snapshot.knows))}`,
    `"commonFields": ${toLines(snapshot.commonFields.map((field) => orderField(field, undefined)))}`,
    `"events": ${toLines(snapshot.events.map(orderEvent))}`,
    `"tracepoints": ${toLines(snapshot.tracepoints.map(orderTracepoint))}`,
    ...classLines("classes", snapshot.classes),
    ...classLines("contexts", snapshot.contexts),
    `"enums": ${recordToLines(snapshot.enums)}`,
    `"problems": ${toLines(snapshot.problems.map(orderProblem))}`,
  ];
  return `{\n${parts.join(",\n")}\n}\n`;
}

function classLines(key: string, classes: readonly EventClass[] | undefined): readonly string[] {
  return classes === undefined ? [] : [`"${key}": ${toLines(classes.map(orderClass))}`];
}

/** The snapshot in a file's text, which is checked first; `name` is what messages call the file. */
export function decode(text: string, name: string): Snapshot {
  const value = parse(text, name);
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version !== "number") {
    throw new ToolError("bad-snapshot", `'${name}' is no tpabi snapshot: it has no schemaVersion`);
  }
  if (version > SNAPSHOT_SCHEMA_VERSION) {
    throw new ToolError(
      "newer-snapshot",
      `'${name}' has snapshot format ${version}; this tpabi reads up to ${SNAPSHOT_SCHEMA_VERSION}`,
    );
  }
  const fault = findFault(value) ?? completeLocations(value as Saved);
  if (fault !== undefined) throw new ToolError("bad-snapshot", `'${name}' is no valid snapshot: ${tidy(fault)}`);
  return value as Snapshot;
}

/**
 * The snapshot in a text that tpabi itself has written: shipped with it, or by the addon, which gives the same bytes as
 * `encode` does (native/core/src/saved.rs). It is as good as the code, and tests check it.
 */
export function decodeOwn(text: string): Snapshot {
  const snapshot = restoreOwn(JSON.parse(text));
  texts.set(snapshot, text);
  return snapshot;
}

/** What `encode` puts on lines of their own, by its key: one fact, or the items of a list between brackets; all as JSON. */
export function splitText(text: string): { head: Map<string, string>; sections: Map<string, string[]> } {
  const head = new Map<string, string>();
  const sections = new Map<string, string[]>();
  let open: string[] | undefined;
  for (const line of text.split("\n")) {
    const item = line.endsWith(",") ? line.slice(0, -1) : line;
    if (item === "]" || item === "}") {
      open = undefined;
    } else if (open !== undefined) {
      open.push(item);
    } else {
      // U+2028 ends a line for regular expressions, but not for JSON.
      const [, name, value] = /^"(\w+)": (.+)$/s.exec(item) ?? [];
      if (name === undefined || value === undefined) continue;
      if (value === "[" || value === "{") sections.set(name, (open = []));
      else if (value === "[]" || value === "{}") sections.set(name, []);
      else head.set(name, value);
    }
  }
  return { head, sections };
}

/** The same of a value that was parsed already, as a part of a larger one. */
export function restoreOwn(value: unknown): Snapshot {
  completeLocations(value as Saved);
  return value as Snapshot;
}

/** `.events[3].fields[0] has no 'name'` begins with a place, and without one the whole file is meant. */
function tidy(fault: string): string {
  return fault.startsWith(".") ? fault.slice(1) : `it${fault}`;
}

function parse(text: string, name: string): unknown {
  if (text.trim() === "") throw new ToolError("bad-snapshot", `'${name}' is empty`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ToolError("bad-snapshot", `'${name}' is no JSON: ${describeSyntaxError(text, cause)}`, { cause });
  }
}

/** V8 says the position as an offset; a reader wants the line. */
function describeSyntaxError(text: string, error: unknown): string {
  const message = (error as Error).message;
  const position = Number(/at position (\d+)/.exec(message)?.[1]);
  if (message.includes("Unexpected end") || position >= text.trimEnd().length) return "it ends too early";
  // For a short text V8 quotes the text and leaves the position out.
  if (Number.isNaN(position)) return "syntax error";
  return `syntax error in line ${text.slice(0, position).split("\n").length}`;
}

/** What JSON.parse has just made of a snapshot file, and nobody else has seen yet. */
interface Saved {
  readonly events: readonly {
    readonly location?: Location;
    readonly fields: readonly { location?: { readonly file?: string; readonly line: number } }[];
  }[];
}

/** Gives the fields back the file that they share with their event. */
function completeLocations({ events }: Saved): string | undefined {
  for (const [index, { fields, location }] of events.entries()) {
    for (const [position, field] of fields.entries()) {
      if (field.location === undefined || field.location.file !== undefined) continue;
      if (location === undefined)
        return `.events[${index}].fields[${position}].location has no 'file', nor has its event`;
      field.location = { file: location.file, line: field.location.line };
    }
  }
  return undefined;
}

/** Has all keys of a type, optional ones too: one that is forgotten below is a type error. */
type EveryKeyOf<T> = Readonly<Record<keyof T, unknown>>;

// The objects of a snapshot, each with its keys in code unit order. JSON.stringify leaves out what is undefined.

function orderKernel({ arch, commit, config, origin, ref, version }: Kernel): EveryKeyOf<Kernel> {
  return { arch, commit, config, origin, ref, version };
}

function orderKnows({ args, existence, layout, locations, printFormat, types, values }: Knows): EveryKeyOf<Knows> {
  return { args, existence, layout, locations, printFormat, types, values };
}

function orderEvent(event: TraceEvent): EveryKeyOf<TraceEvent> {
  return {
    class: event.class,
    fields: event.fields.map((field) => orderField(field, event.location?.file)),
    location: event.location && orderLocation(event.location),
    name: event.name,
    print: event.print && orderPrint(event.print),
    system: event.system,
    tracepoint: event.tracepoint,
    when: event.when,
  };
}

function orderField(
  { kind, length, location, name, offset, signed, size, type, when }: Field,
  eventFile: string | undefined,
): EveryKeyOf<Field> {
  const place = location && (location.file === eventFile ? { line: location.line } : orderLocation(location));
  return { kind, length, location: place, name, offset, signed, size, type, when };
}

function orderLocation({ file, line }: Location): EveryKeyOf<Location> {
  return { file, line };
}

function orderPrint({ args, format, symbols }: Print): EveryKeyOf<Print> {
  return { args, format, symbols: symbols && sortKeys(symbols, (labels) => sortKeys(labels, (value) => value)) };
}

function orderClass({ fields, name, size }: EventClass): EveryKeyOf<EventClass> {
  return { fields: fields.map((field) => orderField(field, undefined)), name, size };
}

function orderTracepoint(tracepoint: Tracepoint): EveryKeyOf<Tracepoint> {
  const { args, bare, location, name, when, writable } = tracepoint;
  return { args: args.map(orderArg), bare, location: location && orderLocation(location), name, when, writable };
}

function orderArg({ error, name, nullable, type }: Arg): EveryKeyOf<Arg> {
  return { error, name, nullable, type };
}

function orderProblem({ code, event, file, line, message }: Problem): EveryKeyOf<Problem> {
  return { code, event, file, line, message };
}

function sortKeys<T>(record: Readonly<Record<string, T>>, order: (value: T) => T): Readonly<Record<string, T>> {
  const keys = Object.keys(record).sort();
  return Object.fromEntries(keys.map((key) => [key, order(record[key] as T)]));
}

function toLines(list: readonly object[]): string {
  return list.length === 0 ? "[]" : `[\n${list.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
}

function recordToLines(record: Readonly<Record<string, number>>): string {
  const lines = Object.keys(record)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(record[key])}`);
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n}`;
}
