// Finds names: exact ones first, then beginnings, then parts. Invariant: every word of the question is in the name.

import type { Core, SearchData } from "../data.ts";
import { count } from "../../reports/text.ts";
import { eventLink, href } from "./links.ts";

export interface Hit {
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
  readonly link: string;
}

export interface Found {
  /** The first ones. */
  readonly hits: readonly Hit[];
  readonly total: number;
}

const MAX_HITS = 30;

interface Entry extends Hit {
  /** What is looked at: the name alone, and in full. */
  readonly key: string;
  readonly full: string;
  /** Among equally good hits the lower comes first. */
  readonly rank: number;
}

/** The function that searches; the index is prepared once. */
export function createSearch(
  { systems, tools }: Pick<Core, "systems" | "tools">,
  data: SearchData,
): (text: string) => Found {
  const entries: Entry[] = [
    ...tools.map(({ name, uses }) => entry(name, `tool, ${count(uses, "use")}`, href(["tool", name]), 0)),
    ...systems.map(({ name, events }) => entry(name, `system, ${count(events, "event")}`, href(["system", name]), 1)),
  ];
  data.events.forEach((names, index) => {
    const system = systems[index]?.name ?? "";
    for (const marked of names) {
      const isGone = marked.startsWith("-");
      const name = isGone ? marked.slice(1) : marked;
      const id = `${system}:${name}`;
      const about = system === "-" ? "tracepoint without an event" : "event";
      entries.push({
        ...entry(id, isGone ? `${about}, gone` : about, eventLink(id), isGone ? 3 : 2),
        key: name.toLowerCase(),
      });
    }
  });
  for (const [name, events] of data.fields) {
    entries.push(entry(name, `field or argument of ${count(events.length, "event")}`, href(["field", name]), 4));
  }
  return (text) => find(entries, text.toLowerCase().trim());
}

function entry(name: string, about: string, link: string, rank: number): Entry {
  const full = name.toLowerCase();
  return { name, about, link, key: full, full, rank };
}

function find(entries: readonly Entry[], text: string): Found {
  const words = text.split(/\s+/);
  const scored = entries.flatMap((one) => {
    const score = scoreOf(one, text, words);
    return score === undefined ? [] : [{ one, score }];
  });
  scored.sort((a, b) => a.score - b.score || a.one.rank - b.one.rank || a.one.key.length - b.one.key.length);
  return { hits: scored.slice(0, MAX_HITS).map(({ one }) => one), total: scored.length };
}

/** Lower is better. */
function scoreOf({ key, full }: Entry, text: string, words: readonly string[]): number | undefined {
  if (key === text || full === text) return 0;
  if (key.startsWith(text) || full.startsWith(text)) return 1;
  if (key.includes(`_${text}`)) return 2;
  return words.every((word) => full.includes(word)) ? 3 : undefined;
}
