// Known users of an event, from the same index that the rules read. Invariant: the consumers are loaded before.

import { knownConsumers } from "../../rules/consumers.ts";
import type { ConsumerUse } from "../../rules/classify.ts";

/** Uses of an event by tools of today, also as a raw tracepoint. */
export function usersOf(id: string): readonly ConsumerUse[] {
  const raw = `-:${id.slice(id.indexOf(":") + 1)}`;
  return knownConsumers().filter(({ event }) => event === id || event === raw);
}
