// Which functions of a C file handle which events. Invariant: events spread from a function to those it calls, directly or
// from a handler itself through a member of a table of functions, and never back.

import { parsePerfEvent } from "../text/event-names.ts";
import {
  type Call,
  callsOf,
  type FunctionBody,
  functionsOf,
  isToken,
  literalOf,
  type Source,
  wordOf,
} from "../text/source.ts";
import type { Attach, Target } from "../use.ts";

/** A place that names an event: a call, a row of a table, a word of a command line. */
export interface Registration {
  readonly target: Target;
  readonly attach: Attach;
  /** Index of the token that names the event. */
  readonly at: number;
  /** The function that is called for it. */
  readonly handler?: string;
}

/** An event that a function reads, and the handler that is called for it. */
export interface HandledEvent {
  readonly target: Target;
  readonly handler: string;
}

export interface EventsOfFunctions {
  /** The function around a token. */
  readonly functionAt: (index: number) => FunctionBody | undefined;
  readonly of: (body: FunctionBody | undefined) => readonly HandledEvent[];
}

const NAMES_EVENTS = /event|tracepoint|newtp|hist_alloc|synth_alloc/i;
const EVENT_WORD = /^[a-z][a-z0-9]*(?:[_-][A-Za-z0-9_]+)*$/;

/** All registrations of a file, in the order of the text. */
export function registrationsOf(source: Source): readonly Registration[] {
  const calls = callsOf(source, (name) => NAMES_EVENTS.test(name)).flatMap((call) => fromCall(source, call));
  const known = new Set(calls.map(({ at }) => at));
  const others = source.tokens.flatMap((_, index) => (known.has(index) ? [] : fromLiteral(source, index)));
  return [...calls, ...others].sort((a, b) => a.at - b.at);
}

const RAW = /^bpf_program__attach_raw_tracepoint(?:_opts)?$|^bpf_raw_tracepoint_open$/;
const LOADED = /^bpf_program__attach_tracepoint(?:_opts)?$/;

/** `tep_register_event_handler(tep, -1, "sched", "sched_switch", handler, data)`: two names side by side. */
function fromCall(source: Source, { name, args }: Call): readonly Registration[] {
  const literals = args.map((arg) => literalOf(source, arg));
  if (RAW.test(name)) {
    const index = literals.findIndex((literal) => literal !== undefined && EVENT_WORD.test(literal));
    return index < 0 ? [] : [{ target: { name: literals[index]! }, attach: "raw_tp", at: args[index]!.from }];
  }
  const found: Registration[] = [];
  for (let index = 0; index + 1 < literals.length; index++) {
    const [system, event] = [literals[index], literals[index + 1]];
    if (system === undefined || event === undefined || !EVENT_WORD.test(system) || !EVENT_WORD.test(event)) continue;
    // Two fields that are matched have one name; no event is called as its system is.
    if (system === event) continue;
    const handler = wordOf(source, args[index + 2]);
    const attach = LOADED.test(name) ? "tp" : "perf";
    found.push({ target: { system, name: event }, attach, at: args[index]!.from, ...handlerOf(handler) });
    index++;
  }
  return found;
}

function handlerOf(name: string | undefined): { readonly handler?: string } {
  return name === undefined || /^(?:NULL|nullptr|[A-Z_]+)$/.test(name) ? {} : { handler: name };
}

/** `{ "sched:sched_switch", handler }` in a table, `"-e", "sched:sched_switch"` in a command line, a name looked up. */
function fromLiteral(source: Source, at: number): readonly Registration[] {
  const token = source.tokens[at]!;
  if (token.kind !== "string" || !token.text.includes(":")) return [];
  const target = parsePerfEvent(token.text);
  if (!target) return [];
  const isRow = isToken(source, at - 1, "{") && isToken(source, at + 1, ",");
  const isOption = isToken(source, at - 1, ",") && source.tokens[at - 2]?.text === "-e";
  const isLookedUp = /(?:find|newtp|new|strdup|str|add_event)$|name_is$|_by_(?:str|name)$/.test(callee(source, at));
  if (!isRow && !isOption && !isLookedUp) return [];
  const handler = isRow ? wordOf(source, { from: at + 2, to: at + 3 }) : undefined;
  return [{ target, attach: "perf", at, ...handlerOf(handler) }];
}

/** The function whose first or second argument a token is. */
function callee(source: Source, at: number): string {
  for (let before = at - 1; before > at - 6 && before > 0; before--) {
    if (isToken(source, before, "(")) return source.tokens[before - 1]!.text;
  }
  return "";
}

/** Spreads registrations over the functions of a file. */
export function eventsOfFunctions(source: Source, registrations: readonly Registration[]): EventsOfFunctions {
  const functions = functionsOf(source);
  const byName = new Map(functions.map((body) => [body.name, body]));
  const functionAt = finder(functions);
  const events = new Map<FunctionBody, Map<string, HandledEvent>>();
  const add = (body: FunctionBody, handled: Iterable<HandledEvent>): boolean => addAll(events, body, handled);
  const work: FunctionBody[] = [];
  for (const { handler, target } of registrations) {
    const body = handler === undefined ? undefined : byName.get(handler);
    if (body && add(body, [{ target, handler: body.name }])) work.push(body);
  }
  const handlers = new Set(work);
  const members = membersOf(source, byName);
  for (let body = work.pop(); body; body = work.pop()) {
    // What serves all events alike calls members that read different ones: only a handler is sure to mean its own.
    for (const called of calleesOf(source, body, byName, handlers.has(body) ? members : new Map())) {
      if (add(called, events.get(body)!.values())) work.push(called);
    }
  }
  return {
    functionAt,
    of: (body) => (body ? [...(events.get(body)?.values() ?? soleEvent(body, registrations))] : []),
  };
}

/** More events than this in one function are a dispatcher for all of them, of which fields tell nothing. */
const MOST_EVENTS = 64;

function addAll(
  all: Map<FunctionBody, Map<string, HandledEvent>>,
  body: FunctionBody,
  handled: Iterable<HandledEvent>,
): boolean {
  const own = all.get(body) ?? new Map<string, HandledEvent>();
  const before = own.size;
  for (const event of handled) {
    const key = `${event.target.system}:${event.target.name}`;
    if (own.size < MOST_EVENTS && !own.has(key)) own.set(key, event);
  }
  all.set(body, own);
  return own.size > before;
}

/** A function that no handler calls and that looks up one event itself reads that one. */
function soleEvent({ name, body }: FunctionBody, registrations: readonly Registration[]): readonly HandledEvent[] {
  const own = registrations.filter(({ at, attach }) => attach === "perf" && at >= body.from && at < body.to);
  return own.length === 1 ? [{ target: own[0]!.target, handler: name }] : [];
}

/** Functions by the members they are assigned to: `.switch_event = latency_switch_event`. */
function membersOf(source: Source, functions: ReadonlyMap<string, FunctionBody>): ReadonlyMap<string, FunctionBody[]> {
  const members = new Map<string, FunctionBody[]>();
  source.tokens.forEach((token, index) => {
    if (token.kind !== "word" || !isToken(source, index + 1, "=")) return;
    if (!isToken(source, index - 1, ".") && !isToken(source, index - 1, "->")) return;
    const assigned = functions.get(source.tokens[index + 2]?.text ?? "");
    if (assigned) members.set(token.text, [...(members.get(token.text) ?? []).slice(0, 31), assigned]);
  });
  return members;
}

function calleesOf(
  source: Source,
  { body }: FunctionBody,
  functions: ReadonlyMap<string, FunctionBody>,
  members: ReadonlyMap<string, FunctionBody[]>,
): readonly FunctionBody[] {
  return callsOf(source, (name) => functions.has(name) || members.has(name), body).flatMap(({ name, at }) => {
    const isMember = isToken(source, at - 1, ".") || isToken(source, at - 1, "->");
    if (isMember) return members.get(name) ?? [];
    const direct = functions.get(name);
    return direct ? [direct] : [];
  });
}

function finder(functions: readonly FunctionBody[]): (index: number) => FunctionBody | undefined {
  return (index) => {
    let low = 0;
    let high = functions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (functions[middle]!.body.to <= index) low = middle + 1;
      else high = middle;
    }
    const found = functions[low];
    return found && index >= found.at ? found : undefined;
  };
}
