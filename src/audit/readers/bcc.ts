// Reads programs of bcc: C text within Python or C++, and what these attach it to. Invariant: the C text is read in place, on
// the lines where it stands; what a script puts into it at run time is followed only where it is written down.

import { nativeBpf } from "../../native.ts";
import { collector, type Collector } from "../collect.ts";
import type { ToolFile, UseReader } from "../reader.ts";
import { languageOf } from "../text/language.ts";
import { lineFinder } from "../text/lines.ts";
import { pythonConditions } from "../text/python-conditions.ts";
import { C, PYTHON, type Token } from "../text/scan.ts";
import { type Call, callsOf, literalOf, type Source, sourceOf, textOf, wordOf } from "../text/source.ts";
import type { Guard } from "../use.ts";
import { type BpfProgram, collectBpfFacts } from "./bpf-facts.ts";

const PROBE = /TRACEPOINT_PROBE\(\s*[\w%]+\s*(?:,\s*[\w%]+\s*)?\)/;
/** Lines with a probe in a text, as far as they are no comments. */
const HEADS = /^(?!\s*(?:\/\/|\/?\*)).*TRACEPOINT_PROBE\s*\(.*/gm;
const ATTACH = /\battach_(?:raw_)?tracepoint\b/;

export const bcc: UseReader = {
  id: "bcc",
  title: "bcc: TRACEPOINT_PROBE, RAW_TRACEPOINT_PROBE, attach_tracepoint",
  claims: (file) => {
    if (!file.text.includes("TRACEPOINT_PROBE") && !file.text.includes("attach_")) return false;
    const language = languageOf(file);
    // In C, others have macros of that name; a script may put its probes together from parts.
    if (language === "python") return file.text.includes("TRACEPOINT_PROBE(") || ATTACH.test(file.text);
    return language === "c" && (PROBE.test(file.text) || ATTACH.test(file.text));
  },
  read: (file) => {
    const out = collector("bcc", file);
    const isPython = languageOf(file) === "python";
    const script: Script = {
      file,
      source: sourceOf(file, isPython ? PYTHON : C),
      guardsAt: isPython ? pythonConditions(file.text) : () => [],
    };
    readPrograms(out, script, attachments(out, script));
    countHeads(out, script);
    return out.found();
  },
};

interface Script {
  readonly file: ToolFile;
  readonly source: Source;
  /** What a line stands under. */
  readonly guardsAt: (line: number) => readonly Guard[];
}

/** A call that attaches a function of the C text. */
interface Attachment {
  readonly function: string;
  readonly attach: "tp" | "raw_tp";
  readonly system?: string;
  readonly event: string;
  readonly line: number;
}

const ATTACHES: Readonly<Record<string, "tp" | "raw_tp">> = {
  attach_tracepoint: "tp",
  attach_raw_tracepoint: "raw_tp",
};

function attachments(out: Collector, { source }: Script): readonly Attachment[] {
  return callsOf(source, (name) => Object.hasOwn(ATTACHES, name)).flatMap((call) => {
    const attach = ATTACHES[call.name]!;
    const line = source.lineAt(call.at);
    const event = argument(source, call, "tp", 0);
    const parts = /^(?:(\w+):)?(\w+)$/.exec(event ?? "");
    if (!parts || (attach === "tp") !== (parts[1] !== undefined)) {
      out.notUnderstood(
        line,
        textOf(source, { from: call.at, to: call.inside.to + 1 }),
        "the event is chosen at run time",
      );
      return [];
    }
    const program = argument(source, call, "fn_name", 1) ?? "";
    const system = parts[1] === undefined ? {} : { system: parts[1] };
    return [{ function: program, attach, ...system, event: parts[2]!, line }];
  });
}

/** A literal argument, by its name or by its place. */
function argument(source: Source, call: Call, name: string, place: number): string | undefined {
  const named = call.args.find(
    ({ from }) => source.tokens[from]?.text === name && source.tokens[from + 1]?.text === "=",
  );
  return named ? literalOf(source, { from: named.from + 2, to: named.to }) : literalOf(source, call.args[place]);
}

function readPrograms(out: Collector, script: Script, attached: readonly Attachment[]): void {
  const pieces = cText(script);
  const texts = { [script.file.path]: inPlace(script, pieces) };
  const json = nativeBpf.readBpfC({ file: script.file.path, texts, includes: [], attached });
  const values = placeholders(script);
  const understood = new Set<Attachment>();
  collectBpfFacts(json, out, {
    variants: (program) => {
      const call = attached.find((one) => isOf(one, program));
      if (call) understood.add(call);
      const guards = call ? script.guardsAt(call.line) : pieceAt(pieces, program.line)?.guards;
      return variants(program, values).map((variant) => ({
        program: variant.program,
        guards: [...(guards ?? []), ...variant.guards],
      }));
    },
  });
  for (const call of attached) {
    if (understood.has(call)) continue;
    const target = { ...(call.system !== undefined && { system: call.system }), name: call.event };
    const program = { program: call.function, attach: call.attach, target };
    out.use(program, "existence", call.line, { guards: script.guardsAt(call.line) });
  }
}

/** Counts the probes whose head stands in a string without its body: the script joins them when it runs. */
function countHeads(out: Collector, { file, source }: Script): void {
  const lineOf = lineFinder(file.text);
  const { uses, notUnderstood } = out.found();
  const read = new Set([...uses, ...notUnderstood].map(({ line }) => line));
  for (const { kind, start, end } of source.tokens) {
    if (kind !== "string") continue;
    for (const head of file.text.slice(start, end).matchAll(HEADS)) {
      const line = lineOf(start + head.index);
      if (!read.has(line)) out.notUnderstood(line, head[0], "the program is put together at run time");
    }
  }
}

function isOf(call: Attachment, { name, attach, system, event }: BpfProgram): boolean {
  return call.function === name && call.attach === attach && call.system === system && call.event === event;
}

/** A program with the names that its event may get at run time; with none where these are not written down. */
function variants(program: BpfProgram, values: ReadonlyMap<string, readonly Value[]>): readonly Variant[] {
  const { name, event } = program;
  const word = [...values.keys()].find((one) => one === event || (/^[A-Z]\w{2,}$/.test(one) && event.includes(one)));
  if (word === undefined) return [{ program, guards: [] }];
  const known = values.get(word) ?? [];
  if (known.length === 0) return [{ program: { ...program, event: "" }, guards: [] }];
  return known.map(({ text, guards }) => ({
    program: { ...program, name: name.replace(word, text), event: event.replace(word, text) },
    guards,
  }));
}

interface Variant {
  readonly program: BpfProgram;
  readonly guards: readonly Guard[];
}

/** A string that a placeholder may become, and when. */
interface Value {
  readonly text: string;
  readonly guards: readonly Guard[];
}

/** What `text.replace("WORD", value)` makes of words of the C text, as far as the values are literals of the script. */
function placeholders({ source, guardsAt }: Script): ReadonlyMap<string, readonly Value[]> {
  const found = new Map<string, readonly Value[]>();
  for (const { args, at } of callsOf(source, (name) => name === "replace")) {
    const word = literalOf(source, args[0]);
    if (word === undefined || args.length < 2) continue;
    const literal = literalOf(source, args[1]);
    const values =
      literal === undefined
        ? assigned(source, wordOf(source, args[1]), guardsAt)
        : [{ text: literal, guards: guardsAt(source.lineAt(at)) }];
    found.set(word, [...(found.get(word) ?? []), ...values]);
  }
  return found;
}

/** The literals that a variable is assigned. */
function assigned(source: Source, name: string | undefined, guardsAt: Script["guardsAt"]): readonly Value[] {
  return source.tokens.flatMap((token, index) => {
    const value = source.tokens[index + 2];
    const isAssigned = token.kind === "word" && token.text === name && source.tokens[index + 1]?.text === "=";
    return isAssigned && value?.kind === "string" && value.text !== ""
      ? [{ text: value.text, guards: guardsAt(source.lineAt(index)) }]
      : [];
  });
}

/** A string of the script that is C. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly guards: readonly Guard[];
}

/** A whole program, which may stand in one line. */
const PROGRAM = /TRACEPOINT_PROBE\([^)]*\)\s*\{/;

/** Something of C that no help text has. */
const IS_C =
  /TRACEPOINT_PROBE|BPF_(?:HASH|PERF_OUTPUT|ARRAY|TABLE|STACK)|#include\s*[<"]|\bstruct\s+\w+\s*\{|\)\s*\{|args->|ctx->/;

function cText({ file, source, guardsAt }: Script): readonly Piece[] {
  const lineOf = lineFinder(file.text);
  const pieces = source.tokens.flatMap((token, index): readonly Piece[] => {
    const isC = PROGRAM.test(token.text) || (token.text.includes("\n") && IS_C.test(token.text));
    if (token.kind !== "string" || !isC) return [];
    const [start, end] = withoutQuotes(file.text, token);
    const firstLine = lineOf(start);
    const guards = guardsOfPiece(source, index, guardsAt);
    return [{ start, end, firstLine, lastLine: lineOf(end), guards }];
  });
  if (pieces.length > 0 || languageOf(file) === "python") return pieces;
  return [{ start: 0, end: file.text.length, firstLine: 1, lastLine: lineOf(file.text.length), guards: [] }];
}

function withoutQuotes(text: string, { start, end }: Token): readonly [number, number] {
  const literal = text.slice(start, end);
  const open = /^\w{0,3}(?:"""|'''|"[^"(\n]{0,16}\(|"|')/.exec(literal)?.[0] ?? "";
  const close = /(?:"""|'''|\)[^"(\n]{0,16}"|"|')$/.exec(literal)?.[0] ?? "";
  return [start + open.length, Math.max(end - close.length, start + open.length)];
}

/** What a text stands under: where it is written, or where the variable that holds it is put to use. */
function guardsOfPiece(source: Source, index: number, guardsAt: Script["guardsAt"]): readonly Guard[] {
  const own = guardsAt(source.lineAt(index));
  const variable = source.tokens[index - 1]?.text === "=" ? source.tokens[index - 2] : undefined;
  if (own.length > 0 || variable?.kind !== "word") return own;
  const uses = source.tokens.flatMap((token, at) => {
    const before = source.tokens[at - 1]?.text;
    return token.kind === "word" && token.text === variable.text && at !== index - 2 && before === "="
      ? [guardsAt(source.lineAt(at))]
      : [];
  });
  return uses.length > 0 && uses.every((guards) => guards.length > 0) ? uses[0]! : [];
}

function pieceAt(pieces: readonly Piece[], line: number): Piece | undefined {
  return pieces.find(({ firstLine, lastLine }) => firstLine <= line && line <= lastLine);
}

/** The C text of a script where it stands, everything else blank; placeholders that are a statement of their own, too. */
function inPlace({ file, source }: Script, pieces: readonly Piece[]): string {
  const words = new Set(callsOf(source, (name) => name === "replace").map(({ args }) => literalOf(source, args[0])));
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of pieces) {
    parts.push(file.text.slice(at, start).replaceAll(/[^\n]/g, " "), cOf(file.text.slice(start, end), words));
    at = end;
  }
  return parts.join("");
}

function cOf(literal: string, words: ReadonlySet<string | undefined>): string {
  const unescaped = literal.replaceAll("\\\\", " \\");
  return unescaped.replaceAll(/^[ \t]*(\w+)[ \t]*$/gm, (line, word: string) => (words.has(word) ? "" : line));
}
