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

/**
 * The type without `__data_loc`, `__rel_loc`, qualifiers, address spaces of per-CPU types and array lengths:
 * `const char[16]` -> `char`.
 */
export function elementType(type: string): string {
  return type
    .replace(/^__(?:data|rel)_loc\b/, "")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\b(?:const|volatile|__seg_[fg]s)\b/g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?\* ?/g, "*")
    .replaceAll(/\bunsigned\b(?! (?:int|char|short|long)\b)/g, "unsigned int")
    .replaceAll(/\b(short|long) int\b/g, "$1")
    .replaceAll(/\b\w+\b/g, (word) => ALIASES[word] ?? word)
    .trim();
}

/** Typedefs of integers of one width, all by the name that kernel code prefers (include/asm-generic/int-ll64.h@v6.12). */
const ALIASES: Readonly<Partial<Record<string, string>>> = Object.assign(Object.create(null) as object, {
  __u8: "u8",
  uint8_t: "u8",
  __u16: "u16",
  uint16_t: "u16",
  __u32: "u32",
  uint32_t: "u32",
  __u64: "u64",
  uint64_t: "u64",
  __s8: "s8",
  __s16: "s16",
  __s32: "s32",
  __s64: "s64",
  ktime_t: "s64",
});

/** Whether the type is text to readers: `char` by value, in an array, or behind a location word. */
export function isText(field: Pick<Field, "type" | "kind">): boolean {
  return field.kind !== "scalar" && elementType(field.type) === "char";
}

/** Whether it is plain `char`, whose sign a compiler flag decides. */
export function isPlainChar(type: string): boolean {
  if (type === "char") return true;
  return type.includes("char") && elementType(type) === "char";
}

/** Whether an array length stands as a macro's name: `char[TASK_COMM_LEN]`. */
export function hasLengthText(type: string): boolean {
  return /\[\s*[A-Za-z_(]/.test(type);
}
