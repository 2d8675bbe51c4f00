// The events nearest to one that is not there, or to a kernel function that somebody probes.
// Invariant: events of the given kernel only, nearest first, each with the reason why it is near.

import { renameConfidence } from "../diff/align.ts";
import { compareText } from "../diff/order.ts";
import { dice, nameSimilarity, wordsOf } from "../diff/similarity.ts";
import { tracepointName } from "../diff/tracepoints.ts";
import { eventId, type Snapshot, type TraceEvent } from "../snapshot/model.ts";
import type { Target } from "./use.ts";

/** Every system call has two events; the one that it begins with says more. */
const SYSCALL = "sys_enter_";

/** How many are worth looking at. */
const MAX_SUGGESTIONS = 8;
/** Below this, a suggestion says nothing. */
const LEAST_LIKENESS = 0.35;

export interface Suggestion {
  /** `system:name` */
  readonly event: string;
  /** From 0 to 1. */
  readonly likeness: number;
  /** Why: one line. */
  readonly why: string;
  /** `include/trace/events/block.h:210`, where it is known. */
  readonly location?: string;
}

/** An event that is missing, and its record in a kernel that has it. */
export interface Missing {
  readonly target: Target;
  readonly known?: TraceEvent;
}

/** The events of a kernel that are most like a missing one: same record, or words of its name. */
export function nearestEvents({ target, known }: Missing, kernel: Snapshot): readonly Suggestion[] {
  const words = new Set([...wordsOf(target.name), ...wordsOf(target.system ?? "")]);
  const isNear = ({ system, name }: TraceEvent): boolean =>
    system === target.system || wordsOf(name).some((word) => words.has(word));
  return rank(
    kernel.events.filter(isNear).map((event) => {
      const ofName = target.system === undefined || target.system === event.system ? 1 : 0.8;
      const name = ofName * nameSimilarity(target.name, event.name);
      const renamed = known === undefined ? 0 : renameConfidence(known, event, 1);
      return renamed > name
        ? suggestion(event, renamed, "a record and a name like its own")
        : suggestion(
            event,
            name,
            event.system === target.system ? "of the same system, with a name like it" : "has a name like it",
          );
    }),
  );
}

/** What is known of a kernel function. */
export interface KernelFunction {
  readonly name: string;
  /** Types of its parameters, where the source is there to tell. */
  readonly parameters?: readonly string[];
  /** Tracepoints that are hit in its own body, and in the rest of its file. */
  readonly hits?: readonly string[];
  readonly nearby?: readonly string[];
  readonly file?: string;
}

/** The events that tell of what a kernel function does. */
export function eventsOfFunction(wanted: KernelFunction, kernel: Snapshot): readonly Suggestion[] {
  const tracepoints = new Map(kernel.tracepoints.map((one) => [one.name, one]));
  const words = wordsOf(wanted.name);
  return rank(
    kernel.events
      .filter(({ system, name }) => system !== "ftrace" && (system !== "syscalls" || name.startsWith(SYSCALL)))
      .map((event) => {
        const name = tracepointName(event);
        const types = tracepoints.get(name)?.args.map(({ type }) => type) ?? [];
        const likeWords = dice(words, [
          ...new Set([...wordsOf(event.system), ...wordsOf(event.name.replace(SYSCALL, ""))]),
        ]);
        const likeTypes = wanted.parameters === undefined ? 0 : shareOf(wanted.parameters, types);
        const likeness = Math.min(1, 0.75 * likeWords + 0.25 * likeTypes);
        if (wanted.hits?.includes(name)) return suggestion(event, 1, `hit in ${wanted.name}() itself`);
        if (wanted.nearby?.includes(name)) {
          return suggestion(event, 0.5 + likeness / 2, `hit in the same file, ${wanted.file ?? ""}`);
        }
        return suggestion(event, likeness, likeTypes > 0 ? "words and arguments like its own" : "words like its own");
      }),
  );
}

/** How many of the pointer types that a function takes an event gets, too: they say which objects it is about. */
function shareOf(parameters: readonly string[], types: readonly string[]): number {
  const objects = parameters.filter((type) => type.includes("*")).map(withoutConst);
  if (objects.length === 0) return 0;
  const known = new Set(types.map(withoutConst));
  return objects.filter((type) => known.has(type)).length / objects.length;
}

function withoutConst(type: string): string {
  return type.replaceAll(/\bconst\b|\s/g, "");
}

function suggestion(event: TraceEvent, likeness: number, why: string): Suggestion {
  return {
    event: eventId(event),
    likeness: Math.round(100 * likeness) / 100,
    why,
    ...(event.location === undefined ? {} : { location: `${event.location.file}:${event.location.line}` }),
  };
}

function rank(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  return suggestions
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS)
    .sort((one, other) => other.likeness - one.likeness || compareText(one.event, other.event))
    .slice(0, MAX_SUGGESTIONS);
}
