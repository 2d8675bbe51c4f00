// Judges a member of a kernel struct that a program reads through CO-RE.
// Invariant: mirrors how libbpf relocates, tools/lib/bpf/relo_core.c@v6.12.

import { memberName } from "../../rules/outcomes.ts";
import type { Field } from "../../snapshot/model.ts";
import { classOf, type KernelView } from "../kernel-view.ts";
import type { MemberSubject, Use } from "../use.ts";
import { breaks, HOLDS, unknown, type Verdict } from "../verdict.ts";
import type { Place, SubjectJudge } from "./subject.ts";

/** Members that every record's struct has beside its fields (include/trace/stages/stage1_struct_define.h@v6.12). */
const ALWAYS: ReadonlySet<string> = new Set(["ent", "__data"]);

/** Structs of kernel/trace/trace.h that programs on system calls use; the same since 2.6.33. */
const SYSCALL_STRUCTS: Readonly<Record<string, readonly string[]>> = {
  syscall_trace_enter: ["ent", "nr", "args"],
  syscall_trace_exit: ["ent", "nr", "ret"],
};

export const memberJudge: SubjectJudge<MemberSubject> = {
  judge: (subject, use, place) => {
    const { struct, name } = subject;
    if (SYSCALL_STRUCTS[struct]?.includes(name)) return HOLDS;
    const { view, event } = place;
    const fields = structFields(view, struct);
    if (fields === undefined) return noStruct(subject, place);
    if (ALWAYS.has(name)) return HOLDS;
    const field = memberOf(fields, name);
    if (field === undefined)
      return breaks("load", `'struct ${struct}' has no member '${name}'${otherForm(fields, name)}`);
    return judgeSize(subject, field) ?? judgeOwner(use, field, struct, event, view);
  },
};

/** Own fields of the struct of a record; nothing if the kernel has no such struct or does not know it. */
export function structFields(view: KernelView, struct: string): readonly Field[] | undefined {
  const of = classOf(struct);
  return of === undefined ? undefined : view.classes.get(of);
}

/** The field behind a member's name. */
export function memberOf(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => memberName(field) === name);
}

function noStruct({ struct }: MemberSubject, { view, event }: Place): Verdict {
  if (classOf(struct) === undefined) return unknown(`'struct ${struct}' is no record of an event`);
  if (!view.knowsClasses) return unknown("the source of this kernel does not know event classes");
  const now = event?.class === undefined ? "" : `; the record of '${event.name}' is 'trace_event_raw_${event.class}'`;
  return breaks("load", `no 'struct ${struct}'${now}`);
}

/** `comm` is `__data_loc_comm` where it became a dynamic field. */
function otherForm(fields: readonly Field[], name: string): string {
  const plain = name.replace(/^__(?:data|rel)_loc_/, "");
  const field = fields.find((one) => one.name === plain);
  return field === undefined ? "" : `; it is '${memberName(field)}' there`;
}

/**
 * A load of another size is adjusted between unsigned integers only; the tool's own declaration tells what it loads.
 * `fail_memsz_adjust` poisons the instruction, and the verifier rejects the program.
 */
function judgeSize({ name, size, signed }: MemberSubject, field: Field): Verdict | undefined {
  if (size === undefined || field.size === undefined || field.kind !== "scalar" || size === field.size)
    return undefined;
  if (field.type.includes("*") || (signed === false && field.signed === false)) return undefined;
  if (signed === undefined && field.signed === false) return undefined;
  return breaks("load", `'${name}' has ${field.size} bytes here and ${size} in the program, and one of them is signed`);
}

/** A program may read an event through the struct of another class: right only as long as the member lies alike. */
function judgeOwner({ attach }: Use, field: Field, struct: string, event: Place["event"], view: KernelView): Verdict {
  // Programs on system calls get a struct of their own, which raw_syscalls' records happen to match.
  if (attach !== "tp" || event?.class === undefined || event.system === "syscalls") return HOLDS;
  if (event.class === classOf(struct) || !view.knows.layout) return HOLDS;
  const own = event.fields.find(({ name }) => name === field.name);
  if (own?.offset === field.offset && own?.size === field.size) return HOLDS;
  return breaks(
    "silent",
    `the record of '${event.name}' is 'trace_event_raw_${event.class}', where '${field.name}' ${own === undefined ? "is not" : `lies at ${own.offset}, not ${field.offset}`}`,
  );
}
