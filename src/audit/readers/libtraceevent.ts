// Reads C and C++ programs that take events apart by name: libtraceevent, libtracefs, perf itself and what has copied them.
// Invariant: a field belongs to the events of the function it is read in: those it is registered for, or its callers are.

import { collector, type Collector } from "../collect.ts";
import type { Surroundings, ToolFile, UseReader } from "../reader.ts";
import { branchesOf } from "../text/branches.ts";
import { companionsOf } from "../text/companions.ts";
import { conditionsOf } from "../text/conditions.ts";
import { parsePerfEvent } from "../text/event-names.ts";
import { languageOf } from "../text/language.ts";
import { oneLine } from "../text/lines.ts";
import { C } from "../text/scan.ts";
import {
  type Call,
  callsOf,
  isToken,
  literalNames,
  literalOf,
  valueOf,
  type Range,
  type Source,
  sourceOf,
  textOf,
} from "../text/source.ts";
import type { Target } from "../use.ts";
import { fieldArgument } from "./libtraceevent-fields.ts";
import { type GuardPlace, guardsAt, ownGuard } from "./libtraceevent-guards.ts";
import {
  type EventsOfFunctions,
  eventsOfFunctions,
  type HandledEvent,
  type Registration,
  registrationsOf,
} from "./libtraceevent-handlers.ts";

export const libtraceevent: UseReader = {
  id: "libtraceevent",
  title: "C and C++ on libtraceevent, libtracefs, perf's evsel: events and fields by name",
  claims: (file) => languageOf(file) === "c" && mayRead(file.text),
  read: (file, around) => {
    const out = collector("libtraceevent", file);
    const place = placeOf(file, around);
    for (const registration of place.registrations) readRegistration(out, place, registration);
    for (const call of callsOf(place.source, (name) => fieldArgument(name) !== undefined)) readField(out, place, call);
    return out.found();
  },
};

/** Searching for plain text is far faster than for a pattern, and every C file is asked. */
const NEEDLES = ["tep_", "pevent_", "tracefs_", "evsel__", "evlist__", "_tracepoint(", "add_event"];

const CALLS =
  /\b(?:(?:tep_|pevent_|tracefs_|(?:perf_)?evsel__|evlist__|add_event)\w*|bpf_program__attach_(?:raw_)?tracepoint)\(/;

function mayRead(text: string): boolean {
  return NEEDLES.some((needle) => text.includes(needle)) && CALLS.test(text);
}

interface Place extends GuardPlace {
  readonly names: ReadonlyMap<string, string>;
  readonly events: EventsOfFunctions;
}

/** Headers are companions of many files; what was found in them is kept for as long as they are. */
const registered = new WeakMap<ToolFile, readonly Registration[]>();

function registrationsIn(companion: ToolFile): readonly Registration[] {
  let found = registered.get(companion);
  if (found === undefined) {
    found = mayRead(companion.text) ? registrationsOf(sourceOf(companion, C)) : [];
    registered.set(companion, found);
  }
  return found;
}

function placeOf(file: ToolFile, around: Surroundings): Place {
  const source = sourceOf(file, C);
  const registrations = registrationsOf(source);
  const elsewhere = companionsOf(file, around).flatMap((companion) => registrationsIn(companion));
  return {
    source,
    names: literalNames(source),
    registrations,
    events: eventsOfFunctions(source, [...registrations, ...elsewhere]),
    branches: branchesOf(source),
    conditions: conditionsOf(source),
  };
}

function readRegistration(out: Collector, place: Place, { target, attach, at, handler }: Registration): void {
  const program = handler ?? place.events.functionAt(at)?.name ?? "file";
  out.use({ program, attach, target }, "existence", place.source.lineAt(at), { guards: guardsAt(place, at) });
}

function readField(out: Collector, place: Place, call: Call): void {
  const { source } = place;
  const { index, as } = fieldArgument(call.name)!;
  const argument = call.args[index];
  // The declaration of such a function, in the library itself.
  if (!argument || isDeclaration(source, argument)) return;
  const line = source.lineAt(call.at);
  const text = textOf(source, { from: call.at, to: call.inside.to + 1 });
  const name = valueOf(source, argument, place.names);
  if (name === undefined) return out.notUnderstood(line, text, "the field's name is not a literal");
  const events = eventsAt(place, call.at);
  if (events.length === 0)
    return out.notUnderstood(line, text, `field '${oneLine(name)}' of an event that is not known here`);
  const guards = [...guardsAt(place, call.at), ...ownGuard(place, call)];
  for (const { target, handler } of events) {
    out.use({ program: handler, attach: "perf", target }, "fields", source.lineAt(argument.from), {
      subject: { is: "field", name, ...(as ? { as } : {}) },
      guards,
    });
  }
}

/** `const char *name` has two words side by side, an argument of a call has not. */
function isDeclaration(source: Source, { from, to }: Range): boolean {
  const words = source.tokens.slice(from, Math.min(to, from + 8)).filter(({ kind }) => kind === "word");
  return words.length >= 2 && source.tokens[from]?.kind === "word" && !isToken(source, from + 1, "(");
}

/** The events that a place reads: those an `if` around it names, or else those of its function. */
function eventsAt(place: Place, at: number): readonly HandledEvent[] {
  const body = place.events.functionAt(at);
  const handler = body?.name ?? "file";
  const branches = place.branches(at);
  for (let level = branches.length - 1; level >= 0; level--) {
    const { condition, negated } = branches[level]!;
    const named = negated ? undefined : eventNamedIn(place, condition);
    if (named) return [{ target: named, handler }];
  }
  const own = conditionBefore(place, at);
  return own ? [{ target: own, handler }] : place.events.of(body);
}

/** `evsel__name_is(evsel, "a:b") && evsel__intval(...)`: the name is tested in the same condition. */
function conditionBefore(place: Place, at: number): Target | undefined {
  const { source } = place;
  for (let from = at; from > at - 40 && from > 0; from--) {
    if (isToken(source, from, ";") || isToken(source, from, "{")) return undefined;
    if (isToken(source, from, "if")) return eventNamedIn(place, { from, to: at });
  }
  return undefined;
}

const COMPARISONS = new Set(["strcmp", "strncmp", "streq", "evsel__name_is", "STRCMP", "g_strcmp0"]);

/** The event in `strcmp(event->name, "sched_switch") == 0`, `evsel__name_is(evsel, "a:b")`, `event_name == "b"`. */
function eventNamedIn(place: Place, condition: Range): Target | undefined {
  const { source, registrations } = place;
  for (let at = condition.from; at < Math.min(condition.to, condition.from + 40); at++) {
    const token = source.tokens[at]!;
    const isCompared = isToken(source, at - 1, "==") && /name$/i.test(source.tokens[at - 2]?.text ?? "");
    if (token.kind === "string" && isCompared) return targetNamed(token.text, registrations);
  }
  for (const call of callsOf(source, (name) => COMPARISONS.has(name), condition)) {
    const isName = call.name.endsWith("name_is") || call.args.some((arg) => isToken(source, arg.to - 1, "name"));
    const name = call.args.map((arg) => literalOf(source, arg)).find((literal) => literal !== undefined);
    const isNot = isToken(source, call.at - 1, "!") === call.name.endsWith("name_is");
    const isUnequal = isToken(source, call.inside.to + 1, "!=");
    if (!isName || name === undefined || isUnequal || (isNot && !isToken(source, call.inside.to + 1, "=="))) continue;
    return targetNamed(name, registrations);
  }
  return undefined;
}

/** `sched:sched_switch`, or `sched_switch` of the system that the file registers it with. */
function targetNamed(name: string, registrations: readonly Registration[]): Target {
  return parsePerfEvent(name) ?? registrations.find(({ target }) => target.name === name)?.target ?? { name };
}
