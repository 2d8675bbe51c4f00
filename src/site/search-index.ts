// The names of everything that can be searched for. Invariant: systems and events stand in the order of the core data.

import { compareText } from "../diff/order.ts";
import { hasRelease } from "./releases.ts";
import type { SearchData, SystemData } from "./data.ts";

/** Marks an event that the newest kernel lacks; no name begins with it. */
export const GONE = "-";

/** The index over all subsystems; `newest` is the newest kernel's place. */
export function buildSearch(systems: readonly SystemData[], newest: number): SearchData {
  const fields = new Map<string, number[]>();
  let place = 0;
  const events = systems.map((data) => {
    const names = eventNames(data);
    const now = new Set(
      [...data.events, ...bare(data)].filter(({ on }) => hasRelease(on, newest)).map(({ name }) => name),
    );
    const places = new Map(names.map((name, index) => [name, place + index]));
    for (const [event, field] of namesInside(data)) {
      const own = fields.get(field) ?? [];
      const at = places.get(event);
      if (at !== undefined && own.at(-1) !== at && !own.includes(at)) own.push(at);
      fields.set(field, own);
    }
    place += names.length;
    return names.map((name) => (now.has(name) ? name : `${GONE}${name}`));
  });
  return { events, fields: [...fields].sort(([one], [other]) => compareText(one, other)) };
}

/** Names of all that programs could ever attach to, sorted. */
export function eventNames(data: SystemData): readonly string[] {
  return [...new Set([...data.events, ...bare(data)].map(({ name }) => name))].sort(compareText);
}

function bare({ tracepoints }: SystemData): SystemData["tracepoints"] {
  return tracepoints.filter((tracepoint) => tracepoint.bare === true);
}

/** Pairs of an event and a field or argument of it. */
function* namesInside({ events, records, fields, tracepoints }: SystemData): Generator<readonly [string, string]> {
  const users = new Map<string, Set<string>>();
  for (const { name, record, tracepoint = name } of events) {
    for (const field of records[record] ?? []) yield [name, fields[field]?.name ?? ""];
    const own = users.get(tracepoint ?? "") ?? new Set();
    users.set(tracepoint ?? "", own.add(name));
  }
  for (const { name, args } of tracepoints) {
    for (const [, argument] of args)
      if (argument !== "") for (const event of users.get(name) ?? [name]) yield [event, argument];
  }
}
