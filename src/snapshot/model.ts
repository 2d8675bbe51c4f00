// The snapshot: everything that consumers of tracepoints can rely on in one kernel, as plain readonly data.
// Absent is not empty: a fact that a source does not know is left out, and `knows` says so once for the whole snapshot.
// Mirrors native/core/src/snapshot.rs and docs/snapshot.schema.json.

/** Version of the snapshot format that this code reads and writes. */
export const SNAPSHOT_SCHEMA_VERSION = 1;

/** Where facts can come from. */
export type Origin = "source" | "tracefs" | "btf";

/** One kernel, as far as its sources of facts know it. */
export interface Snapshot {
  readonly schemaVersion: typeof SNAPSHOT_SCHEMA_VERSION;
  readonly kernel: Kernel;
  readonly knows: Knows;
  /** Fields that every record begins with (`struct trace_entry`). */
  readonly commonFields: readonly Field[];
  /** All events, sorted by system and name. */
  readonly events: readonly TraceEvent[];
  /** All tracepoints, sorted by name. */
  readonly tracepoints: readonly Tracepoint[];
  /** Records of event classes, sorted by name; absent where the source of facts has them with the events only. */
  readonly classes?: readonly EventClass[];
  /**
   * What BPF programs on `tp/syscalls/*` get instead of the record, sorted by name: `sys_enter` and `sys_exit`, offsets from
   * the start of the context (`struct syscall_tp_t` in kernel/trace/trace_syscalls.c). Absent where unknown, and in kernels
   * before 4.14, which attach no programs there.
   */
  readonly contexts?: readonly EventClass[];
  /** Values of enum constants and macros that events name in print formats. */
  readonly enums: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
}

/** Identity of a kernel. */
export interface Kernel {
  /** Release such as `6.12.117`; empty where the source does not say it. */
  readonly version: string;
  /** `x86_64`, `i386`, `arm64`, `arm`, `riscv64`, `s390x`, `ppc64le`; empty if unknown. */
  readonly arch: string;
  readonly origin: readonly Origin[];
  /** The git revision as the user wrote it. */
  readonly ref?: string;
  /** Full object id of the commit (or tree) that was read. */
  readonly commit?: string;
  /** Digest of the configuration that conditions were evaluated with. */
  readonly config?: string;
}

/** What a snapshot's sources can know at all; each claim covers the whole snapshot. */
export interface Knows {
  /** Offsets, sizes and signedness of fields. */
  readonly layout: boolean;
  /** Type text of fields. */
  readonly types: boolean;
  /** Arguments of tracepoints. */
  readonly args: boolean;
  readonly printFormat: boolean;
  /** Values of enums and symbols. */
  readonly values: boolean;
  /** Files and lines. */
  readonly locations: boolean;
  /** Whether an event that is absent does not exist in that kernel. */
  readonly existence: boolean;
}

/**
 * One trace event.
 * Two events are *the same* event if system and name are equal.
 */
export interface TraceEvent {
  /** `TRACE_SYSTEM`, such as `sched`. */
  readonly system: string;
  readonly name: string;
  /** Event class; `struct trace_event_raw_<class>` is the record. */
  readonly class?: string;
  /** Name of the tracepoint the event is attached to. */
  readonly tracepoint?: string;
  /** Own fields in the order of the record, without the common ones. */
  readonly fields: readonly Field[];
  readonly print?: Print;
  /** Preprocessor condition under which the event exists, where it was not evaluated. */
  readonly when?: string;
  readonly location?: Location;
}

/** How a field's value is stored: in place, as a `__data_loc` word, or as a `__rel_loc` word. */
export type FieldKind = "scalar" | "array" | "dynamic" | "relative";

/**
 * One field of a record.
 * Two fields are *the same* if their names are equal; they are *equivalent* if type text may differ but kind, size,
 * signedness and length are equal.
 */
export interface Field {
  readonly name: string;
  /** As tracefs spells it, array length included: `pid_t`, `char[16]`, `__data_loc char[]`. */
  readonly type: string;
  /** Bytes from the start of the record. */
  readonly offset?: number;
  /** Bytes in the record; 4 for the location word of a dynamic field. */
  readonly size?: number;
  /** Absent where the format file of an old kernel does not say it. */
  readonly signed?: boolean;
  readonly kind: FieldKind;
  /** Elements of an array. */
  readonly length?: number;
  readonly when?: string;
  readonly location?: Location;
}

/** A print format: the literal and the expressions after it. */
export interface Print {
  /** The text between the quotes, escapes left as they stand. */
  readonly format: string;
  /** The argument text after the literal's comma, as tracefs prints it. */
  readonly args: string;
  /** Tables of `__print_symbolic` and `__print_flags`: the expression printed -> label -> value. */
  readonly symbols?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * The record of an event class, `struct trace_event_raw_<name>`: what CO-RE programs read.
 * Two modules can have classes of one name with different records; then both are there.
 */
export interface EventClass {
  /** Without `trace_event_raw_`. */
  readonly name: string;
  /** Own fields in the order of the record; of a dynamic one BTF knows neither the element type nor its sign. */
  readonly fields: readonly Field[];
  /** Bytes of the struct, its padding included. */
  readonly size?: number;
}

/** One tracepoint; raw_tp and tp_btf programs see its arguments by position. */
export interface Tracepoint {
  readonly name: string;
  readonly args: readonly Arg[];
  /** Declared by `DECLARE_TRACE` alone: no event, no format file. */
  readonly bare?: true;
  readonly writable?: true;
  readonly when?: string;
  readonly location?: Location;
}

export interface Arg {
  /** Empty where the source of facts has no names. */
  readonly name: string;
  readonly type: string;
  /** Whether the kernel declares that it may be NULL; absent where unknown. */
  readonly nullable?: boolean;
  /** The kernel declares that it may hold an error code, so the verifier takes it for a number. */
  readonly error?: true;
}

/** A place in a kernel tree: path relative to its root, line from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
}

/** Something that a reader saw and did not understand. */
export interface Problem {
  /** Stable kebab-case name of the kind. */
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  /** `system:name`, where the problem concerns one event. */
  readonly event?: string;
}

/** The id of an event as tools spell it: `system:name`. */
export function eventId(event: Pick<TraceEvent, "system" | "name">): string {
  return `${event.system}:${event.name}`;
}

/** First byte after the last field of a record, where it is known: the kernel refuses BPF programs that read at or past it. */
export function recordEnd(fields: readonly Field[]): number | undefined {
  const last = fields.at(-1);
  return last?.offset === undefined || last.size === undefined ? undefined : last.offset + last.size;
}

/** The part of an id before the colon; `-` for tracepoints without an event. */
export function systemOf(id: string): string {
  return id.slice(0, id.indexOf(":"));
}
