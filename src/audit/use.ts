// What programs rely on: the vocabulary of the audit. Readers of tools write uses, the matrix judges them, the index keeps
// them. Plain data. Invariant: a use is one dependency through one contract; a program with three fields has four uses (the
// event itself, and each field).

import type { Contract, ReaderKind } from "../rules/finding.ts";

/**
 * How a program gets at an event.
 * `tp`: a BPF program on the event's record, bcc and bpftrace included. `raw_tp`: arguments by position, only their number is
 * checked. `tp_btf`: arguments by position, typed. `perf`: records from a ring buffer, read in user space (perf,
 * libtraceevent, tracefs, perfetto). `module`: a kernel module's probe, compiled against TP_PROTO.
 */
export type Attach = "tp" | "raw_tp" | "tp_btf" | "perf" | "module";

/** One dependency of one program. */
export interface Use {
  /** Id of the reader that found it. */
  readonly reader: string;
  /** Path as the user gave it or relative to the audited directory. */
  readonly file: string;
  /** From 1; 0 where the file has no lines (a compiled object). */
  readonly line: number;
  /** The function, probe, handler or script that has the use: what the matrix groups by. */
  readonly program: string;
  readonly attach: Attach;
  readonly contract: Contract;
  /** A kind of reader that fares otherwise than its contract. */
  readonly kind?: ReaderKind;
  readonly target: Target;
  /** Absent for the event as a whole. */
  readonly subject?: Subject;
  /** What the program checks before it comes to this use, outermost first. */
  readonly guards?: readonly Guard[];
}

/** The event or tracepoint a use is about. */
export interface Target {
  /** Absent for raw tracepoints, which have a name alone. */
  readonly system?: string;
  /** May be a glob such as `sys_enter_*`, as the tool wrote it. */
  readonly name: string;
}

export type Subject =
  | FieldSubject
  | FieldIndexSubject
  | BytesSubject
  | MemberSubject
  | ArgumentSubject
  | PositionsSubject
  | SymbolSubject;

/** A field by its name in the format file. */
export interface FieldSubject {
  readonly is: "field";
  readonly name: string;
  /** How it is read, where the program shows it. */
  readonly as?: "string" | "number";
}

/** A field by its place in the format file, as tracing policies of tetragon name it. */
export interface FieldIndexSubject {
  readonly is: "field-index";
  /** From 0; common fields are counted. */
  readonly index: number;
  /** The type the tool expects there, in the tool's words. */
  readonly type?: string;
}

/** Bytes at a fixed offset of the record: a hand-copied struct, a `skip[24]`, a compiled context load. */
export interface BytesSubject {
  readonly is: "bytes";
  /** Bytes from the start of the record, common fields included. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** What the tool's own declaration calls it. */
  readonly name?: string;
}

/** A member of a kernel struct through CO-RE. */
export interface MemberSubject {
  readonly is: "member";
  /** `trace_event_raw_sched_switch`, flavour suffix left out. */
  readonly struct: string;
  readonly name: string;
  /** Bytes, as the tool's own declaration says. */
  readonly size?: number;
  readonly signed?: boolean;
}

/** An argument by its position in TP_PROTO, or by its name where bpftrace takes it from BTF. */
export interface ArgumentSubject {
  readonly is: "argument";
  /** From 0; absent where the program takes the argument by its name alone. */
  readonly index?: number;
  /** What the tool calls it; the kernel's name where there is no index. */
  readonly name?: string;
  /** The type the tool declares or casts to. */
  readonly type?: string;
}

/** All fields in their order, as perf hands them to a script. */
export interface PositionsSubject {
  readonly is: "positions";
  readonly names: readonly string[];
}

/** An enum constant, flag or label behind a field whose value the tool has written down. */
export interface SymbolSubject {
  readonly is: "symbol";
  readonly name: string;
  readonly value?: number;
}

/** A condition that a use stands under. */
export interface Guard {
  /**
   * `field`: bpf_core_field_exists and the like. `type`: bpf_core_type_exists. `event`: tracepoint_exists, a test for the
   * event's directory, an attach whose failure is handled. `flavour`: a `struct x___old` chosen by another guard. `version`:
   * LINUX_KERNEL_VERSION and the like. `ifdef`: a macro of the build. `optional`: `SEC("?..")`, autoload off.
   */
  readonly kind: "field" | "type" | "event" | "flavour" | "version" | "ifdef" | "optional";
  /** The condition as written, in one line. */
  readonly text: string;
  readonly line: number;
  /** The use stands in the branch where the condition does not hold. */
  readonly negated?: true;
  /** What is tested: `trace_event_raw_x.member`, `system:name`, a macro. */
  readonly subject?: string;
  /** For `version`: kernels on which the condition holds, as a semver range such as `>=5.14.0`. */
  readonly range?: string;
}

/** Something that looks like a use and was not understood: counted and shown, never dropped. */
export interface NotUnderstood {
  readonly reader: string;
  readonly file: string;
  readonly line: number;
  /** The text in question, in one line. */
  readonly text: string;
  /** Why it could not be read: one line, lower case, no final stop. */
  readonly reason: string;
}
