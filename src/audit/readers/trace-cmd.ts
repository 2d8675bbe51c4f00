// Command lines of trace-cmd: `-e sched:sched_switch -f 'prev_pid == 1' -R 'hist:keys=next_pid'`. Invariant: filters and
// triggers belong to the event before them.

import type { Collector, Program } from "../collect.ts";
import { isComputed, parseEventName } from "../text/event-names.ts";
import { filterFields } from "../text/filter.ts";
import { parseTrigger } from "../text/hist-trigger.ts";
import type { Command, Word } from "../text/shell.ts";
import type { FieldSubject, Target } from "../use.ts";

const WITH_EVENTS = new Set(["record", "start", "stream", "set", "profile", "extract"]);

/** The uses of one command line; `place` tells lines of offsets. */
export function readTraceCmd(
  out: Collector,
  { line }: { readonly line: (offset: number) => number },
  { words }: Command,
): void {
  const subcommand = words[1]?.text ?? "";
  if (!WITH_EVENTS.has(subcommand)) return;
  let current: Program | undefined;
  words.forEach(({ text }, index) => {
    const value = words[index + 1];
    if (!value) return;
    if (text === "-e") current = readEvent(out, `trace-cmd ${subcommand}`, value, line(value.start));
    if (!current) return;
    if (text === "-f")
      readFields(
        out,
        current,
        filterFields(value.text).map(({ subject }) => subject),
        line(value.start),
      );
    if (text === "-R") readTrigger(out, current, value.text, line(value.start));
  });
}

function readEvent(out: Collector, program: string, { text }: Word, line: number): Program | undefined {
  if (text === "all") return undefined;
  if (isComputed(text)) {
    out.notUnderstood(line, text, "the event's name comes from a variable");
    return undefined;
  }
  const target = targetOf(text);
  if (!target) {
    out.notUnderstood(line, text, "may be a system or an event: only SYSTEM:EVENT tells");
    return undefined;
  }
  const found: Program = { program, attach: "perf", target };
  out.use(found, "existence", line);
  return found;
}

/** trace-cmd takes the name of a system or of an event alike; systems have no underscore, with few exceptions. */
function targetOf(text: string): Target | undefined {
  if (/[:/]/.test(text)) return parseEventName(text.replace("/", ":"));
  return /^[a-z0-9]+$/.test(text) ? parseEventName(`${text}:*`) : undefined;
}

function readFields(out: Collector, program: Program, fields: readonly FieldSubject[], line: number): void {
  for (const subject of fields) out.use(program, "fields", line, { subject });
}

function readTrigger(out: Collector, program: Program, text: string, line: number): void {
  const { fields, events } = parseTrigger(text);
  readFields(out, program, fields, line);
  for (const target of events) out.use({ ...program, target }, "existence", line);
}
