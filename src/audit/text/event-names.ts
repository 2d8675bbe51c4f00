// How tools spell the names of events. Invariant: what is made at run time (kprobes, synthetic events) is no event of the
// kernel, and is told apart by its system.

import type { Target } from "../use.ts";

const NAME = /^[A-Za-z_*?[\]][\w*?[\]-]*$/;
/** Systems whose events the user defines. */
const MADE_AT_RUN_TIME = /^(?:kprobes|uprobes|synthetic|eprobes|fprobes|sdt_\w*|probe_?\w*|probe\*)$/;
/** `:u`, `:ppp` and the like after the name of a perf event. */
const MODIFIERS = /^[ukhGHpPSDIWebrwx0-9/]+$/;

/** `system:name` or `system/name`, globs included; undefined for anything else, and for events that the user defines. */
export function parseEventName(text: string, separator: ":" | "/" = ":"): Target | undefined {
  const [system, name, ...rest] = text.trim().split(separator);
  if (system === undefined || name === undefined || rest.length > 0) return undefined;
  if (!NAME.test(system) || !NAME.test(name) || MADE_AT_RUN_TIME.test(system)) return undefined;
  return { system, name };
}

/** A tracepoint as perf spells it: `sched:sched_switch`, `sched:*`, `sched:sched_switch:u`; hardware events are none. */
export function parsePerfEvent(text: string): Target | undefined {
  const [system = "", name = "", modifiers = ""] = text.trim().split(":");
  if (MODIFIERS.test(name) && !name.includes("_")) return undefined;
  if (modifiers !== "" && !MODIFIERS.test(modifiers)) return undefined;
  return parseEventName(`${system}:${name}`);
}

/** Whether events of a system are made by the user, as kprobes and synthetic events are. */
export function isMadeAtRunTime(system: string): boolean {
  return MADE_AT_RUN_TIME.test(system);
}

/** Whether a name has a variable of the shell or a format placeholder in it. */
export function isComputed(text: string): boolean {
  return /[$%{}]/.test(text);
}
