// Reads what perfetto takes from ftrace: configurations of traces, its list of events, its messages for events. Invariant: a
// message `SchedSwitchFtraceEvent` in `sched.proto` stands for sched:sched_switch, its fields for those of the format file.

import { collector, type Collector, type Program } from "../collect.ts";
import type { ToolFile, UseReader } from "../reader.ts";
import { dialectOf } from "../text/commands.ts";
import { isComputed, parseEventName } from "../text/event-names.ts";
import { languageOf } from "../text/language.ts";
import { C, type Dialect, TEXTPROTO } from "../text/scan.ts";
import { callsOf, insideOf, isToken, literalOf, type Range, type Source, sourceOf } from "../text/source.ts";
import type { Target } from "../use.ts";

export const perfetto: UseReader = {
  id: "perfetto",
  title: "perfetto: ftrace_events of configurations, event_list, messages for events",
  claims: (file) => {
    const language = languageOf(file);
    if (language === "proto") return file.text.includes("FtraceEvent {");
    if (isEventList(file)) return true;
    return /\bftrace_events\b|\bftraceEvents\b/.test(file.text) && dialectFor(file) !== undefined;
  },
  read: (file) => {
    const out = collector("perfetto", file);
    if (languageOf(file) === "proto") readMessages(out, file);
    else if (isEventList(file)) readEventList(out, file);
    else readConfiguration(out, file);
    return out.found();
  },
};

const PROGRAM = "ftrace";

/** Configurations stand in files of their own, in here-documents and in strings. */
function dialectFor(file: ToolFile): Dialect | undefined {
  const language = languageOf(file);
  if (language === "textproto" || language === "shell" || language === "yaml") return TEXTPROTO;
  return dialectOf(language);
}

function isEventList(file: ToolFile): boolean {
  return /(?:^|\/)event_list$/.test(file.path) && /^\w+\/\w+$/m.test(file.text);
}

function note(out: Collector, name: string, line: number): void {
  const target = targetOf(name);
  if (target) out.use({ program: PROGRAM, attach: "perf", target }, "existence", line);
  else if (isComputed(name)) out.notUnderstood(line, name, "the event's name is computed");
}

/** `sched/sched_switch`, `sched/*`, or a name alone, which perfetto looks up in all systems. */
function targetOf(name: string): Target | undefined {
  if (name.includes("/")) return parseEventName(name, "/");
  return /^[a-z]\w*$/.test(name) ? { name } : undefined;
}

/** One event a line; events that perfetto no longer needs are `removed`. */
function readEventList(out: Collector, { text }: ToolFile): void {
  text.split("\n").forEach((written, index) => {
    const name = written.replace(/#.*/, "").trim();
    if (name.includes("/")) note(out, name, index + 1);
  });
}

/** `ftrace_events: "a/b"`, lists of them, calls such as `add_ftrace_events("a/b")`, and the same within strings. */
function readConfiguration(out: Collector, file: ToolFile): void {
  const source = sourceOf(file, dialectFor(file)!);
  readNames(out, source, (at) => source.lineAt(at));
  source.tokens.forEach((token, at) => {
    if (token.kind !== "string" || !/\bftrace_events\s*:/.test(token.text)) return;
    const inner = sourceOf(token, TEXTPROTO);
    readNames(out, inner, (index) => source.lineAt(at) - 1 + inner.lineAt(index));
  });
}

function readNames(out: Collector, source: Source, lineAt: (at: number) => number): void {
  source.tokens.forEach((token, at) => {
    if (token.kind !== "word" || (token.text !== "ftrace_events" && token.text !== "ftraceEvents")) return;
    if (!isToken(source, at + 1, ":") && !isToken(source, at + 1, "=")) return;
    const list = isToken(source, at + 2, "[") ? insideOf(source, at + 2) : undefined;
    readStrings(out, source, list ?? { from: at + 2, to: at + 3 }, lineAt);
  });
  for (const { args, at } of callsOf(source, (name) => name === "add_ftrace_events")) {
    const name = literalOf(source, args[0]);
    if (name !== undefined) note(out, name, lineAt(at));
  }
}

function readStrings(out: Collector, source: Source, { from, to }: Range, lineAt: (at: number) => number): void {
  for (let at = from; at < Math.min(to, source.tokens.length); at++) {
    const token = source.tokens[at]!;
    if (token.kind === "string") note(out, token.text, lineAt(at));
  }
}

/** The messages of a .proto file that stand for events. */
function readMessages(out: Collector, file: ToolFile): void {
  const source = sourceOf(file, C);
  // In perfetto's tree there is a file for each system; copies of all of them in one file do not tell.
  const system = /(?:^|\/)ftrace\/([^/]+)\.proto$/.exec(file.path)?.[1];
  source.tokens.forEach((token, at) => {
    const name = token.kind === "word" && token.text === "message" ? source.tokens[at + 1]?.text : undefined;
    const event = name === undefined ? undefined : /^([A-Z]\w*?)FtraceEvent$/.exec(name)?.[1];
    const inside = isToken(source, at + 2, "{") ? insideOf(source, at + 2) : undefined;
    // A message with messages in it is the general form, which stands for no event of its own.
    if (name === undefined || event === undefined || !inside || contains(source, inside, "message")) return;
    const snake = snakeCase(event);
    const target = system === undefined || system === snake ? { name: snake } : { system, name: snake };
    const program: Program = { program: name, attach: "perf", target };
    out.use(program, "existence", source.lineAt(at));
    readFields(out, source, inside, program);
  });
}

function contains(source: Source, { from, to }: Range, text: string): boolean {
  for (let at = from; at < to; at++) if (isToken(source, at, text)) return true;
  return false;
}

/** `SchedSwitch` is sched_switch, `I2cRead` is i2c_read, `Ext4DaWrite` is ext4_da_write. */
function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}

/** `optional int32 prev_pid = 2;`; the numbers of fields are perfetto's own and mean nothing to the kernel. */
function readFields(out: Collector, source: Source, { from, to }: Range, program: Program): void {
  for (let at = from; at < to; at++) {
    const isField =
      ["optional", "repeated"].some((label) => isToken(source, at, label)) && isToken(source, at + 3, "=");
    if (!isField) continue;
    const as = source.tokens[at + 1]!.text === "string" ? "string" : "number";
    const subject = { is: "field" as const, name: source.tokens[at + 2]!.text, as } as const;
    out.use(program, "fields", source.lineAt(at), { subject });
  }
}
