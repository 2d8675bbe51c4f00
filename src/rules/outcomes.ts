// How readers of fixed offsets and CO-RE programs fare; shared by the rules on fields.
// Invariant: mirrors what the kernel and libbpf do, and cites it.

import type { RecordEffect } from "../diff/change.ts";
import { categoryOf } from "../diff/type-text.ts";
import type { Field } from "../snapshot/model.ts";
import { OUTCOMES } from "./finding.ts";
import type { Outcome } from "./finding.ts";

/** The worst of some outcomes. */
export function worst(...outcomes: readonly Outcome[]): Outcome {
  return OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? "none";
}

/**
 * What a program meets that still reads the bytes where a field used to be.
 * A tp/ program that reads past the end of the last field is refused with EACCES when it is attached
 * (`trace_event_get_offsets` against `max_ctx_offset`, kernel/events/core.c@v6.12); within the record it reads whatever
 * lies there now.
 */
export function readerOfOldBytes(field: Field, effect: RecordEffect): Outcome {
  if (field.offset === undefined || field.size === undefined || effect.endAfter === undefined) return "silent";
  return field.offset + firstRead(field, field.size) > effect.endAfter ? "attach" : "silent";
}

/** Bytes that the first load of a field takes: an element of an array, a word of anything larger than one. */
function firstRead(field: Field, size: number): number {
  const element = field.kind === "array" && field.length !== undefined && field.length > 0 ? size / field.length : size;
  return Math.min(element, 8);
}

/** What readers of the fields meet that a change pushed elsewhere. */
export function readersOfShifted(effect: RecordEffect): Outcome {
  return worst(...effect.shifted.map((shift) => readerOfOldBytes(shift.before, effect)));
}

/** Text readers notice a print format that changed along. */
export function textOf(effect: RecordEffect): Outcome {
  return effect.print === undefined ? "none" : "cosmetic";
}

/** Whether a program written for one type of a field may load against the other. */
export function coreOfRetype(before: Field, after: Field): Outcome {
  if (memberName(before) !== memberName(after)) return "load";
  return isCompatible(before, after) ? coreOfResize(before, after) : "load";
}

/** The member of `struct trace_event_raw_<class>`, as the field macros declare it (include/trace/stages/stage1@v6.12). */
export function memberName(field: Field): string {
  if (field.kind === "dynamic") return `__data_loc_${field.name}`;
  return field.kind === "relative" ? `__rel_loc_${field.name}` : field.name;
}

/** libbpf relocates a member only onto one of the same kind (`bpf_core_fields_are_compat`, tools/lib/bpf/relo_core.c@v6.12). */
function isCompatible(before: Field, after: Field): boolean {
  if (before.kind !== after.kind) return false;
  return before.kind === "dynamic" || before.kind === "relative" || categoryOf(before.type) === categoryOf(after.type);
}

/**
 * A load of another size is adjusted only between unsigned integers or between pointers; any other is poisoned and the
 * verifier rejects the program (`bpf_core_calc_field_relo`, `fail_memsz_adjust`, tools/lib/bpf/relo_core.c@v6.12).
 * Only loads are: BPF_CORE_READ gives a helper the size that the program was compiled with, so of a narrower field it
 * reads the bytes behind, too, whatever the sign.
 */
function coreOfResize(before: Field, after: Field): Outcome {
  if (before.kind !== "scalar" || before.size === after.size) return "none";
  const category = categoryOf(before.type);
  if (category === "pointer" || category === "composite") return "none";
  if ((after.size ?? 0) < (before.size ?? 0)) return "silent";
  return before.signed === false && after.signed === false ? "none" : "load";
}
