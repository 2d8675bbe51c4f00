// One kernel as far as the uses need it, with quick ways to look things up. A matrix holds dozens of kernels at once.
// Invariant: what is left out is named by no use, so that looking it up never happens.

import { tracepointName } from "../diff/tracepoints.ts";
import { eventMatcher } from "../snapshot/event-glob.ts";
import { groupBy } from "../snapshot/group.ts";
import { eventId, type Field, type Kernel, type Knows, type Snapshot } from "../snapshot/model.ts";
import type { TraceEvent, Tracepoint } from "../snapshot/model.ts";
import type { Target, Use } from "./use.ts";

/** `struct trace_event_raw_<class>`: what a record is called in BTF. */
const RECORD_PREFIX = "trace_event_raw_";

export interface KernelView {
  /** As the user called it. */
  readonly name: string;
  readonly kernel: Kernel;
  readonly knows: Knows;
  readonly commonFields: readonly Field[];
  readonly enums: Readonly<Record<string, number>>;
  readonly events: ReadonlyMap<string, readonly TraceEvent[]>;
  readonly tracepoints: ReadonlyMap<string, readonly Tracepoint[]>;
  /** Events by the name of their tracepoint. */
  readonly users: ReadonlyMap<string, readonly TraceEvent[]>;
  /** Own fields of `struct trace_event_raw_<class>`, by class. */
  readonly classes: ReadonlyMap<string, readonly Field[]>;
  /** What BPF programs on system calls get instead of the record: of `sys_enter` and of `sys_exit`. */
  readonly contexts: ReadonlyMap<string, readonly Field[]>;
  /** Whether an absent class is known not to exist. */
  readonly knowsClasses: boolean;
}

/** What of a kernel the uses are about. */
export interface Wanted {
  readonly ids: ReadonlySet<string>;
  readonly globs: readonly ((id: string) => boolean)[];
  /** Names of tracepoints that are used raw. */
  readonly tracepoints: ReadonlySet<string>;
  readonly rawGlobs: readonly ((name: string) => boolean)[];
  readonly classes: ReadonlySet<string>;
}

export function isGlob(target: Target): boolean {
  return /[*?]/.test(`${target.system ?? ""}${target.name}`);
}

/** Whether a use is about a tracepoint and not about the event made of it. */
export function isRaw({ attach }: Use): boolean {
  return attach === "raw_tp" || attach === "tp_btf" || attach === "module";
}

/** `system:name`, or `-:name` for a tracepoint without its system. */
export function targetId({ system, name }: Target): string {
  return `${system ?? "-"}:${name}`;
}

export function wantedBy(uses: readonly Use[]): Wanted {
  const raw = uses.filter(isRaw).map(({ target }) => target);
  const events = uses.filter((use) => !isRaw(use)).map(({ target }) => target);
  const guarded = uses.flatMap(({ guards = [] }) => guards).flatMap(({ subject }) => (subject ? [subject] : []));
  const patternOf = ({ system = "*", name }: Target): string => `${system}:${name}`;
  const patterns = events.filter((target) => isGlob(target) || target.system === undefined).map(patternOf);
  return {
    ids: new Set([...events.map(patternOf), ...guarded]),
    globs: [...new Set(patterns)].map(eventMatcher),
    tracepoints: new Set([...raw.map(({ name }) => name), ...guarded.map((text) => text.replace(/^btf_trace_/, ""))]),
    rawGlobs: [...new Set(raw.filter(isGlob).map(({ name }) => `*:${name}`))].map((pattern) => {
      const matches = eventMatcher(pattern);
      return (name) => matches(`-:${name}`);
    }),
    classes: new Set(
      [...uses.flatMap(({ subject }) => (subject?.is === "member" ? [subject.struct] : [])), ...guarded]
        .map((text) => classOf(text))
        .filter((name) => name !== undefined),
    ),
  };
}

/** The class that `trace_event_raw_<class>`, a member or a flavour of it belongs to. */
export function classOf(text: string): string | undefined {
  const [struct = ""] = text.replace(/^struct /, "").split(/[.]|___/);
  return struct.startsWith(RECORD_PREFIX) ? struct.slice(RECORD_PREFIX.length) : undefined;
}

export function viewOf(name: string, snapshot: Snapshot, wanted: Wanted): KernelView {
  const { kernel, knows, commonFields, enums } = snapshot;
  const isWanted = (event: TraceEvent): boolean => {
    const id = eventId(event);
    return (
      wanted.ids.has(id) ||
      wanted.tracepoints.has(tracepointName(event)) ||
      wanted.globs.some((matches) => matches(id)) ||
      wanted.rawGlobs.some((matches) => matches(tracepointName(event)))
    );
  };
  const events = snapshot.events.filter(isWanted);
  const tracepoints = snapshot.tracepoints.filter(
    (one) => wanted.tracepoints.has(one.name) || wanted.rawGlobs.some((matches) => matches(one.name)),
  );
  const ofEvents = snapshot.events.flatMap((event) =>
    event.class === undefined ? [] : [[event.class, event] as const],
  );
  const classes = [
    ...ofEvents.map(([of, { fields }]) => [of, fields] as const),
    ...(snapshot.classes ?? []).map((one) => [one.name, one.fields] as const),
  ];
  return {
    name,
    kernel,
    knows,
    commonFields,
    enums,
    events: groupBy(events, eventId),
    tracepoints: groupBy(tracepoints, (one) => one.name),
    users: groupBy(events, tracepointName),
    classes: new Map(classes.filter(([of]) => wanted.classes.has(of))),
    contexts: new Map((snapshot.contexts ?? []).map((one) => [one.name, one.fields])),
    knowsClasses: classes.length > 0,
  };
}

/** The events that a target means in this kernel, by id. */
export function eventsOf({ events }: KernelView, target: Target): readonly TraceEvent[] {
  if (!isGlob(target) && target.system !== undefined) return events.get(targetId(target)) ?? [];
  const matches = eventMatcher(`${target.system ?? "*"}:${target.name}`);
  return [...events].flatMap(([id, found]) => (matches(id) ? found : []));
}

/** The tracepoints that a target means in this kernel. */
export function tracepointsOf({ tracepoints }: KernelView, target: Target): readonly Tracepoint[] {
  if (!isGlob(target)) return tracepoints.get(target.name) ?? [];
  const matches = eventMatcher(`*:${target.name}`);
  return [...tracepoints].flatMap(([name, found]) => (matches(`-:${name}`) ? found : []));
}
