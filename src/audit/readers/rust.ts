// Reads Rust programs: aya on both sides, libbpf-rs. Invariant: which kind of program `attach` belongs to is told by the type
// of its variable; an `attach` of unknown kind is none of ours.

import { collector, type Collector } from "../collect.ts";
import type { UseReader } from "../reader.ts";
import { parseEventName } from "../text/event-names.ts";
import { languageOf } from "../text/language.ts";
import { RUST } from "../text/scan.ts";
import { parseSection } from "../text/section.ts";
import {
  type Call,
  callsOf,
  isToken,
  literalNames,
  type Range,
  type Source,
  sourceOf,
  textOf,
  valueOf,
} from "../text/source.ts";
import type { Attach, Target } from "../use.ts";
import { readEbpfFunctions } from "./rust-ebpf.ts";

export const rust: UseReader = {
  id: "rust",
  title: "Rust: aya and libbpf-rs, attachments and aya's BPF programs",
  claims: (file) =>
    languageOf(file) === "rust" &&
    /Trace[Pp]oint|attach_(?:raw_)?tracepoint|#\[(?:raw_|btf_)?tracepoint/.test(file.text),
  read: (file) => {
    const out = collector("rust", file);
    const source = sourceOf(file, RUST);
    const place: Place = { source, names: literalNames(source), functionAt: functionFinder(source) };
    readAttachments(out, place);
    readEbpfFunctions(out, source);
    return out.found();
  },
};

interface Place {
  readonly source: Source;
  readonly names: ReadonlyMap<string, string>;
  readonly functionAt: (at: number) => string;
}

const PROGRAM_TYPES: Readonly<Record<string, Attach>> = {
  TracePoint: "tp",
  RawTracePoint: "raw_tp",
  BtfTracePoint: "tp_btf",
};

/** Walks over the file with the type that each variable has at that place. */
function readAttachments(out: Collector, place: Place): void {
  const { source } = place;
  const kinds = new Map<string, string>();
  const calls = new Map(callsOf(source, (name) => METHODS.has(name)).map((call) => [call.at, call]));
  source.tokens.forEach((token, at) => {
    if (token.kind === "word" && isToken(source, at + 1, ":")) noteKind(source, kinds, at);
    if (token.kind === "word" && token.text === "let") noteUntyped(source, kinds, at);
    const call = calls.get(at);
    if (call && isToken(source, at - 1, ".")) readCall(out, place, call, kinds);
    const isSection = token.kind === "string" && isToken(source, at - 2, "link_section");
    const section = isSection ? parseSection(token.text) : undefined;
    if (section) note(out, place, section.attach, section.target, at);
  });
}

const METHODS = new Set([
  "attach",
  "load",
  "attach_tracepoint",
  "attach_tracepoint_with_opts",
  "attach_raw_tracepoint",
  "attach_raw_tracepoint_with_opts",
]);

/** `prog: &mut TracePoint`, in a `let` or in a parameter. */
function noteKind(source: Source, kinds: Map<string, string>, at: number): void {
  let type = at + 2;
  while (isToken(source, type, "&") || isToken(source, type, "mut")) type++;
  while (isToken(source, type + 1, "::")) type += 2;
  const name = source.tokens[type];
  if (name?.kind === "word") kinds.set(source.tokens[at]!.text, name.text);
}

/** `let x = ...` of which the kind is said later, in `try_into::<&mut TracePoint>`, or never: what was known of x ends. */
function noteUntyped(source: Source, kinds: Map<string, string>, at: number): void {
  const name = source.tokens[isToken(source, at + 1, "mut") ? at + 2 : at + 1];
  if (name?.kind !== "word" || isToken(source, at + 2, ":")) return;
  kinds.delete(name.text);
  for (let next = at + 3; next < at + 40 && !isToken(source, next, ";"); next++) {
    const text = source.tokens[next]?.text ?? "";
    if (Object.hasOwn(PROGRAM_TYPES, text)) kinds.set(name.text, text);
  }
}

function readCall(out: Collector, place: Place, call: Call, kinds: ReadonlyMap<string, string>): void {
  const { source } = place;
  const attach = kindOf(source, call, kinds);
  if (!attach) return readUntyped(out, place, call, kinds);
  const target = targetOf(place, call, attach);
  if (target) return note(out, place, attach, target, call.at);
  // BtfTracePoint is given its event by load(), the others by attach().
  if ((call.name === "load") !== (attach === "tp_btf")) return;
  const text = textOf(source, { from: call.at, to: call.inside.to + 1 });
  out.notUnderstood(source.lineAt(call.at), text, "the event's name is not a literal");
}

/** `|p: &mut P| p.attach("sched", "sched_switch")`: only programs on tracepoints are attached by two names. */
function readUntyped(out: Collector, { source, names }: Place, call: Call, kinds: ReadonlyMap<string, string>): void {
  const { name, args, at, inside } = call;
  // A type of one letter is a parameter of types.
  const isTyped = (kinds.get(source.tokens[at - 2]?.text ?? "") ?? "").length > 1;
  if (isTyped || name !== "attach" || args.length !== 2) return;
  if (args.some((arg) => valueOf(source, arg, names) === undefined)) return;
  const text = textOf(source, { from: at, to: inside.to + 1 });
  out.notUnderstood(source.lineAt(at), text, "what kind of program this is does not stand here");
}

function kindOf(source: Source, { name, at }: Call, kinds: ReadonlyMap<string, string>): Attach | undefined {
  if (name.startsWith("attach_raw")) return "raw_tp";
  if (name.startsWith("attach_")) return "tp";
  const type = kinds.get(source.tokens[at - 2]?.text ?? "") ?? "";
  return Object.hasOwn(PROGRAM_TYPES, type) ? PROGRAM_TYPES[type] : undefined;
}

function targetOf({ source, names }: Place, { name, args }: Call, attach: Attach): Target | undefined {
  const [first, second] = args.map((arg) => valueOf(source, arg, names) ?? category(source, arg));
  if (attach === "tp")
    return name === "load" || first === undefined || second === undefined
      ? undefined
      : parseEventName(`${first}:${second}`);
  const isRight = (name === "load") === (attach === "tp_btf");
  return isRight && first !== undefined && parseEventName(`x:${first}`) ? { name: first } : undefined;
}

/** `TracepointCategory::RawSyscalls` of libbpf-rs is `raw_syscalls`. */
function category(source: Source, arg: Range): string | undefined {
  const isCategory = isToken(source, arg.to - 3, "TracepointCategory") && isToken(source, arg.to - 2, "::");
  return isCategory
    ? source.tokens[arg.to - 1]!.text.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase()
    : undefined;
}

function note(out: Collector, place: Place, attach: Attach, target: Target, at: number): void {
  out.use({ program: place.functionAt(at), attach, target }, "existence", place.source.lineAt(at));
}

/** The function that a token stands in, by the last `fn` before it. */
function functionFinder(source: Source): (at: number) => string {
  const starts = source.tokens.flatMap((token, at) =>
    token.kind === "word" && token.text === "fn" ? [{ at, name: source.tokens[at + 1]?.text ?? "fn" }] : [],
  );
  return (at) => starts.findLast((start) => start.at <= at)?.name ?? "file";
}
