// Judges bytes at a fixed offset of the record: hand-copied structs, compiled loads.
// Invariant: mirrors what the kernel lets a tp/ program read, kernel/events/core.c@v6.12.

import type { Field } from "../../snapshot/model.ts";
import type { BytesSubject, Use } from "../use.ts";
import { breaks, HOLDS, unknown, type Verdict } from "../verdict.ts";
import { fieldsOf, liesWithin, type Place, type SubjectJudge, syscallContext } from "./subject.ts";

/** A load takes so many bytes at most; more are copied by a helper, which may read what a load may not. */
const LONGEST_LOAD = 8;

/** Bytes of the context that no tp/ program may read: the verifier keeps the pointer to the registers there. */
const UNREADABLE = 8;

export const bytesJudge: SubjectJudge<BytesSubject> = {
  judge: (subject, use, place, meaning) => {
    if (!place.view.knows.layout) return unknown("the source of this kernel does not know offsets");
    if (isCopy(subject) && meaning === undefined)
      return unknown("several fields are copied at once; which of them are used is not known");
    return refusal(subject, use, place) ?? judgeMeaning(subject, use, place, meaning?.field);
  },
  meaning: (subject, use, place) => {
    if (!place.view.knows.layout || refusal(subject, use, place) !== undefined) return undefined;
    const field = byName(subject, use, place) ?? fieldAt(subject, use, place);
    return field === undefined || !liesIn(subject, field) ? undefined : { field };
  },
};

/** Whether a helper copies bytes that the program gives no name. */
function isCopy({ size, name }: BytesSubject): boolean {
  return size > LONGEST_LOAD && name === undefined;
}

/** What the kernel refuses: bytes that are never readable, or past the end of the last field. */
function refusal({ offset, size }: BytesSubject, { attach }: Use, { event }: Place): Verdict | undefined {
  if (attach !== "tp") return undefined;
  if (offset < UNREADABLE) return breaks("load", `the first ${UNREADABLE} bytes cannot be read by BPF programs`);
  const last = event?.fields.at(-1);
  const end = (last?.offset ?? 0) + (last?.size ?? 0);
  if (last?.offset === undefined || offset + size <= end) return undefined;
  return breaks("attach", `reads bytes ${offset} to ${offset + size}, and the record ends at ${end}`);
}

function judgeMeaning(subject: BytesSubject, use: Use, place: Place, meant: Field | undefined): Verdict {
  const { offset, size } = subject;
  const there = fieldAt(subject, use, place);
  const instead = there === undefined ? "no field begins there" : `'${there.name}' lies there`;
  const bytes = `bytes ${offset} to ${offset + size}`;
  if (meant === undefined)
    return breaks("silent", `${bytes} are read as '${subject.name ?? "a field"}', and ${instead}`);
  const now = readable(use, place).find(({ name }) => name === meant.name);
  if (now === undefined) return breaks("silent", `'${meant.name}' is gone from ${bytes}: ${instead}`);
  if (now.offset !== meant.offset) {
    return breaks("silent", `'${now.name}' is at ${now.offset}, and is read from ${meant.offset}, where ${instead}`);
  }
  if (now.kind !== meant.kind)
    return breaks("silent", `'${now.name}' is stored as '${now.type}', not as '${meant.type}'`);
  const isCut = now.kind === "scalar" ? now.size !== meant.size : offset + size > (now.offset ?? 0) + (now.size ?? 0);
  if (isCut) return breaks("silent", `'${now.name}' has ${now.size} bytes, and ${size} are read`);
  return HOLDS;
}

/** The field that the tool's own name for the bytes means, if the kernel has one of that name. */
function byName({ name }: BytesSubject, use: Use, place: Place): Field | undefined {
  return name === undefined ? undefined : readable(use, place).find((field) => memberNames(field).includes(name));
}

/** A hand-copied struct spells the word of a dynamic field in its own way. */
function memberNames({ name, kind }: Field): readonly string[] {
  return kind === "dynamic" || kind === "relative"
    ? [name, `__data_loc_${name}`, `data_loc_${name}`, `${name}_loc`, `__rel_loc_${name}`]
    : [name];
}

/** The field that holds the first of the bytes. */
function fieldAt({ offset }: BytesSubject, use: Use, place: Place): Field | undefined {
  return readable(use, place).find(
    (field) => field.offset !== undefined && field.offset <= offset && offset < field.offset + (field.size ?? 0),
  );
}

/** Whether the bytes are the field or a part of it; of a scalar they begin where it begins. */
function liesIn({ offset, size }: BytesSubject, field: Field): boolean {
  return (field.kind === "array" || field.offset === offset) && liesWithin({ offset, size }, field);
}

function readable(use: Use, place: Place): readonly Field[] {
  return syscallContext(use, place) ?? fieldsOf(place);
}
