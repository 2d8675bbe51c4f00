// Does a text, such as a ChangeLog or an announcement, mention all changes that break programs, and none that did not happen?
// Invariant: a change is mentioned only if its event and what changed of it are named together, or the commit that did it is.

import type { Finding } from "../rules/finding.ts";
import { eventMatcher } from "../snapshot/event-glob.ts";
import type { NotedCommit } from "./commits.ts";
import type { NotedChange, Notes } from "./notes.ts";

export interface NotesCheck {
  /** Changes at `breaking` or `likely`. */
  readonly dangerous: number;
  /** Those that the text does not mention. */
  readonly missing: readonly Missing[];
  /** Events that the text names as `system:name` though nothing is known to have changed about them. */
  readonly unmatched: readonly Unmatched[];
}

export interface Missing {
  readonly finding: Finding;
  /** The event is named, what changed of it is not. */
  readonly isEventNamed: boolean;
}

export interface Unmatched {
  readonly mention: string;
  readonly line: number;
  /** Whether there is such an event in one of the kernels. */
  readonly exists: boolean;
}

/** Checks a text against the notes; `ids` are those of all events of both kernels. */
export function checkText(text: string, notes: Notes, ids: ReadonlySet<string>): NotesCheck {
  const changes = notes.subsystems.flatMap((subsystem) => subsystem.changes);
  const dangerous = changes.filter(({ finding: { level } }) => level === "breaking" || level === "likely");
  const reading = readText(text);
  const missing = dangerous.flatMap((change) => {
    const mention = findMention(change, reading);
    return mention === "whole" ? [] : [{ finding: change.finding, isEventNamed: mention === "event" }];
  });
  return { dangerous: dangerous.length, missing, unmatched: findUnmatched(text, changes, ids) };
}

/** A text, prepared for looking things up in it. */
interface Reading {
  /** In one line, since subjects of commits may be wrapped. */
  readonly flat: string;
  readonly words: ReadonlySet<string>;
  readonly hex: readonly string[];
  readonly passages: readonly Passage[];
}

/** A paragraph or list entry. */
interface Passage {
  readonly words: ReadonlySet<string>;
  readonly globs: readonly string[];
}

/** `system:name`, a name, or one of these with `*` for the rest of it; emphasis such as `*word*` is none. */
const TOKEN = /[A-Za-z]\w*(?::[A-Za-z_*?][\w*?]*)?(?:(?<=_)\*\w*)?/g;

function readText(text: string): Reading {
  // Markdown escapes underscores and sets names in asterisks.
  const plain = text.replaceAll(/\\(?=[_*:[\]])/g, "").replaceAll("**", "");
  const passages = plain.split(/\n\s*\n|\n(?=[-*•+] )/).map((passage): Passage => {
    const tokens = passage.match(TOKEN) ?? [];
    return { words: wordsIn(passage), globs: tokens.filter((token) => token.includes("*") && token !== "*:*") };
  });
  return {
    flat: plain.replaceAll(/\s+/g, " "),
    words: wordsIn(plain),
    hex: plain.toLowerCase().match(/\b[0-9a-f]{7,40}\b/g) ?? [],
    passages,
  };
}

function wordsIn(text: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const [token] of text.matchAll(TOKEN)) {
    words.add(token);
    for (const part of token.split(":")) words.add(part.replace(/^trace_(?=\w)/, "")).add(part);
  }
  return words;
}

/** Whether a text names a change with what changed, the event alone, or nothing of it. */
function findMention(change: NotedChange, reading: Reading): "whole" | "event" | "nothing" {
  const { finding } = change;
  if (commitsOf(change).some((commit) => namesCommit(reading, commit))) return "whole";
  if (finding.event === "*:*")
    return namesOfEvery(finding).some((name) => reading.words.has(name)) ? "whole" : "nothing";
  const ids = [finding.event, ...(finding.siblings ?? []), ...formerId(finding)];
  const isNamedIn = (passage: Passage): boolean => ids.some((id) => namesEvent(passage, id));
  if (finding.subject === undefined) return reading.passages.some(isNamedIn) ? "whole" : "nothing";
  // Of an expression such as `entry->flags`, the field.
  const subject = finding.subject.match(/\w+/g)?.at(-1) ?? finding.subject;
  let isEventNamed = false;
  let isUnderEvent = false;
  for (const passage of reading.passages) {
    // What follows belongs to the event that was named last, as under a heading.
    if (isNamedIn(passage)) isEventNamed = isUnderEvent = true;
    else if (namesAnyEvent(passage)) isUnderEvent = false;
    if (isUnderEvent && passage.words.has(subject)) return "whole";
  }
  return isEventNamed ? "event" : "nothing";
}

function namesAnyEvent({ words }: Passage): boolean {
  return [...words].some((word) => word.includes(":"));
}

function namesEvent({ words, globs }: Passage, id: string): boolean {
  return words.has(id) || words.has(id.slice(id.indexOf(":") + 1)) || globs.some((glob) => eventMatcher(glob)(id));
}

/** The name that a renamed event had. */
function formerId({ before, rule }: Finding): readonly string[] {
  const isRename = rule === "event-renamed" || rule === "event-moved" || rule === "tracepoint-renamed";
  return isRename && before !== undefined ? [before] : [];
}

/** Names by which a text can mention what concerns every event: common fields that came or went, and constants. */
function namesOfEvery({ before = "", after = "", subject, folded = [] }: Finding): readonly string[] {
  const [was, is] = [wordsIn(before), wordsIn(after)];
  const changed = [...was, ...is].filter((word) => was.has(word) !== is.has(word));
  const names = [
    ...changed,
    ...(subject === undefined ? [] : [subject]),
    ...folded.map((one) => one.split(":")[0] ?? ""),
  ];
  return names.flatMap((name) => [name, name.replace(/^common_/, "")]).filter((name) => name !== "");
}

function commitsOf({ origins = [] }: NotedChange): readonly NotedCommit[] {
  return origins.flatMap((origin) => (origin.is === "commit" ? [origin.commit] : []));
}

function namesCommit({ hex, flat }: Reading, { id, upstream, elsewhere, subject }: NotedCommit): boolean {
  const ids = [id, ...(upstream === undefined ? [] : [upstream]), ...elsewhere.map((other) => other.id)];
  if (hex.some((digits) => ids.some((own) => own.startsWith(digits) || digits.startsWith(own)))) return true;
  return flat.includes(subject.replaceAll(/\s+/g, " "));
}

/** Mentions of the form `system:name` of a known system, of which no finding speaks. */
function findUnmatched(text: string, changes: readonly NotedChange[], ids: ReadonlySet<string>): readonly Unmatched[] {
  const systems = new Set([...ids].map((id) => id.slice(0, id.indexOf(":"))));
  const changed = changes.flatMap(({ finding }) => idsIn(finding));
  const found = new Map<string, Unmatched>();
  for (const [index, line] of text.split("\n").entries()) {
    for (const [mention] of line.replaceAll("\\", "").replaceAll("**", "").matchAll(TOKEN)) {
      if (!mention.includes(":") || !systems.has(mention.slice(0, mention.indexOf(":"))) || found.has(mention))
        continue;
      const matches = eventMatcher(mention);
      if (changed.some(matches)) continue;
      found.set(mention, { mention, line: index + 1, exists: [...ids].some(matches) });
    }
  }
  return [...found.values()];
}

/** Events that a finding names anywhere: those that it is about, and those that an old one became. */
function idsIn({ event, siblings = [], before = "", after = "", folded = [] }: Finding): readonly string[] {
  const words = wordsIn([event, ...siblings, before, after, ...folded].join(" "));
  return [...words].filter((word) => word.includes(":"));
}
