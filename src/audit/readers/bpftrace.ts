// Reads bpftrace programs: files, `bpftrace -e '...'` and strings of other languages. Invariant: a probe's uses stand for each
// of its attach points, since its block runs for all of them.

import { collector, type Collector, type Program } from "../collect.ts";
import type { ToolFile, UseReader } from "../reader.ts";
import { commandsOf, dialectOf } from "../text/commands.ts";
import { conditionsOf } from "../text/conditions.ts";
import { languageOf } from "../text/language.ts";
import { lineFinder } from "../text/lines.ts";
import { BPFTRACE } from "../text/scan.ts";
import { insideOf, isToken, type Source, sourceOf } from "../text/source.ts";
import type { Guard, Subject } from "../use.ts";
import { type Part, programParts, type Probe } from "./bpftrace-grammar.ts";

export const bpftrace: UseReader = {
  id: "bpftrace",
  title: "bpftrace programs: .bt files, `bpftrace -e`",
  claims: (file) => {
    const language = languageOf(file);
    if (language === "bpftrace") return true;
    const mayRun = language === "shell" || language === "unit" || dialectOf(language) !== undefined;
    return mayRun && (file.text.includes("bpftrace") || file.text.includes("BPFTRACE"));
  },
  read: (file) => {
    const out = collector("bpftrace", file);
    const language = languageOf(file);
    if (language === "bpftrace") readProgram(out, { text: file.text, line: 1 });
    else for (const program of embeddedPrograms(file)) readProgram(out, program);
    const dialect = dialectOf(language);
    if (dialect !== undefined) noteLooseProbes(out, sourceOf(file, dialect));
    return out.found();
  },
};

const ATTACH_POINT = /^(?:raw)?tracepoint:\w+(?::\w+)?$/;
const LONGEST_LIST = 400;

/** A string of attach points alone: the script that they begin is put together when the tool runs. */
function noteLooseProbes(out: Collector, source: Source): void {
  source.tokens.forEach(({ kind, text }, at) => {
    if (kind !== "string" || !text.includes("tracepoint:") || text.length > LONGEST_LIST) return;
    const points = text.split(/[\s,]+/).filter((point) => point !== "");
    if (!points.every((point) => ATTACH_POINT.test(point))) return;
    out.notUnderstood(source.lineAt(at), text.trim(), "the script of this probe is put together at run time");
  });
}

interface ProgramText {
  readonly text: string;
  /** The line it begins on. */
  readonly line: number;
}

/** What follows `-e`, and here-documents that bpftrace reads. */
function embeddedPrograms(file: ToolFile): readonly ProgramText[] {
  const line = lineFinder(file.text);
  return commandsOf(file, ["bpftrace"]).flatMap(({ words, documents }) => {
    const flag = words.findIndex(({ text }) => text === "-e");
    const program = flag < 0 ? undefined : words[flag + 1];
    return [...(program ? [program] : []), ...documents].map(({ text, start }) => ({ text, line: line(start) }));
  });
}

/** The uses of one bpftrace program, as its parts come. */
function readProgram(out: Collector, { text, line }: ProgramText): void {
  const parts = programParts(text);
  const source = sourceOf({ text: withoutAttachPoints(text, parts) }, BPFTRACE);
  const place = {
    source,
    lineOf: lineFinder(text),
    firstLine: line,
    conditions: conditionsOf(source),
    optional: undefined as Guard | undefined,
  };
  for (const part of parts) {
    if (part.is === "config") place.optional ??= missingProbesGuard(text, part.start, part.end, line);
    else if (part.is === "problem") out.notUnderstood(lineAt(place, part.start), part.text, part.reason);
    else if (part.is === "probe") readProbe(out, place, part);
    else if (readsArgs(place, part.start, part.end)) {
      out.notUnderstood(lineAt(place, part.start), part.text, "reads args outside of a probe");
    }
  }
}

/** Paths in attach points may look like comments, so that only the grammar can tell where they end. */
function withoutAttachPoints(text: string, parts: readonly Part[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const part of parts) {
    for (const { start, end } of part.is === "probe" ? part.points : []) {
      pieces.push(text.slice(from, start), " ".repeat(end - start));
      from = end;
    }
  }
  return pieces.join("") + text.slice(from);
}

interface Place {
  readonly source: Source;
  readonly lineOf: (offset: number) => number;
  readonly firstLine: number;
  readonly conditions: (offset: number) => readonly Guard[];
  readonly optional: Guard | undefined;
}

function lineAt({ lineOf, firstLine }: Place, offset: number): number {
  return firstLine - 1 + lineOf(offset);
}

/** Index of the first token at or after an offset. */
function indexFrom({ tokens }: Source, offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `missing_probes = "ignore"` or `"warn"`: bpftrace goes on without the events that are not there. */
function missingProbesGuard(text: string, start: number, end: number, line: number): Guard | undefined {
  const found = /missing_probes\s*=\s*"?(?:ignore|warn)"?/.exec(text.slice(start, end));
  if (!found) return undefined;
  const lines = text.slice(0, start + found.index).split("\n").length;
  return { kind: "optional", text: found[0], line: line - 1 + lines };
}

/** A real script has some dozen of both; more than this many uses of one probe are of no help to anybody. */
const MOST_USES = 20_000;

function readProbe(out: Collector, place: Place, probe: Probe): void {
  const block = { tp: blockUses(place, probe, fieldAt), raw_tp: blockUses(place, probe, argumentAt) };
  if (probe.points.length * (1 + block.tp.length + block.raw_tp.length) > MOST_USES) {
    const first = probe.points[0]!;
    out.notUnderstood(lineAt(place, first.start), first.text, `a probe with ${probe.points.length} attach points`);
    return;
  }
  for (const point of probe.points) {
    const outer = place.conditions(point.start);
    const line = lineAt(place, point.start);
    if (point.problem !== undefined) out.notUnderstood(line, point.text, point.problem);
    if (!point.target || !point.attach) continue;
    const optional = place.optional ? [place.optional] : [];
    const program: Program = { program: point.text, attach: point.attach, target: point.target };
    out.use(program, "existence", line, { guards: [...outer, ...optional] });
    for (const { offset, subject } of block[point.attach]) {
      const guards = [...outer, ...optional, ...place.conditions(offset).slice(outer.length)];
      out.use(program, point.attach === "tp" ? "fields" : "args", lineAt(place, offset), { subject, guards });
    }
  }
}

interface BlockUse {
  readonly offset: number;
  readonly subject: Subject;
}

/** The uses of `args` and `argN` in the predicate and the block of a probe. */
function blockUses(
  { source }: Place,
  { start, end }: Probe,
  subjectAt: (source: Source, at: number) => Subject | undefined,
): readonly BlockUse[] {
  const uses: BlockUse[] = [];
  for (let at = indexFrom(source, start); source.tokens[at] && source.tokens[at]!.start < end; at++) {
    const subject = subjectAt(source, at);
    if (subject) uses.push({ offset: source.tokens[at]!.start, subject });
  }
  return uses;
}

/** The name after `args.` or `args->`. */
function memberOfArgs(source: Source, at: number): string | undefined {
  if (!isToken(source, at, "args")) return undefined;
  if (!isToken(source, at + 1, ".") && !isToken(source, at + 1, "->")) return undefined;
  const name = source.tokens[at + 2];
  return name?.kind === "word" ? name.text : undefined;
}

const ARITHMETIC = new Set(["<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"]);

function fieldAt(source: Source, at: number): Subject | undefined {
  const name = memberOfArgs(source, at);
  if (name === undefined) return undefined;
  const next = source.tokens[at + 3];
  const value = source.tokens[at + 4];
  const isCompared = next?.text === "==" || next?.text === "!=";
  const isString =
    (isToken(source, at - 1, "(") && isToken(source, at - 2, "str")) || (isCompared && value?.kind === "string");
  if (isString) return { is: "field", name, as: "string" };
  // The slash that ends a predicate divides nothing.
  const isArithmetic = ARITHMETIC.has(next?.text ?? "") && value?.text !== "{";
  const isNumber = isArithmetic || (isCompared && value?.kind === "number");
  return isNumber ? { is: "field", name, as: "number" } : { is: "field", name };
}

/** `arg2` is the third argument; `args.name` takes one by the name that BTF has for it. */
function argumentAt(source: Source, at: number): Subject | undefined {
  const index = /^arg(\d)$/.exec(source.tokens[at]!.text)?.[1];
  if (index !== undefined && source.tokens[at]!.kind === "word") {
    const type = castBefore(source, at);
    return { is: "argument", index: Number(index), ...(type ? { type } : {}) };
  }
  const name = memberOfArgs(source, at);
  return name === undefined ? undefined : { is: "argument", name };
}

/** The type in `(struct request *)arg0`. */
function castBefore(source: Source, at: number): string | undefined {
  const open = isToken(source, at - 1, ")") ? source.partner[at - 1]! : -1;
  const inside = insideOf(source, open);
  // A cast is a few words; `f(x) arg0` cannot stand in bpftrace.
  if (!inside || inside.to - inside.from > 6 || inside.to === inside.from) return undefined;
  const tokens = source.tokens.slice(inside.from, inside.to);
  return tokens.every(({ kind, text }) => kind === "word" || text === "*")
    ? tokens.map(({ text }) => text).join(" ")
    : undefined;
}

function readsArgs({ source }: Place, start: number, end: number): boolean {
  for (let at = indexFrom(source, start); source.tokens[at] && source.tokens[at]!.start < end; at++) {
    if (memberOfArgs(source, at) !== undefined) return true;
  }
  return false;
}
