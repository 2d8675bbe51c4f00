// Reads the short text in which rules write their example kernels, and computes the layout of the records.
// Invariant: an example is a whole kernel that knows everything; text it cannot read throws, since it is our own.

import type { Arg, EventClass, Field, FieldKind, Snapshot, TraceEvent, Tracepoint } from "../snapshot/model.ts";

/** Bytes and sign of the types that examples use; pointers and enums are known by their text. */
const TYPES: Readonly<Record<string, readonly [size: number, signed: boolean]>> = {
  bool: [1, false],
  char: [1, false],
  u8: [1, false],
  __u8: [1, false],
  short: [2, true],
  u16: [2, false],
  __u16: [2, false],
  "unsigned short": [2, false],
  int: [4, true],
  pid_t: [4, true],
  u32: [4, false],
  dev_t: [4, false],
  gfp_t: [4, false],
  "unsigned int": [4, false],
  "unsigned char": [1, false],
  long: [8, true],
  s64: [8, true],
  u64: [8, false],
  sector_t: [8, false],
  "unsigned long": [8, false],
};

const COMMON = [
  "unsigned short common_type",
  "unsigned char common_flags",
  "unsigned char common_preempt_count",
  "int common_pid",
];

/** Bytes at the start of a BPF context that only helpers use. */
const POINTER = 8;

interface Draft {
  charSigned: boolean;
  readonly common: string[];
  readonly events: { system: string; name: string; readonly lines: string[] }[];
  readonly tracepoints: Tracepoint[];
  readonly contexts: EventClass[];
  readonly enums: Record<string, number>;
}

/**
 * Reads an example kernel. One statement a line; indented lines belong to the event above:
 * `event SYSTEM:NAME`, `class NAME`, `when CONDITION`, `file PATH:LINE`, `proto ARGUMENTS`, `field DECLARATION [@OFFSET]`
 * (`[when CONDITION]`), `print "FORMAT", ARGUMENTS`, `symbols EXPRESSION { 1 "LABEL", ... }`;
 * and at the margin `tracepoint NAME(ARGUMENTS)`, `context NAME DECLARATIONS`, `enum NAME = VALUE`, `common DECLARATION`, `char signed`.
 */
export function parseExample(text: string): Snapshot {
  const draft: Draft = { charSigned: false, common: [...COMMON], events: [], tracepoints: [], contexts: [], enums: {} };
  for (const line of text.split("\n")) if (line.trim() !== "") readLine(line.trim(), draft);
  const commonFields = layOut(draft.common, 0, draft.charSigned);
  const start = commonFields.reduce((end, field) => Math.max(end, (field.offset ?? 0) + (field.size ?? 0)), 0);
  const events = draft.events.map((event) => readEvent(event, start, draft.charSigned));
  const protos = draft.events.flatMap(({ name, lines }) =>
    valuesOf(lines, "proto").map((args) => tracepoint(name, args)),
  );
  return {
    schemaVersion: 1,
    kernel: { version: "", arch: "x86_64", origin: ["source"] },
    knows: { layout: true, types: true, args: true, printFormat: true, values: true, locations: true, existence: true },
    commonFields,
    events,
    tracepoints: [...draft.tracepoints, ...protos],
    ...(draft.contexts.length > 0 && { contexts: draft.contexts }),
    enums: draft.enums,
    problems: [],
  };
}

function readLine(line: string, draft: Draft): void {
  const [word, rest] = split(line, " ");
  const event = draft.events.at(-1);
  switch (word) {
    case "event": {
      const [system, name] = split(rest, ":");
      draft.events.push({ system, name, lines: [] });
      return;
    }
    case "tracepoint": {
      const [name, args] = split(rest.replace(/\)$/, ""), "(");
      draft.tracepoints.push({ ...tracepoint(name, args), bare: true });
      return;
    }
    case "context": {
      const [name, fields] = split(rest, " ");
      draft.contexts.push({ name, fields: layOut(fields.split(";"), POINTER, draft.charSigned) });
      return;
    }
    case "enum": {
      const [name, value] = split(rest, "=");
      draft.enums[name] = Number(value);
      return;
    }
    case "common":
      draft.common.push(rest);
      return;
    case "char":
      draft.charSigned = rest === "signed";
      return;
    default:
      if (event === undefined) throw new Error(`not a statement of an example: ${line}`);
      event.lines.push(line);
  }
}

function readEvent(
  { system, name, lines }: { readonly system: string; readonly name: string; readonly lines: readonly string[] },
  start: number,
  charSigned: boolean,
): TraceEvent {
  const [className] = valuesOf(lines, "class");
  const [when] = valuesOf(lines, "when");
  const [print] = valuesOf(lines, "print");
  const [file] = valuesOf(lines, "file");
  const [path, line] = split(file ?? "", ":");
  return {
    system,
    name,
    class: className ?? name,
    fields: layOut(valuesOf(lines, "field"), start, charSigned),
    ...(when === undefined ? {} : { when }),
    ...(file === undefined ? {} : { location: { file: path, line: Number(line) } }),
    ...(print === undefined ? {} : { print: readPrint(print, valuesOf(lines, "symbols")) }),
  };
}

function valuesOf(lines: readonly string[], word: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1).trim());
}

function readPrint(text: string, tables: readonly string[]): NonNullable<TraceEvent["print"]> {
  const [, format = "", args = ""] = /^"((?:[^"\\]|\\.)*)"(?:,\s*(.*))?$/.exec(text) ?? [];
  const symbols = tables.map((table) => {
    const [expression, entries] = split(table, "{");
    const labels = [...entries.matchAll(/(-?\d+) "([^"]*)"/g)].map(([, value, label]) => [label, Number(value)]);
    return [expression, Object.fromEntries(labels)];
  });
  return { format, args, symbols: Object.fromEntries(symbols) };
}

function tracepoint(name: string, args: string): Tracepoint {
  const list = args === "void" ? [] : args.split(",").map(readArg);
  return { name, args: list };
}

/**
 * The kernel marks an argument that may be NULL by the suffix `__nullable` or in a table (kernel/bpf/btf.c@v6.13), and one
 * that may be an error code in the table alone; here the suffix `__error` says it.
 */
function readArg(text: string): Arg {
  const [, type = "", name = ""] = /^\s*(.*?[\s*])(\w+)\s*$/.exec(text) ?? [];
  return {
    name: name.replace(/__(?:nullable|error)$/, ""),
    type: type.trim(),
    nullable: name.endsWith("__nullable"),
    ...(name.endsWith("__error") && { error: true }),
  };
}

function layOut(declarations: readonly string[], start: number, charSigned: boolean): readonly Field[] {
  let end = start;
  return declarations.map((declaration) => {
    const [body, when] = split(declaration, " when ");
    const [text, placed] = split(body, " @");
    const { align, ...field } = readField(text, charSigned);
    const offset = placed === "" ? Math.ceil(end / align) * align : Number(placed);
    end = offset + field.size;
    return { ...field, offset, ...(when === "" ? {} : { when }) };
  });
}

function readField(
  text: string,
  charSigned: boolean,
): Omit<Field, "size"> & { readonly size: number; readonly align: number } {
  const location = /^(__data_loc|__rel_loc)\s+(\w[\w ]*)\[\]\s+(\w+)$/.exec(text);
  if (location !== null) {
    const [, word = "", element = "", name = ""] = location;
    const kind: FieldKind = word === "__data_loc" ? "dynamic" : "relative";
    return { name, type: `${word} ${element}[]`, size: 4, align: 4, signed: element === "char" && charSigned, kind };
  }
  const [, base = "", name = "", length] = /^(.*?[\s*])(\w+)(?:\[(\w+)\])?$/.exec(text) ?? [];
  const type = base.trim();
  const [size, signed] = sizeOf(type, charSigned);
  if (length === undefined) return { name, type, size, align: size, signed, kind: "scalar" };
  const count = /^\d+$/.test(length) ? Number(length) : 16;
  const known = /^\d+$/.test(length) ? { length: count } : {};
  return { name, type: `${type}[${length}]`, size: size * count, align: size, signed, kind: "array", ...known };
}

function sizeOf(type: string, charSigned: boolean): readonly [size: number, signed: boolean] {
  if (type.includes("*")) return [8, false];
  if (type.startsWith("enum ")) return [4, false];
  if (type === "char") return [1, charSigned];
  const known = TYPES[type];
  if (known === undefined) throw new Error(`not a type of an example: ${type}`);
  return known;
}

function split(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + separator.length).trim()];
}
