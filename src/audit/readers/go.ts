// Reads Go programs that attach BPF programs: cilium/ebpf, ebpf-manager, libbpfgo. Invariant: what a program reads of its event
// stands in its C source or its object; here is only what it is attached to.

import { collector, type Collector } from "../collect.ts";
import type { UseReader } from "../reader.ts";
import { parseEventName } from "../text/event-names.ts";
import { languageOf } from "../text/language.ts";
import { GO } from "../text/scan.ts";
import { parseSection } from "../text/section.ts";
import {
  type Call,
  callsOf,
  insideOf,
  isToken,
  literalNames,
  literalOf,
  type Range,
  type Source,
  sourceOf,
  splitAtCommas,
  textOf,
  valueOf,
} from "../text/source.ts";
import type { Attach, Target } from "../use.ts";

export const go: UseReader = {
  id: "go",
  title: "Go: attachments by cilium/ebpf, ebpf-manager, libbpfgo",
  claims: (file) => languageOf(file) === "go" && /racepoint|racePoint|TraceRawTp|_tp\/|tp_btf\//.test(file.text),
  read: (file) => {
    const out = collector("go", file);
    const source = sourceOf(file, GO);
    const place: Place = { source, names: literalNames(source), enclosing: enclosingFunctions(source) };
    for (const call of callsOf(source, (name) => Object.hasOwn(CALLS, name))) readCall(out, place, call);
    source.tokens.forEach((_, at) => readToken(out, place, at));
    return out.found();
  },
};

interface Place {
  readonly source: Source;
  readonly names: ReadonlyMap<string, string>;
  readonly enclosing: (at: number) => string;
}

/** Methods that attach; where one name takes both forms, the number of arguments tells. */
const CALLS: Readonly<Record<string, Attach>> = {
  Tracepoint: "tp",
  AttachTracepoint: "tp",
  AttachRawTracepoint: "raw_tp",
};

function readCall(out: Collector, place: Place, call: Call): void {
  const { source, names } = place;
  const { name, at, args, inside } = call;
  // `link.Tracepoint(...)` and `prog.AttachTracepoint(...)` are calls; `func AttachTracepoint(...)` is none.
  if (!isToken(source, at - 1, ".")) return;
  const attach = CALLS[name]!;
  const values = args.map((arg) => valueOf(source, arg, names));
  const target = attach === "tp" ? tracepointOf(values, args.length) : rawOf(values);
  if (target) return note(out, place, attach, target, at);
  if (attach === "raw_tp" && isOptions(source, args[0])) return;
  const text = textOf(source, { from: Math.max(0, at - 2), to: inside.to + 1 });
  out.notUnderstood(source.lineAt(at), text, "the event's name is not a literal");
}

/** `("sched", "sched_switch", ...)`, or `("sched:sched_switch", ...)` as gobpf has it. */
function tracepointOf(values: readonly (string | undefined)[], count: number): Target | undefined {
  const [first, second] = values;
  if (first !== undefined && first.includes(":")) return parseEventName(first);
  return count >= 2 && first !== undefined && second !== undefined ? parseEventName(`${first}:${second}`) : undefined;
}

function rawOf([first]: readonly (string | undefined)[]): Target | undefined {
  return first !== undefined && parseEventName(`x:${first}`) ? { name: first } : undefined;
}

/** `link.RawTracepointOptions{Name: ...}`, which is read on its own. */
function isOptions(source: Source, arg: Range | undefined): boolean {
  return arg !== undefined && isToken(source, arg.to - 1, "}");
}

function note(out: Collector, place: Place, attach: Attach, target: Target, at: number): void {
  const program = { program: place.enclosing(at), attach, target };
  out.use(program, "existence", place.source.lineAt(at));
}

function readToken(out: Collector, place: Place, at: number): void {
  const { source } = place;
  const token = source.tokens[at]!;
  if (token.kind === "word" && token.text === "RawTracepointOptions") return readOptions(out, place, at);
  if (token.kind === "word" && token.text === "AttachTo") return readAttachTo(out, place, at);
  if (token.kind === "word" && /^(?:Raw)?Trace[Pp]oint$/.test(token.text)) return readRow(out, place, at);
  const section = token.kind === "string" ? parseSection(token.text) : undefined;
  if (!section) return;
  if (isSection(source, at)) return note(out, place, section.attach, section.target, at);
  out.notUnderstood(source.lineAt(at), token.text, "looks like a section, but may be a mere label");
}

/** `EBPFSection: "..."`, `section = "..."`: some loaders have labels of the same form that attach to nothing. */
function isSection(source: Source, at: number): boolean {
  const isGiven = [":", "=", ":="].some((sign) => isToken(source, at - 1, sign));
  return isGiven && /section/i.test(source.tokens[at - 2]?.text ?? "");
}

function readOptions(out: Collector, place: Place, at: number): void {
  const { source, names } = place;
  const inside = insideOf(source, at + 1);
  if (!inside || !isToken(source, at + 1, "{")) return;
  const value = splitAtCommas(source, inside).find(
    ({ from }) => isToken(source, from, "Name") && isToken(source, from + 1, ":"),
  );
  if (!value) return;
  const target = rawOf([valueOf(source, { from: value.from + 2, to: value.to }, names)]);
  if (target) return note(out, place, "raw_tp", target, value.from);
  out.notUnderstood(source.lineAt(value.from), textOf(source, value), "the event's name is not a literal");
}

/** `ebpf.ProgramSpec{AttachTo: "sched_switch", AttachType: ebpf.AttachTraceRawTp}`, in either order. */
function readAttachTo(out: Collector, place: Place, at: number): void {
  const { source, names } = place;
  if (!isToken(source, at + 1, ":")) return;
  const near = source.tokens.slice(Math.max(0, at - 24), at + 24).some(({ text }) => text === "AttachTraceRawTp");
  const name = near ? valueOf(source, { from: at + 2, to: at + 3 }, names) : undefined;
  if (name !== undefined) note(out, place, "tp_btf", { name }, at);
}

/** A row of a table that names a kind of probe and an event: `{RawTracepoint, "raw_syscalls:sys_enter", ...}`. */
function readRow(out: Collector, place: Place, at: number): void {
  const { source } = place;
  const isFirst = isToken(source, at - 1, "(") || isToken(source, at - 1, "{") || isToken(source, at - 1, ".");
  if (!isFirst || !isToken(source, at + 1, ",")) return;
  const name = literalOf(source, { from: at + 2, to: at + 3 });
  const target = name === undefined ? undefined : parseEventName(name);
  if (!target) return;
  const isRaw = source.tokens[at]!.text.startsWith("Raw");
  note(out, place, isRaw ? "raw_tp" : "tp", isRaw ? { name: target.name } : target, at + 2);
}

/** The function that a token stands in, by the last `func` at the start of a line. */
function enclosingFunctions(source: Source): (at: number) => string {
  const starts = source.tokens.flatMap((token, at) => {
    const isTop =
      token.text === "func" && token.kind === "word" && (token.start === 0 || source.text[token.start - 1] === "\n");
    if (!isTop) return [];
    const receiver = insideOf(source, at + 1);
    const name = source.tokens[receiver && isToken(source, at + 1, "(") ? receiver.to + 1 : at + 1];
    return name ? [{ at, name: name.text }] : [];
  });
  return (at) => starts.findLast((start) => start.at <= at)?.name ?? "package";
}
