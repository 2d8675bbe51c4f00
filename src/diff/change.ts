// Everything that can happen to a tracepoint between two kernels, as one union of plain facts.
// Invariant: no judgement and no prose here; rules decide what a change means (src/rules).

import type { Arg, Field, Location } from "../snapshot/model.ts";

/** An event as a change names it, with the general facts that exposure is judged by. */
export interface EventRef {
  /** `system:name`; `-:name` for a tracepoint without an event. */
  readonly id: string;
  readonly system: string;
  readonly name: string;
  readonly class?: string;
  /** Preprocessor condition under which it exists. */
  readonly when?: string;
  readonly location?: Location;
  /** Nothing in tracefs shows it: a tracepoint without an event, or constants that no event names. */
  readonly bare?: true;
}

/** What happened to one event, and to the siblings of its class in the very same way. */
interface OfEvent {
  /** The event in the later kernel, or in the earlier one if it is gone. */
  readonly event: EventRef;
  /** Ids of further events with the same change, sorted; they share a class or have identical field lists. */
  readonly siblings: readonly string[];
}

/** A field whose bytes moved because of something else. */
export interface Shift {
  readonly name: string;
  readonly before: Field;
  readonly after: Field;
}

/** Fields added side by side: one macro or one hunk. */
interface AddedFields {
  /** At least one. */
  readonly fields: readonly Field[];
  /** Position of the first among the event's own fields, from 0. */
  readonly position: number;
}

/** A changed print format. */
export interface PrintTexts {
  readonly before: string;
  readonly after: string;
}

/** What a change does to the rest of the record. */
export interface RecordEffect {
  /** Kept fields that moved because of this change, in the order of the later record. */
  readonly shifted: readonly Shift[];
  /** First byte after the last field: the kernel refuses tp/ programs that read at or past it. */
  readonly endBefore?: number;
  readonly endAfter?: number;
  /** The print format that changed along with the fields. */
  readonly print?: PrintTexts;
}

interface OfRecord extends OfEvent {
  readonly effect: RecordEffect;
}

interface OfFieldPair extends OfRecord {
  readonly before: Field;
  readonly after: Field;
  /** Whether the field also changed its place among the fields that stayed. */
  readonly moved: boolean;
}

/** What happened to an argument list; raw readers see positions, counted from 0. */
interface OfArguments extends OfEvent {
  /** Name of the tracepoint; `btf_trace_<tracepoint>` is its type. */
  readonly tracepoint: string;
  readonly countBefore: number;
  readonly countAfter: number;
}

/** A kept argument that another one pushed to another position. */
export interface ArgShift {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** What a pointer that is an argument may be, by the kernel's own word: always valid, or NULL, or an error code; from mild to bad. */
export const VALIDITIES = ["valid", "null", "error"] as const;
export type Validity = (typeof VALIDITIES)[number];

/** A constant or a label, with the number on each side; absent where it does not exist. */
export interface ValueChange {
  readonly name: string;
  readonly before?: number;
  readonly after?: number;
}

/** Fields of the whole diff that one piece of noise explains. */
interface Everywhere {
  /** `system:event.field` of every field concerned, sorted. */
  readonly fields: readonly string[];
}

/** Enum constants are named by the print formats of these events. */
interface OfConstants {
  readonly event: EventRef;
  readonly siblings: readonly string[];
  readonly constants: readonly ValueChange[];
}

export type Change =
  // Events
  | (OfEvent & { readonly kind: "event-added" })
  | (OfEvent & {
      readonly kind: "event-removed";
      /** Whether the tracepoint is still there without the event. */
      readonly tracepointKept: boolean;
    })
  | (OfEvent & Renamed & { readonly kind: "event-renamed" })
  | (OfEvent & Renamed & { readonly kind: "event-moved" })
  | (OfEvent & {
      readonly kind: "event-split";
      /** The new events that took its place, at least two. */
      readonly parts: readonly EventRef[];
      /** From 0 to 1: how alike their records are to its own. */
      readonly confidence: number;
    })
  | (OfEvent & {
      readonly kind: "event-class-changed";
      readonly before: string;
      readonly after: string;
      /**
       * What the old class's struct is in the later kernel: gone with its last event, still there with the fields of
       * this event, or there with other fields.
       */
      readonly oldStruct: "gone" | "same" | "other";
    })
  | (OfEvent & { readonly kind: "event-condition-changed"; readonly before?: string; readonly after?: string })
  // The header of every record
  | {
      readonly kind: "common-fields-changed";
      readonly before: readonly Field[];
      readonly after: readonly Field[];
      readonly removed: readonly string[];
      readonly added: readonly string[];
      /** Bytes by which the fields of every event move. */
      readonly shiftBytes: number;
    }
  // What BPF programs on system call events get
  | {
      readonly kind: "syscall-context-changed";
      readonly event: EventRef;
      readonly siblings: readonly string[];
      readonly before: readonly Field[];
      readonly after: readonly Field[];
      /** Members whose bytes are not where they were. */
      readonly lost: readonly Field[];
      readonly added: readonly Field[];
    }
  | (OfEvent & {
      readonly kind: "syscall-arguments-changed";
      /** All arguments of the system call in their order. */
      readonly before: readonly Field[];
      readonly after: readonly Field[];
      readonly gone: readonly Field[];
      readonly come: readonly Field[];
      /** As they were, of those that are still there: at another position, of another type. */
      readonly displaced: readonly Field[];
      readonly retyped: readonly Field[];
    })
  // Fields
  | (OfRecord & {
      readonly kind: "field-removed";
      readonly field: Field;
      /** Position among the event's own fields, from 0. */
      readonly position: number;
      /** Whether the earlier print format shows it. */
      readonly printed: boolean;
    })
  | (OfRecord & AddedFields & { readonly kind: "field-appended" })
  | (OfRecord & AddedFields & { readonly kind: "field-inserted" })
  | (OfFieldPair & {
      readonly kind: "field-renamed";
      /** From 0 to 1: how sure it is that one became the other. */
      readonly confidence: number;
    })
  | (OfFieldPair & { readonly kind: "field-kind-changed" })
  | (OfFieldPair & { readonly kind: "field-array-length-changed" })
  | (OfFieldPair & { readonly kind: "field-size-changed" })
  | (OfFieldPair & { readonly kind: "field-sign-changed" })
  | (OfFieldPair & { readonly kind: "field-type-changed" })
  | (OfFieldPair & { readonly kind: "field-moved" })
  | (OfRecord & {
      readonly kind: "field-condition-changed";
      readonly field: Field;
      readonly before?: string;
      readonly after?: string;
    })
  // Records whose fields are the same and lie elsewhere, without a cause that the fields show (packing, alignment)
  | (OfRecord & { readonly kind: "record-shrunk" })
  | (OfRecord & { readonly kind: "record-grown" })
  // Tracepoints and their arguments
  | (OfEvent & { readonly kind: "tracepoint-added" })
  | (OfEvent & { readonly kind: "tracepoint-removed" })
  | (OfEvent & {
      readonly kind: "tracepoint-renamed";
      readonly before: string;
      readonly after: string;
      readonly confidence: number;
    })
  | (OfArguments & {
      readonly kind: "argument-removed";
      /** At least one; they stood side by side. */
      readonly args: readonly Arg[];
      /** Position of the first. */
      readonly position: number;
      readonly shifted: readonly ArgShift[];
    })
  | (OfArguments & {
      readonly kind: "argument-inserted";
      /** At least one; they stand side by side. */
      readonly args: readonly Arg[];
      /** Position of the first. */
      readonly position: number;
      readonly shifted: readonly ArgShift[];
    })
  | (OfArguments & { readonly kind: "argument-appended"; readonly args: readonly Arg[]; readonly position: number })
  | (OfArguments & {
      readonly kind: "argument-moved";
      readonly arg: Arg;
      readonly positionBefore: number;
      readonly position: number;
    })
  | (OfArguments & OfArgPair & { readonly kind: "argument-retyped" })
  | (OfArguments & OfArgPair & { readonly kind: "argument-replaced" })
  | (OfArguments & OfArgPair & { readonly kind: "argument-renamed" })
  | (OfEvent & {
      readonly kind: "argument-nullability-changed";
      readonly validityBefore: Validity;
      readonly validityAfter: Validity;
      /** At least one; more where a kernel says it of many events at once. */
      readonly args: readonly ArgOfEvent[];
    })
  // Values
  | (OfConstants & { readonly kind: "enum-value-changed" })
  | (OfConstants & { readonly kind: "enum-value-removed" })
  | (OfConstants & { readonly kind: "enum-value-added" })
  | (OfEvent & {
      readonly kind: "symbol-table-changed";
      /** The expression whose values the table names, such as `REC->reason`. */
      readonly expression: string;
      /** The field that the expression reads, where it is one. */
      readonly reads?: string;
      readonly renumbered: readonly ValueChange[];
      readonly removed: readonly ValueChange[];
      readonly added: readonly ValueChange[];
    })
  // Text
  | (OfEvent & PrintTexts & { readonly kind: "print-format-changed" })
  | (OfEvent & PrintTexts & { readonly kind: "print-args-changed" })
  // Noise, once per diff
  | (Everywhere & { readonly kind: "char-sign-flipped"; readonly signedAfter: boolean })
  | (Everywhere & { readonly kind: "array-length-text-changed"; readonly numbersAfter: boolean })
  | (Everywhere & { readonly kind: "type-text-changed"; readonly texts: readonly PrintTexts[] });

/** An event that goes by another id; what happened to its record meanwhile stands in `inside`. */
interface Renamed {
  readonly from: EventRef;
  /** From 0 to 1; 1 where only the system differs and the record is the same. */
  readonly confidence: number;
  readonly inside: readonly Change[];
}

/** An argument that may be NULL in one of the kernels. */
export interface ArgOfEvent {
  /** `system:name` of the event, or `-:name`. */
  readonly event: string;
  readonly name: string;
}

interface OfArgPair {
  readonly position: number;
  readonly before: Arg;
  readonly after: Arg;
}

export type ChangeKind = Change["kind"];
export type ChangeOf<K extends ChangeKind> = Extract<Change, { readonly kind: K }>;
