// Reads scripts that work with tracefs: paths below events/, set_event, filters, triggers, and trace-cmd. Invariant: a script
// that takes trace lines apart relies on the text of the events it switches on.

import { collector, type Collector, type Program } from "../collect.ts";
import type { ToolFile, UseReader } from "../reader.ts";
import { commandsOf, contentStart, dialectOf } from "../text/commands.ts";
import { isComputed, isMadeAtRunTime, parseEventName } from "../text/event-names.ts";
import { filterFields } from "../text/filter.ts";
import { parseTrigger } from "../text/hist-trigger.ts";
import { languageOf } from "../text/language.ts";
import { lineFinder } from "../text/lines.ts";
import { type Command, shellCommands } from "../text/shell.ts";
import { expand, type Variables, variablesOf, withVariables } from "../text/shell-variables.ts";
import { sourceOf } from "../text/source.ts";
import type { FieldSubject, Guard, Target } from "../use.ts";
import { readTraceCmd } from "./trace-cmd.ts";

export const tracefsShell: UseReader = {
  id: "tracefs-shell",
  title: "tracefs: events/ paths, set_event, filters, triggers and trace-cmd in scripts and programs",
  claims: (file) => {
    const language = languageOf(file);
    const { text } = file;
    if (language === "shell" || language === "unit") {
      return text.includes("events/") || text.includes("set_event") || text.includes("trace-cmd");
    }
    if (dialectOf(language) === undefined) return false;
    // Nearly every header of the kernel's events says `trace/events/`: only a path to an event's file counts.
    return text.includes("trace-cmd") || (text.includes("events/") && text.search(PATH) >= 0);
  },
  read: (file) => {
    const out = collector("tracefs-shell", file);
    const place: Place = { out, line: lineFinder(file.text), program: file.path.slice(file.path.lastIndexOf("/") + 1) };
    if (languageOf(file) === "shell") readShell(place, file);
    else readStrings(place, file);
    for (const command of commandsOf(file, ["trace-cmd"])) readTraceCmd(out, place, command);
    return out.found();
  },
};

export interface Place {
  readonly out: Collector;
  readonly line: (offset: number) => number;
  readonly program: string;
}

/** A file of an event, as a path names it. */
interface EventFile {
  readonly target: Target;
  readonly file: string;
  readonly offset: number;
}

const PATH = /(?:^|[/\s"'=}])events\/([^/\s"']+)\/(?:([^/\s"']+)\/)?(enable|filter|trigger|format|id|hist|inject)\b/g;

/** The event files in a text; a directory of a system stands for all its events. Computed names go to `unknown`. */
function eventFiles(text: string, unknown: (path: string, offset: number) => void): readonly EventFile[] {
  return [...text.matchAll(PATH)].flatMap((found) => {
    const [path, system = "", name = "*", file = ""] = found;
    if (isMadeAtRunTime(system) || (system === "*" && name === "*")) return [];
    if (isComputed(system) || isComputed(name)) {
      unknown(path.trim(), found.index);
      return [];
    }
    const target = parseEventName(`${system}:${name}`);
    return target ? [{ target, file, offset: found.index }] : [];
  });
}

const COMPUTED = "the event's name is computed";

/** Paths in the strings of other languages. */
function readStrings(place: Place, file: ToolFile): void {
  const dialect = dialectOf(languageOf(file));
  if (!dialect) return;
  const source = sourceOf(file, dialect);
  const switchedOn: Target[] = [];
  source.tokens.forEach((token, index) => {
    if (token.kind !== "string" || !token.text.includes("events/")) return;
    const start = contentStart(source, index);
    const unknown = (path: string, offset: number): void =>
      place.out.notUnderstood(place.line(start + offset), path, COMPUTED);
    for (const { target, file: name, offset } of eventFiles(token.text, unknown)) {
      if (isInComment(token.text, offset)) continue;
      place.out.use(programOf(place, target), "existence", place.line(start + offset));
      if (name === "enable") switchedOn.push(target);
    }
  });
  const isScript = languageOf(file) === "perl" || languageOf(file) === "python";
  const pipe = file.text.indexOf("trace_pipe");
  if (isScript && pipe >= 0) readText(place, switchedOn, () => pipe);
}

/** Programs in strings, as bcc has them, often name the format file of an event in a comment. */
function isInComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^\s*(?:\/\/|\/?\*|#)|\s\/\/(?:\s|$)/.test(line);
}

function programOf({ program }: Place, target: Target): Program {
  return { program, attach: "perf", target };
}

/** Uses of the text of events, on the line that `where` says for each. */
function readText(place: Place, targets: readonly Target[], where: (target: Target) => number | undefined): void {
  for (const target of targets) {
    const offset = where(target);
    if (offset !== undefined) place.out.use(programOf(place, target), "text", place.line(offset));
  }
}

function readShell(place: Place, file: ToolFile): void {
  const commands = shellCommands(file.text);
  const variables = variablesOf(commands);
  const guards = eventTests(place, commands, variables);
  const switchedOn: Target[] = [];
  for (const command of commands) {
    for (const event of commandFiles(place, command, variables)) {
      readEventFile(place, command, variables, event, guards);
      if (event.file === "enable") switchedOn.push(event.target);
    }
    switchedOn.push(...readSetEvent(place, command, variables));
    readEventProbe(place, command);
  }
  const tools = textTools(commands);
  if (/\btrace_pipe\b|(?:^|[\s/])trace(?:$|[\s)])/m.test(file.text)) {
    readText(place, switchedOn, (target) => toolFor(tools, target)?.words[0]?.start);
  }
}

/** Event files that a command reads, writes or is given; a test for one is a guard and no use. */
function commandFiles(place: Place, command: Command, variables: Variables): readonly EventFile[] {
  if (isTest(command)) return [];
  return [...command.outputs, ...command.words].flatMap((word) => {
    if (!word.text.includes("events/")) return [];
    const unknown = (path: string, offset: number): void =>
      place.out.notUnderstood(place.line(word.start + offset), path, COMPUTED);
    return expand(word.text, variables).flatMap((text) =>
      eventFiles(text, unknown).map((event) => ({ ...event, offset: word.start })),
    );
  });
}

function isTest({ words }: Command): boolean {
  return words.slice(0, 3).some(({ text }) => text === "[" || text === "[[" || text === "test");
}

/** `[ -d events/sched/sched_switch ]` guards what the script does with that event. */
function eventTests(place: Place, commands: readonly Command[], variables: Variables): ReadonlyMap<string, Guard> {
  const tests = new Map<string, Guard>();
  for (const command of commands.filter(isTest)) {
    command.words.forEach(({ text, start }, index) => {
      const isTested = /^-[defrsw]$/.test(command.words[index - 1]?.text ?? "") && text.includes("events/");
      for (const path of isTested ? expand(text, variables) : []) {
        const parts = /\bevents\/([\w-]+)\/([\w-]+)/.exec(path);
        if (!parts) continue;
        const subject = `${parts[1]}:${parts[2]}`;
        const written = command.words.map((word) => word.text).join(" ");
        tests.set(subject, { kind: "event", text: written.slice(0, 120), line: place.line(start), subject });
      }
    });
  }
  return tests;
}

function readEventFile(
  place: Place,
  command: Command,
  variables: Variables,
  { target, file, offset }: EventFile,
  tests: ReadonlyMap<string, Guard>,
): void {
  const guard = tests.get(`${target.system}:${target.name}`);
  const guards = guard ? [guard] : [];
  place.out.use(programOf(place, target), "existence", place.line(offset), { guards });
  const written = file === "filter" || file === "trigger" ? writtenTexts(command, variables) : [];
  for (const { text, start } of written) {
    const line = place.line(start);
    const { fields, events } = file === "filter" ? { fields: filterSubjects(text), events: [] } : parseTrigger(text);
    for (const subject of fields) place.out.use(programOf(place, target), "fields", line, { subject, guards });
    for (const other of events) place.out.use(programOf(place, other), "existence", line);
  }
}

function filterSubjects(text: string): readonly FieldSubject[] {
  return filterFields(text.replaceAll(/\$\{?\w+\}?/g, " ")).map(({ subject }) => subject);
}

/** What `echo` and its like write: their words, and the values of variables in them. */
function writtenTexts(
  { words }: Command,
  variables: Variables,
): readonly { readonly text: string; readonly start: number }[] {
  return words
    .filter(({ text }) => /\w/.test(text) && !text.includes("events/"))
    .flatMap(({ text, start }) => withVariables(text, variables).map((value) => ({ text: value, start })));
}

/** `echo 'sched:sched_switch irq:*' >> set_event`; the events that are switched on. */
function readSetEvent(place: Place, command: Command, variables: Variables): readonly Target[] {
  const isWritten = [...command.outputs, ...command.words].some(({ text }) => /(?:^|\/)set_event$/.test(text));
  if (!isWritten) return [];
  return writtenTexts(command, variables).flatMap(({ text, start }) =>
    text.split(/\s+/).flatMap((name) => {
      const target = name.startsWith("!") ? undefined : parseEventName(name);
      if (target) place.out.use(programOf(place, target), "existence", place.line(start));
      return target ? [target] : [];
    }),
  );
}

/** `e:mine sched/sched_switch pid=$prev_pid`: a probe on an event, with fields of it. */
function readEventProbe(place: Place, { words }: Command): void {
  for (const { text, start } of words) {
    const parts = /^e(?::\S+)?\s+([\w-]+)[/.](\w+)((?:\s.*)?)$/s.exec(text);
    const target = parts ? parseEventName(`${parts[1]}:${parts[2]}`) : undefined;
    if (!parts || !target) continue;
    const line = place.line(start);
    place.out.use(programOf(place, target), "existence", line);
    for (const [, name = ""] of parts[3]!.matchAll(/\$(\w+)/g)) {
      place.out.use(programOf(place, target), "fields", line, { subject: { is: "field", name } });
    }
  }
}

const TEXT_TOOLS = /^(?:[gm]?awk|sed|[ef]?grep|perl|cut)$/;

/** Commands that take lines apart, with the word of the tool first. */
function textTools(commands: readonly Command[]): readonly Command[] {
  return commands.flatMap((command) => {
    const at = command.words.findIndex(({ text }) =>
      TEXT_TOOLS.test(text.replace(/^.*\//, "").replace(/^\$\{?(\w+)\}?$/, "$1")),
    );
    return at < 0 ? [] : [{ ...command, words: command.words.slice(at) }];
  });
}

/** The tool that names the event, or else the one with the longest program. */
function toolFor(tools: readonly Command[], { name }: Target): Command | undefined {
  const length = ({ words }: Command): number => Math.max(...words.map(({ text }) => text.length));
  const longest = tools.reduce<Command | undefined>(
    (best, tool) => (best && length(best) >= length(tool) ? best : tool),
    undefined,
  );
  return tools.find(({ words }) => words.some(({ text }) => text.includes(name))) ?? longest;
}
