// Reads what is written for perf: handlers of `perf script` in Python and Perl, and command lines with -e and --filter.
// Invariant: handlers get all fields by position, so one use holds them all in their order.

import { collector, type Collector, type Program } from "../collect.ts";
import type { ToolFile, UseReader } from "../reader.ts";
import { commandsOf, dialectOf } from "../text/commands.ts";
import { isComputed, parsePerfEvent } from "../text/event-names.ts";
import { filterFields } from "../text/filter.ts";
import { languageOf } from "../text/language.ts";
import { lineFinder, oneLine } from "../text/lines.ts";
import { PERL, PYTHON } from "../text/scan.ts";
import type { Command, Word } from "../text/shell.ts";
import { insideOf, isToken, type Source, sourceOf, splitAtCommas } from "../text/source.ts";
import type { Guard, Target } from "../use.ts";

export const perfScript: UseReader = {
  id: "perf-script",
  title: "perf: handlers of `perf script` in Python and Perl, `perf record -e`, --filter",
  claims: (file) => isScript(file) || isCommandFile(file),
  read: (file) => {
    const out = collector("perf-script", file);
    if (isScript(file)) readHandlers(out, file);
    if (isCommandFile(file)) readCommands(out, file);
    return out.found();
  },
};

function isScript(file: ToolFile): boolean {
  const language = languageOf(file);
  if (language !== "python" && language !== "perl") return false;
  return /\bperf_trace_context\b|\bfrom Core import\b|Perf::Trace|\btrace_(?:begin|end|unhandled)\b/.test(file.text);
}

/** C is left to the reader of libtraceevent, which knows perf's own tables and command lines. */
function isCommandFile(file: ToolFile): boolean {
  const language = languageOf(file);
  const mayRun = language === "shell" || language === "unit" || (language !== "c" && dialectOf(language) !== undefined);
  return mayRun && /\bperf\b/i.test(file.text) && /-\w*e\b|--event/.test(file.text);
}

function readHandlers(out: Collector, file: ToolFile): void {
  const isPython = languageOf(file) === "python";
  const source = sourceOf(file, isPython ? PYTHON : PERL);
  source.tokens.forEach((token, at) => {
    if (token.kind !== "word" || !isAtLineStart(source, at)) return;
    if (isPython && token.text === "def") readPython(out, source, at + 1);
    if (!isPython && token.text === "sub") readPerl(out, source, at + 1);
  });
}

function isAtLineStart({ text, tokens }: Source, at: number): boolean {
  const { start } = tokens[at]!;
  return start === 0 || text[start - 1] === "\n";
}

/** `def sched__sched_switch(event_name, context, ...):` */
function readPython(out: Collector, source: Source, at: number): void {
  const name = source.tokens[at]?.text ?? "";
  const parts = /^([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*)__([A-Za-z]\w*)$/.exec(name);
  const params = isToken(source, at + 1, "(") ? insideOf(source, at + 1) : undefined;
  if (!parts || !params) return;
  const names = splitAtCommas(source, params).map(({ from }) => source.tokens[from]!.text);
  readHandler(out, source, at, name, { system: parts[1]!, name: parts[2]! }, names);
}

/** `sub sched::sched_switch { my ($event_name, ...) = @_;` */
function readPerl(out: Collector, source: Source, at: number): void {
  const system = source.tokens[at]?.text;
  const name = source.tokens[at + 2]?.text;
  if (system === undefined || name === undefined || !isToken(source, at + 1, "::")) return;
  const list = isToken(source, at + 4, "my") && isToken(source, at + 5, "(") ? insideOf(source, at + 5) : undefined;
  const names = list && splitAtCommas(source, list).map(({ from }) => source.tokens[from]!.text.replace("$", ""));
  readHandler(out, source, at, `${system}::${name}`, { system, name }, names);
}

/** perf calls a handler for the events of a recording; without them it goes on. */
function calledOnlyIfThere(name: string, line: number): Guard {
  return { kind: "optional", text: `handler ${name}`, line };
}

/** What perf passes before the fields: name, context, cpu, seconds, nanoseconds, pid, comm; then the callchain since 3.13. */
const PASSED_FIRST = 7;

function readHandler(
  out: Collector,
  source: Source,
  at: number,
  name: string,
  target: Target,
  params: readonly string[] | undefined,
): void {
  const line = source.lineAt(at);
  // Handlers of counters, not of events: perf gives them a system that it made up.
  if (target.system === "stat") return;
  const program: Program = { program: name, attach: "perf", target };
  out.use(program, "existence", line, { guards: [calledOnlyIfThere(name, line)] });
  if (!params) return;
  if (params.includes("*")) return out.notUnderstood(line, name, "takes its fields as one list");
  if (params.length < PASSED_FIRST) return out.notUnderstood(line, name, "takes fewer arguments than perf passes");
  const names = params
    .slice(PASSED_FIRST)
    .filter((param, index) => !(index === 0 && param.includes("callchain")) && param !== "perf_sample_dict");
  out.use({ ...program, kind: "perf-python" }, "fields", line, { subject: { is: "positions", names } });
}

const WITH_EVENTS = new Set(["record", "stat", "top", "trace"]);

function readCommands(out: Collector, file: ToolFile): void {
  const line = lineFinder(file.text);
  const commands = commandsOf(file, ["perf"]);
  commands.forEach((command, index) => {
    const subcommand = command.words.slice(1).find(({ text }) => !text.startsWith("-"));
    if (!subcommand || !WITH_EVENTS.has(subcommand.text)) return;
    readCommand(out, command, line, alternatives(commands, index, line(subcommand.start)));
  });
}

/** `perf record -e a:b || perf record -e a:c`: the second is there for kernels that have only that. */
function alternatives(commands: readonly Command[], index: number, line: number): readonly Guard[] {
  const tested = commands[index]!.isFallback ? index - 1 : index;
  const first = commands[tested];
  if (!first || !commands[tested + 1]?.isFallback) return [];
  const guard: Guard = { kind: "event", text: oneLine(first.words.map(({ text }) => text).join(" ")), line };
  return [tested === index ? guard : { ...guard, negated: true }];
}

/** Options in their order: a filter is for the event before it. */
function readCommand(
  out: Collector,
  { words }: Command,
  line: (offset: number) => number,
  guards: readonly Guard[],
): void {
  const program = `perf ${words.find(({ text }, index) => index > 0 && !text.startsWith("-"))!.text}`;
  let events: readonly Target[] = [];
  for (const { option, value } of optionsOf(words)) {
    if (option === "event") events = readEvents(out, program, value, line(value.start), guards);
    else {
      for (const target of events) {
        for (const { subject } of filterFields(value.text)) {
          out.use({ program, attach: "perf", target }, "fields", line(value.start), { subject, guards });
        }
      }
    }
  }
}

interface Option {
  readonly option: "event" | "filter";
  readonly value: Word;
}

function optionsOf(words: readonly Word[]): readonly Option[] {
  return words.flatMap(({ text, start }, index): readonly Option[] => {
    const next = words[index + 1];
    const joined = /^--(event|filter)=(.*)$/s.exec(text);
    if (joined) return [{ option: joined[1] === "filter" ? "filter" : "event", value: { text: joined[2]!, start } }];
    if (text === "--filter") return next ? [{ option: "filter", value: next }] : [];
    // `-e`, and clusters of flags that end in it: `-age`.
    if (text === "--event" || /^-[a-zA-Z]{0,4}e$/.test(text)) return next ? [{ option: "event", value: next }] : [];
    return text.startsWith("-e") && text.includes(":")
      ? [{ option: "event", value: { text: text.slice(2), start } }]
      : [];
  });
}

/** The tracepoints in `-e 'sched:*,{irq:softirq_entry,cycles}'`; events of the hardware are none. */
function readEvents(
  out: Collector,
  program: string,
  { text }: Word,
  line: number,
  guards: readonly Guard[],
): readonly Target[] {
  // Groups are in braces; those of variables stay.
  const names = text.replaceAll(/(?<!\$)\{|\}(?=$|[,:])/g, " ").split(/[\s,]+/);
  return names.flatMap((name) => {
    if (isComputed(name) && name.includes(":")) {
      out.notUnderstood(line, name, "the event's name comes from a variable");
      return [];
    }
    const target = name.startsWith("!") ? undefined : parsePerfEvent(name);
    if (target) out.use({ program, attach: "perf", target }, "existence", line, { guards });
    return target ? [target] : [];
  });
}
