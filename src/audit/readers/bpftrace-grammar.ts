// The top level of a bpftrace program: probes with their attach points, and what stands beside them. Invariant: every part
// ends after it began, so that reading comes to an end on any text.

import { parseEventName } from "../text/event-names.ts";
import { BPFTRACE, nextToken, skipBlanks, type Token } from "../text/scan.ts";
import type { Target } from "../use.ts";

/** The two ways of bpftrace to attach to tracepoints. */
export type TracepointAttach = "tp" | "raw_tp";

/** Offsets are those of the program's text. */
export interface Probe {
  readonly is: "probe";
  readonly points: readonly AttachPoint[];
  /** From the predicate or the block on. */
  readonly start: number;
  readonly end: number;
}

export interface AttachPoint {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Absent for probes on other things than tracepoints. */
  readonly attach?: TracepointAttach;
  readonly target?: Target;
  readonly problem?: string;
}

/** `config` blocks; definitions (macros, functions, structs, preprocessor lines); what is none of all. */
interface OtherPart {
  readonly is: "config" | "definition";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface ProblemPart {
  readonly is: "problem";
  readonly text: string;
  readonly start: number;
  readonly reason: string;
}

export type Part = Probe | OtherPart | ProblemPart;

const DEFINITIONS = new Set(["macro", "fn", "struct", "union", "enum", "import", "let"]);

/** The parts of a program in their order. */
export function programParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (let token = nextToken(text, at, BPFTRACE); token; token = nextToken(text, at, BPFTRACE)) {
    const part = partAt(text, token);
    if ("end" in part) {
      parts.push(part);
      at = Math.max(part.end, token.end);
    } else {
      parts.push(part);
      break;
    }
  }
  return parts;
}

function partAt(text: string, token: Token): Part {
  if (token.kind === "directive") {
    return { is: "definition", text: token.text, start: token.start, end: token.end };
  }
  if (token.text === "config")
    return { is: "config", text: "config", start: token.start, end: blockEnd(text, token.end) };
  if (DEFINITIONS.has(token.text)) {
    return {
      is: "definition",
      text: lineOf(text, token.start),
      start: token.start,
      end: definitionEnd(text, token.end),
    };
  }
  return probeAt(text, token.start);
}

function lineOf(text: string, start: number): string {
  return text.slice(start, Math.min(text.indexOf("\n", start) >>> 0, start + 200));
}

/** The end of a definition: its block, and a semicolon where it has none or one follows. */
function definitionEnd(text: string, from: number): number {
  for (let token = nextToken(text, from, BPFTRACE); token; token = nextToken(text, token.end, BPFTRACE)) {
    if (token.text === ";") return token.end;
    if (token.text !== "{" || token.kind === "string") continue;
    const end = blockEnd(text, token.start);
    return text[end] === ";" ? end + 1 : end;
  }
  return text.length;
}

/** The offset behind the block that begins at or after `from`. */
function blockEnd(text: string, from: number): number {
  let depth = 0;
  for (let token = nextToken(text, from, BPFTRACE); token; token = nextToken(text, token.end, BPFTRACE)) {
    if (token.kind !== "punct") continue;
    if (token.text === "{") depth++;
    else if (token.text === "}" && --depth <= 0) return token.end;
  }
  return text.length;
}

function probeAt(text: string, from: number): Part {
  const points: AttachPoint[] = [];
  let at = from;
  for (;;) {
    const start = skipBlanks(text, at, BPFTRACE);
    const end = attachPointEnd(text, start);
    if (end === start) break;
    points.push({ ...attachPoint(text.slice(start, end)), start, end });
    at = skipBlanks(text, end, BPFTRACE);
    if (text[at] !== ",") break;
    at++;
  }
  const start = skipBlanks(text, at, BPFTRACE);
  const block = text[start] === "/" ? predicateEnd(text, start) : start;
  if (text[skipBlanks(text, block, BPFTRACE)] === "{")
    return { is: "probe", points, start, end: blockEnd(text, block) };
  return {
    is: "problem",
    text: lineOf(text, from),
    start: from,
    reason: "expected a probe: attach points, then a block in braces",
  };
}

/** Attach points on files have paths in them, which may look like comments and predicates. */
const ON_FILES = /^(?:uprobe|uretprobe|usdt|u|ur|U):/;

function attachPointEnd(text: string, start: number): number {
  const hasPath = ON_FILES.test(text.slice(start, start + 12));
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') at = Math.min(text.indexOf('"', at + 1) >>> 0, text.length);
    else if (/[\s,{]/.test(char) || (char === "/" && !hasPath)) break;
  }
  return Math.min(at, text.length);
}

/** A predicate ends with the slash before the block; slashes in it divide. */
function predicateEnd(text: string, start: number): number {
  for (let token = nextToken(text, start + 1, BPFTRACE); token; token = nextToken(text, token.end, BPFTRACE)) {
    if (token.text === "/" && token.kind === "punct" && text[skipBlanks(text, token.end, BPFTRACE)] === "{")
      return token.end;
    if (token.text === "{" && token.kind === "punct") return start;
  }
  return start;
}

const PROVIDERS: Readonly<Record<string, TracepointAttach>> = {
  tracepoint: "tp",
  t: "tp",
  rawtracepoint: "raw_tp",
  rt: "raw_tp",
};

function attachPoint(written: string): Omit<AttachPoint, "start" | "end"> {
  const text = written.replaceAll('"', "");
  const [provider = "", ...names] = text.split(":");
  const attach = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  if (!attach) return { text };
  if (/[$]/.test(text)) return { text, problem: "the event is a parameter of the script" };
  if (attach === "raw_tp") {
    // A module may stand before the name: `rawtracepoint:vmlinux:sched_switch`.
    const name = names.at(-1) ?? "";
    if (names.length === 0 || names.length > 2 || !parseEventName(`x:${name}`)) {
      return { text, problem: "expected rawtracepoint:EVENT" };
    }
    return { text, attach, target: { name } };
  }
  const target = parseEventName(names.join(":"));
  return target ? { text, attach, target } : { text, problem: "expected tracepoint:SYSTEM:EVENT" };
}
