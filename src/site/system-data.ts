// One subsystem over all kernels: every version of its events and tracepoints once, and back to what a kernel had.
// Invariant: but for line numbers, what comes out is what was put in.

import { compareText } from "../diff/order.ts";
import { SNAPSHOT_SCHEMA_VERSION } from "../snapshot/model.ts";
import type { Field, Print, Snapshot, TraceEvent, Tracepoint } from "../snapshot/model.ts";
import type { EventVersion, KernelFacts, PrintEntry, SiteFinding, SystemData, TracepointVersion } from "./data.ts";
import { encodeReleases, hasRelease } from "./releases.ts";

/** Takes what kernels have of a subsystem, the oldest first. */
export interface SystemBuilder {
  readonly addEvent: (event: TraceEvent, kernel: number) => void;
  readonly addTracepoint: (tracepoint: Tracepoint, kernel: number) => void;
  readonly addFinding: (finding: SiteFinding) => void;
  readonly finish: () => SystemData;
}

export function createSystem(system: string): SystemBuilder {
  const fields = createPool<Omit<Field, "location">>();
  const records = createPool<readonly number[]>();
  const symbols = createPool<Readonly<Record<string, number>>>();
  const prints = createPool<PrintEntry>();
  const files = createPool<string>();
  const events = createVersions<Omit<EventVersion, "on">>();
  const tracepoints = createVersions<Omit<TracepointVersion, "on">>();
  const findings: SiteFinding[] = [];
  const toPrint = ({ format, args, symbols: tables = {} }: Print): PrintEntry => [
    format,
    args,
    Object.entries(tables).map(([expression, table]) => [expression, symbols.add(table)]),
  ];
  return {
    addEvent: (event, kernel) => {
      const { name, print, location, when } = event;
      const own = event.fields.map(({ location: _location, ...field }) => fields.add(field));
      events.add(
        {
          name,
          record: records.add(own),
          ...(print && { print: prints.add(toPrint(print)) }),
          ...(event.class === name ? {} : { class: event.class ?? null }),
          ...(event.tracepoint === name ? {} : { tracepoint: event.tracepoint ?? null }),
          ...(location && { file: files.add(location.file) }),
          ...(when !== undefined && { when }),
        },
        kernel,
      );
    },
    addTracepoint: ({ args, location, ...rest }, kernel) => {
      tracepoints.add(
        {
          ...rest,
          args: args.map(({ type, name, nullable, error }) => {
            if (error) return [type, name, nullable ?? null, error];
            return nullable === undefined ? [type, name] : [type, name, nullable];
          }),
          ...(location && { file: files.add(location.file) }),
        },
        kernel,
      );
    },
    addFinding: (finding) => findings.push(finding),
    finish: () => ({
      system,
      fields: fields.items,
      records: records.items,
      symbols: symbols.items,
      prints: prints.items,
      files: files.items,
      events: events.finish(),
      tracepoints: tracepoints.finish(),
      findings,
    }),
  };
}

interface Pool<T> {
  readonly items: readonly T[];
  /** The place of an item, which is put in if it is new. */
  readonly add: (item: T) => number;
}

/** Items by their JSON text, each once. */
export function createPool<T>(): Pool<T> {
  const places = new Map<string, number>();
  const items: T[] = [];
  return {
    items,
    add: (item) => {
      const key = JSON.stringify(item);
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, items.length);
      return items.push(item) - 1;
    },
  };
}

interface Versions<T> {
  readonly add: (version: T, kernel: number) => void;
  readonly finish: () => readonly (T & { readonly on: string })[];
}

function createVersions<T extends { readonly name: string }>(): Versions<T> {
  const pool = createPool<T>();
  const kernels: Set<number>[] = [];
  return {
    add: (version, kernel) => {
      const place = pool.add(version);
      (kernels[place] ??= new Set()).add(kernel);
    },
    finish: () => pool.items.map((version, place) => ({ ...version, on: encodeReleases([...(kernels[place] ?? [])]) })),
  };
}

/** The events that a kernel has of a subsystem, or those of one name alone. */
export function eventsOn(data: SystemData, kernel: number, name?: string): readonly TraceEvent[] {
  return data.events
    .filter((version) => (name === undefined || version.name === name) && hasRelease(version.on, kernel))
    .map((version) => toEvent(data, version));
}

function toEvent(data: SystemData, version: EventVersion): TraceEvent {
  const { name, when } = version;
  const own = version.class === undefined ? name : version.class;
  const tracepoint = version.tracepoint === undefined ? name : version.tracepoint;
  const print = version.print === undefined ? undefined : data.prints[version.print];
  return {
    system: data.system,
    name,
    ...(own !== null && { class: own }),
    ...(tracepoint !== null && { tracepoint }),
    fields: (data.records[version.record] ?? []).flatMap((place) => data.fields[place] ?? []),
    ...(print && { print: toPrintFormat(data, print) }),
    ...(when !== undefined && { when }),
    ...locationIn(data, version.file),
  };
}

function toPrintFormat({ symbols }: SystemData, [format, args, tables]: PrintEntry): Print {
  const named = tables.map(([expression, place]) => [expression, symbols[place] ?? {}] as const);
  return { format, args, ...(named.length > 0 && { symbols: Object.fromEntries(named) }) };
}

/** The tracepoints that a kernel has of a subsystem, or those of one name alone. */
export function tracepointsOn(data: SystemData, kernel: number, name?: string): readonly Tracepoint[] {
  return data.tracepoints
    .filter((version) => (name === undefined || version.name === name) && hasRelease(version.on, kernel))
    .map(({ on: _on, file, args, ...rest }) => ({
      ...rest,
      args: args.map(([type, argument, nullable = null, error]) => ({
        name: argument,
        type,
        ...(nullable !== null && { nullable }),
        ...(error && { error }),
      })),
      ...locationIn(data, file),
    }));
}

/** Which line it was, the site does not keep: it differs in nearly every release. */
function locationIn({ files }: SystemData, file: number | undefined): { location?: { file: string; line: number } } {
  const path = files[file ?? -1];
  return path === undefined ? {} : { location: { file: path, line: 0 } };
}

/** The whole snapshot of a kernel, from all its subsystems. */
export function snapshotOn(facts: KernelFacts, systems: readonly SystemData[], place: number): Snapshot {
  const own = facts.kernels[place];
  if (own === undefined) throw new RangeError(`no kernel ${place}`);
  const context = facts.contexts[own.context ?? -1];
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    kernel: own.kernel,
    knows: own.knows,
    commonFields: facts.headers[own.header] ?? [],
    events: systems
      .flatMap((data) => eventsOn(data, place))
      .sort((one, other) => compareText(one.system, other.system) || compareText(one.name, other.name)),
    tracepoints: systems
      .flatMap((data) => tracepointsOn(data, place))
      .sort((one, other) => compareText(one.name, other.name)),
    ...(context && { contexts: context }),
    enums: Object.fromEntries(
      facts.enums.filter(([, , on]) => hasRelease(on, place)).map(([name, value]) => [name, value]),
    ),
    problems: [],
  };
}
