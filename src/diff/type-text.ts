// What the text of a C type says without a compiler: its category, and whether two spellings mean the same thing.

import type { Field } from "../snapshot/model.ts";

/**
 * What BTF would make of a type, as far as its text tells.
 * `plain` holds integers, bool and typedefs, which cannot be told apart by their text.
 */
export type TypeCategory = "pointer" | "enum" | "composite" | "plain";

/** Category of a type, of an array's or dynamic array's element. */
export function categoryOf(type: string): TypeCategory {
  const text = elementType(type);
  if (text.includes("*")) return "pointer";
  if (/^enum\b/.test(text)) return "enum";
  if (/^(struct|union)\b/.test(text)) return "composite";
  return "plain";
}

/** The type without `__data_loc`, `__rel_loc`, qualifiers and array lengths: `const char[16]` -> `char`. */
export function elementType(type: string): string {
  return type
    .replace(/^__(?:data|rel)_loc\b/, "")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\b(?:const|volatile)\b/g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?\* ?/g, "*")
    .trim();
}

/** Whether the type is text to readers: `char` by value, in an array, or behind a location word. */
export function isText(field: Pick<Field, "type" | "kind">): boolean {
  return field.kind !== "scalar" && elementType(field.type) === "char";
}

/** Whether it is plain `char`, whose sign a compiler flag decides. */
export function isPlainChar(type: string): boolean {
  return type.includes("char") && elementType(type) === "char";
}

/** Whether an array length stands as a macro's name: `char[TASK_COMM_LEN]`. */
export function hasLengthText(type: string): boolean {
  return /\[\s*[A-Za-z_(]/.test(type);
}
