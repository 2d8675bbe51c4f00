// Compiled BPF objects and the uses in them; the object of the tests stands with its source in test/fixtures/bpf.

import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { bpfObject } from "../../../src/audit/readers/bpf-object.ts";
import { linesOf, toolFile } from "./uses.ts";

const OBJECT = new Uint8Array(readFileSync("test/fixtures/bpf/programs.bpf.o"));

const USES = [
  "0 tp existence a:own",
  "0 tp layout a:own +12:4",
  "0 tp layout a:own +8:4",
  "0 tp layout a:own +32:8",
  "0 tp existence a:core",
  "0 tp core a:core a",
  "0 tp core a:core added [field bpf_core_field_exists(trace_event_raw_core___new.added)]",
  "0 tp core a:core b [!field bpf_core_field_exists(trace_event_raw_core___new.added)]",
  "0 tp core a:core c [version >=5.14.0]",
  "0 tp core a:core d [type bpf_core_type_exists(trace_event_raw_core___new)]",
  "0 raw_tp existence raw",
  "0 raw_tp args raw #1",
  "0 raw_tp args raw #3",
  '0 tp_btf existence typed [optional SEC("?tp_btf/typed")]',
  '0 tp_btf args typed #0 [optional SEC("?tp_btf/typed")]',
  "0 ?? the section names no event; it is chosen when the program is attached",
];

/** A file of bytes that are no text. */
function binary(bytes: Uint8Array): ReturnType<typeof toolFile> {
  return { path: "tool", bytes, text: "" };
}

/** The object as libbpf-based skeleton headers have it. */
const SKELETON = `static const void *p__elf_bytes(size_t *n) { static const char data[] = "\\
${Array.from(OBJECT, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}";`;

test.each([
  ["an object", binary(OBJECT)],
  ["an executable that carries one", binary(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, ...Array(96).fill(1), ...OBJECT]))],
  ["a skeleton", toolFile("p.skel.h", SKELETON)],
])("reads %s", (_, file) => {
  expect(bpfObject.claims(file)).toBe(true);
  expect(linesOf(bpfObject.read(file, { find: () => undefined }))).toEqual(USES);
});

test("leaves executables without BPF alone", () => {
  expect(bpfObject.claims(binary(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, ...Array(96).fill(0x7f)])))).toBe(false);
});

test("says what is wrong with a damaged object", () => {
  const found = bpfObject.read(binary(OBJECT.slice(0, 200)), { find: () => undefined });
  expect(found.uses).toEqual([]);
  expect(found.notUnderstood).toMatchObject([{ reason: expect.stringContaining("ELF is damaged") }]);
});
