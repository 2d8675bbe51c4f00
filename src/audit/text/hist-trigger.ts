// Triggers of events, `hist:keys=pid:vals=bytes_req if bytes_req > 4`: the fields and other events in them. The grammar is that
// of Documentation/trace/histogram.rst and events.rst in the kernel.

import type { FieldSubject, Target } from "../use.ts";
import { parseEventName } from "./event-names.ts";
import { filterFields } from "./filter.ts";
import { type Token, tokenize } from "./scan.ts";

export interface Trigger {
  readonly fields: readonly FieldSubject[];
  /** Events that the trigger names beside its own. */
  readonly events: readonly Target[];
}

/** Keys and values that each histogram knows without a field of that name. */
const NO_FIELDS = new Set([
  "hitcount",
  "stacktrace",
  "cpu",
  "common_cpu",
  "common_timestamp",
  "common_stacktrace",
  "execname",
]);

/** Settings of a histogram whose values are no fields. */
const SETTINGS = new Set(["sort", "size", "name", "clear", "cont", "continue", "pause", "nohitcount"]);

/** The fields and events of a trigger; empty for a text that is none. */
export function parseTrigger(text: string): Trigger {
  const [action = "", ...conditions] = text.replace(/^!/, "").split(/\sif\s/);
  const compared = conditions.flatMap((condition) => filterFields(condition).map(({ subject }) => subject));
  const [name = "", ...parts] = partsOf(action.trim());
  const other = /^(?:enable|disable)_(?:event|hist)$/.test(name)
    ? parseEventName(`${parts[0]}:${parts[1]}`)
    : undefined;
  if (other) return { fields: compared, events: [other] };
  if (name !== "hist") return { fields: compared, events: [] };
  const fields = parts.flatMap(fieldsOfPart).map((field): FieldSubject => ({ is: "field", name: field }));
  return { fields: [...unique(fields), ...compared], events: parts.flatMap(eventOfPart) };
}

function unique(fields: readonly FieldSubject[]): readonly FieldSubject[] {
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

/** Splits at colons outside of parentheses. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")") depth--;
    else if (text[at] === ":" && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function fieldsOfPart(part: string): readonly string[] {
  const tokens = tokenize(part, { sigils: true });
  const isAssignment = tokens[1]?.text === "=";
  if (isAssignment && SETTINGS.has(tokens[0]!.text)) return [];
  if (isAssignment) return names(tokens.slice(2));
  // `onmatch(a.b).trace(name,$x,field)`, `onmax($x).save(field)`: what stands in the last parentheses.
  const open = tokens.findLastIndex(({ text }) => text === "(");
  const isTrace = tokens[open - 1]?.text === "trace";
  return open < 0 ? [] : names(tokens.slice(open + (isTrace ? 2 : 1)));
}

/** Words that are neither variables (`$lat`, `lat=`) nor modifiers (`.hex`). */
function names(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(({ kind, text }, index) => {
    const isField =
      kind === "word" && !/^[$@]/.test(text) && tokens[index - 1]?.text !== "." && tokens[index + 1]?.text !== "=";
    return isField && !NO_FIELDS.has(text) ? [text] : [];
  });
}

/** `onmatch(sched.sched_waking)`. */
function eventOfPart(part: string): readonly Target[] {
  const written = /^onmatch\(\s*(\w+)\.(\w+)\s*\)/.exec(part);
  const target = written ? parseEventName(`${written[1]}:${written[2]}`) : undefined;
  return target ? [target] : [];
}
