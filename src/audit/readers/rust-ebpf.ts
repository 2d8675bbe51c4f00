// Reads BPF programs written with aya: functions under #[tracepoint], #[raw_tracepoint], #[btf_tracepoint]. Invariant: where
// the attribute does not name the event, reads of its record are told as not understood, never guessed.

import type { Collector, Program } from "../collect.ts";
import { oneLine } from "../text/lines.ts";
import {
  type Call,
  callsOf,
  insideOf,
  isToken,
  literalOf,
  type Range,
  type Source,
  splitAtCommas,
  textOf,
} from "../text/source.ts";
import type { Attach, Target } from "../use.ts";

const ATTRIBUTES: Readonly<Record<string, Attach>> = {
  tracepoint: "tp",
  raw_tracepoint: "raw_tp",
  btf_tracepoint: "tp_btf",
};

/** All such functions of a file, and the plain ones they hand their context to. */
export function readEbpfFunctions(out: Collector, source: Source): void {
  const functions = rustFunctions(source);
  for (const { attribute, name, body } of functions) {
    if (!attribute) continue;
    const target = attributeTarget(source, attribute);
    const called = new Set(callsOf(source, () => true, body).map((call) => call.name));
    const bodies = [
      body,
      ...functions.filter((other) => !other.attribute && called.has(other.name)).map((other) => other.body),
    ];
    if (target) out.use({ program: name, attach: attribute.attach, target }, "existence", source.lineAt(attribute.at));
    for (const range of bodies) readBody(out, source, range, { program: name, attach: attribute.attach, target });
  }
}

interface Attribute {
  readonly attach: Attach;
  /** Index of the attribute's name. */
  readonly at: number;
}

interface RustFunction {
  readonly name: string;
  readonly attribute?: Attribute;
  readonly body: Range;
}

function rustFunctions(source: Source): readonly RustFunction[] {
  const functions: RustFunction[] = [];
  let attribute: Attribute | undefined;
  source.tokens.forEach((token, at) => {
    if (token.kind !== "word") return;
    if (isToken(source, at - 1, "[") && isToken(source, at - 2, "#") && Object.hasOwn(ATTRIBUTES, token.text)) {
      attribute = { attach: ATTRIBUTES[token.text]!, at };
    }
    if (token.text !== "fn") return;
    const body = bodyAfter(source, at);
    if (body) functions.push({ name: source.tokens[at + 1]!.text, ...(attribute ? { attribute } : {}), body });
    attribute = undefined;
  });
  return functions;
}

/** The block after the parameters and the return type of `fn`. */
function bodyAfter(source: Source, at: number): Range | undefined {
  for (let next = at + 2; next < Math.min(at + 200, source.tokens.length); next++) {
    if (isToken(source, next, "{")) return insideOf(source, next);
    if (isToken(source, next, ";")) return undefined;
    if (source.partner[next]! > next) next = source.partner[next]!;
  }
  return undefined;
}

/** `category` and `name` of a tracepoint, `tracepoint` of a raw one, `function` of a typed one. */
function attributeTarget(source: Source, { attach, at }: Attribute): Target | undefined {
  const inside = insideOf(source, at + 1);
  const values = new Map<string, string>();
  for (const { from, to } of inside ? splitAtCommas(source, inside) : []) {
    const value = literalOf(source, { from: from + 2, to });
    if (isToken(source, from + 1, "=") && value !== undefined) values.set(source.tokens[from]!.text, value);
  }
  const name = values.get(attach === "tp" ? "name" : attach === "raw_tp" ? "tracepoint" : "function");
  if (name === undefined) return undefined;
  if (attach !== "tp") return { name };
  const system = values.get("category");
  return system === undefined ? undefined : { system, name };
}

function readBody(
  out: Collector,
  source: Source,
  body: Range,
  program: Omit<Program, "target"> & { readonly target: Target | undefined },
): void {
  const wanted = program.attach === "tp" ? "read_at" : "arg";
  for (const call of callsOf(source, (name) => name === wanted, body)) {
    if (!isToken(source, call.at - 1, ".")) continue;
    const line = source.lineAt(call.at);
    const text = textOf(source, { from: call.at, to: call.inside.to + 1 });
    const number = integer(textOf(source, call.inside));
    const type = typeArgument(source, call) ?? declaredType(source, call.at);
    if (number === undefined) out.notUnderstood(line, text, "not a literal number");
    else if (!program.target)
      out.notUnderstood(line, text, `which event '${program.program}' is attached to is said elsewhere`);
    else if (wanted === "arg") {
      const subject = { is: "argument" as const, index: number, ...(type ? { type } : {}) };
      out.use({ ...program, target: program.target }, "args", line, { subject });
    } else readBytes(out, { ...program, target: program.target }, line, text, number, type);
  }
}

function readBytes(out: Collector, program: Program, line: number, text: string, offset: number, type?: string): void {
  const size = type === undefined ? undefined : sizeOf(type);
  if (size === undefined)
    return out.notUnderstood(line, text, `the size of '${oneLine(type ?? "the type")}' is not known here`);
  out.use(program, "layout", line, { subject: { is: "bytes", offset, size } });
}

function integer(text: string): number | undefined {
  const plain = text.replaceAll("_", "").replace(/(?:usize|u32|u64|i32)$/, "");
  return /^(?:0x[0-9a-fA-F]+|\d+)$/.test(plain) ? Number(plain) : undefined;
}

/** `T` in `read_at::<T>(8)`. */
function typeArgument(source: Source, { at, inside }: Call): string | undefined {
  const isGiven = isToken(source, at + 1, "::") && isToken(source, at + 2, "<");
  return isGiven ? textOf(source, { from: at + 3, to: inside.from - 2 }) : undefined;
}

/** `T` in `let x: T = ctx.read_at(8)`. */
function declaredType(source: Source, at: number): string | undefined {
  for (let before = at; before > at - 24 && before > 0; before--) {
    if (isToken(source, before, ";") || isToken(source, before, "{")) return undefined;
    if (!isToken(source, before, "=")) continue;
    let colon = before - 1;
    while (colon > before - 12 && !isToken(source, colon, ":")) colon--;
    return isToken(source, colon, ":") ? textOf(source, { from: colon + 1, to: before }) : undefined;
  }
  return undefined;
}

const SIZES: Readonly<Record<string, number>> = { 8: 1, 16: 2, 32: 4, 64: 8, 128: 16, size: 8 };

/** Bytes of Rust's own types on 64-bit machines, arrays and pointers included. */
function sizeOf(type: string): number | undefined {
  if (type.startsWith("*") || type.startsWith("&")) return 8;
  const array = /^\[(.+);\s*(\d+)\]$/.exec(type);
  const element = array ? sizeOf(array[1]!.trim()) : undefined;
  if (array) return element === undefined ? undefined : element * Number(array[2]);
  if (type === "bool") return 1;
  const digits = /^[ui](8|16|32|64|128|size)$/.exec(type)?.[1];
  return digits === undefined ? undefined : SIZES[digits];
}
