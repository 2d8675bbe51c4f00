import { expect, test } from "@jest/globals";

import { canonicalParameter, canonicalType } from "../../src/snapshot/c-type.ts";

test.each([
  ["int", "int"],
  ["unsigned", "unsigned int"],
  ["signed", "int"],
  ["signed char", "signed char"],
  ["char", "char"],
  ["short unsigned int", "unsigned short"],
  ["long unsigned int", "unsigned long"],
  ["unsigned long long int", "unsigned long long"],
  ["_Bool", "bool"],
  ["struct  page*", "struct page *"],
  ["char const *", "const char *"],
  ["const char * const", "const char * const"],
  ["volatile const void *", "const volatile void *"],
  ["struct page * *", "struct page **"],
  ["int (*) (unsigned, struct hlist_node *)", "int (*)(unsigned int, struct hlist_node *)"],
  ["void (*)(struct page*,...)", "void (*)(struct page *, ...)"],
  ["u8 [16]", "u8[16]"],
  ["void __seg_gs *", "void *"],
  ["__data_loc char[]", "__data_loc char[]"],
])("'%s' is '%s'", (type, expected) => {
  expect(canonicalType(type)).toBe(expected);
  expect(canonicalType(expected)).toBe(expected);
});

test.each([
  ["const u32", "u32"],
  ["const struct itimerspec64 * const", "const struct itimerspec64 *"],
  ["const char * const *", "const char * const *"],
  ["u8[6]", "u8 *"],
  ["u8 [ETH_ALEN]", "u8 *"],
  ["struct page *[4]", "struct page **"],
  ["int[2][3]", "int (*)[3]"],
  ["struct f2fs_iostat_latency (*)[3]", "struct f2fs_iostat_latency (*)[3]"],
  ["int (* const)(const int)", "int (* const)(const int)"],
])("as a parameter '%s' is '%s'", (type, expected) => {
  expect(canonicalParameter(type)).toBe(expected);
});
