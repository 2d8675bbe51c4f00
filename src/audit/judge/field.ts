// Judges a field by its name, as readers through the format file find it: bpftrace, bcc, libtraceevent, perf, filters.

import { isText } from "../../diff/type-text.ts";
import type { Field } from "../../snapshot/model.ts";
import type { FieldSubject, Use } from "../use.ts";
import { breaks, HOLDS, type Verdict } from "../verdict.ts";
import { fieldsOf, liesWithin, type Place, type SubjectJudge, syscallContext } from "./subject.ts";

/** How bcc spells a dynamic field in the struct it makes of a format file (src/cc/frontends/clang of bcc). */
const BCC_DYNAMIC = "data_loc_";

export const fieldJudge: SubjectJudge<FieldSubject> = {
  judge: (subject, use, place) => {
    const name = use.kind === "bcc" ? subject.name.replace(new RegExp(`^${BCC_DYNAMIC}`), "") : subject.name;
    const field = fieldsOf(place).find((one) => one.name === name);
    if (field === undefined) return breaks(use.kind === "bcc" ? "build" : "missing", `no field '${name}'`);
    const context = syscallContext(use, place);
    const isPassed =
      context === undefined || (field.kind === "scalar" && context.some((one) => liesWithin(field, one)));
    return !isPassed
      ? breaks("silent", `'${name}' stands in the record only, not in what BPF programs on system calls get`)
      : judgeKind(subject, use, field, place);
  },
};

function judgeKind({ name, as }: FieldSubject, use: Use, field: Field, { view }: Place): Verdict {
  if (use.kind === "bcc" && (field.kind === "dynamic") !== name.startsWith(BCC_DYNAMIC)) {
    const instead = field.kind === "dynamic" ? `which bcc calls '${BCC_DYNAMIC}${field.name}'` : "and no dynamic field";
    return breaks("build", `'${field.name}' is '${field.type}', ${instead}`);
  }
  if (as === "string" && !canBeString(field) && view.knows.types) {
    return breaks("silent", `'${field.name}' is '${field.type}', and is read as a string`);
  }
  if (as === "number" && field.kind !== "scalar" && isText(field)) {
    return breaks("build", `'${field.name}' is '${field.type}', and is read as a number`);
  }
  return HOLDS;
}

/** Text in the record, or an address that a program can follow. */
function canBeString(field: Field): boolean {
  if (field.kind !== "scalar") return field.kind !== "array" || isText(field);
  return field.type.includes("*") || field.size === undefined || field.size === 8;
}
