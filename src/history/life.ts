// The life of one event, or of one field of it, over a list of kernels. Plain data; src/history/show-life.ts prints it.
// Invariant: an event is followed through renames in both directions, whichever of its names was asked for.

import type { Change } from "../diff/change.ts";
import { ToolError } from "../errors.ts";
import { type Finding, type Level, LEVELS } from "../rules/finding.ts";
import { eventMatcher } from "../snapshot/event-glob.ts";
import { eventId, type Field, type Snapshot } from "../snapshot/model.ts";
import { concernsField, eventsOf, idsOf, renamedEvent } from "./concern.ts";
import type { Link } from "./series.ts";
import { judge, type Step } from "./walk.ts";

/** What an event is in one kernel, and what happened to it since the kernel before. */
export interface LifeStep extends Link {
  /**
   * `first`: there in the oldest kernel that was looked at. `introduced`, `gone`, `absent`: as such. `renamed`, `changed`:
   * against the predecessor. `same`: nothing happened.
   */
  readonly state: "first" | "introduced" | "gone" | "absent" | "renamed" | "changed" | "same";
  /** What it is called in this kernel; absent where it is not there. */
  readonly event?: string;
  /** The field as C declares it, where a field was asked for and is there. */
  readonly field?: string;
  /** Level of the worst finding. */
  readonly level?: Level;
  readonly findings: readonly Finding[];
}

export interface Life {
  /** As the user asked for it. */
  readonly asked: string;
  /** All ids that it has had, the asked one included. */
  readonly names: readonly string[];
  /** All names that the field has had; empty where none was asked for. */
  readonly fields: readonly string[];
  readonly steps: readonly LifeStep[];
}

/** What is asked for: a pattern of events that must come to one event, and perhaps a field or argument of it. */
export interface Subject {
  readonly event: string;
  readonly field?: string;
}

/** Takes `sched:sched_switch.prev_state` apart; names of events and fields have no dots. */
export function parseSubject(text: string): Subject {
  const [event = "", field, ...rest] = text.split(".");
  if (event === "" || field === "" || rest.length > 0) {
    throw new ToolError("bad-usage", `'${text}' is no event`, { hint: "write EVENT or EVENT.FIELD" });
  }
  return { event, ...(field === undefined ? {} : { field }) };
}

/** Follows an event; `steps` begins the walk again, since an earlier name may be learnt from a later kernel. */
export async function followLife(asked: string, steps: () => AsyncIterable<Step>): Promise<Life> {
  const subject = parseSubject(asked);
  const tracked = { matches: eventMatcher(subject.event), ids: new Set<string>(), fields: new Set<string>() };
  if (subject.field !== undefined) tracked.fields.add(subject.field);
  for (;;) {
    const known = tracked.ids.size + tracked.fields.size;
    const found: LifeStep[] = [];
    let isComplete = true;
    for await (const step of steps()) {
      if (learnNames(step, tracked)) isComplete = false;
      found.push(describeStep(step, tracked));
    }
    // Every round learns a name, of which there are finitely many.
    if (isComplete || tracked.ids.size + tracked.fields.size === known) return finish(asked, subject, tracked, found);
  }
}

interface Tracked {
  readonly matches: (id: string) => boolean;
  /** Names seen so far, of kernels that were looked at or learnt from renames. */
  readonly ids: Set<string>;
  readonly fields: Set<string>;
}

function isTracked(id: string, { matches, ids }: Tracked): boolean {
  return ids.has(id) || matches(id);
}

/** Adds names that renames lead to; true if a name of earlier kernels is new, so that they have to be read again. */
function learnNames({ changes }: Step, tracked: Tracked): boolean {
  let isNewEarlier = false;
  const learn = (names: Set<string>, from: string, to: string, hasFrom: boolean, hasTo: boolean): void => {
    if (hasFrom && !hasTo) names.add(to);
    if (hasTo && !hasFrom) {
      names.add(from);
      isNewEarlier = true;
    }
  };
  for (const change of changes) {
    const event = renamedEvent(change);
    if (event !== undefined) {
      const { from, to } = event;
      learn(tracked.ids, from.id, to.id, isTracked(from.id, tracked), isTracked(to.id, tracked));
    } else if (change.kind === "field-renamed" && isAbout(change, tracked)) {
      const [from, to] = [change.before.name, change.after.name];
      learn(tracked.fields, from, to, tracked.fields.has(from), tracked.fields.has(to));
    }
  }
  return isNewEarlier;
}

function isAbout(change: Change, tracked: Tracked): boolean {
  const ids = eventsOf(change);
  return ids.length === 0 ? isOfEvery(change, tracked) : ids.some((id) => isTracked(id, tracked));
}

/** Noise names the fields that it explains; a change of the common fields concerns every event. */
function isOfEvery(change: Change, tracked: Tracked): boolean {
  if (!("fields" in change) || "event" in change) return true;
  return change.fields.some((path) => isTracked(path.slice(0, path.lastIndexOf(".")), tracked));
}

function describeStep(step: Step, tracked: Tracked): LifeStep {
  const { link, before, after, changes } = step;
  const was = before === undefined ? undefined : find(before, tracked);
  const is = find(after, tracked);
  const relevant = changes.filter(
    (change) => isAbout(change, tracked) && (tracked.fields.size === 0 || concernsField(change, tracked.fields)),
  );
  const isThere = was !== undefined || is !== undefined;
  const version = before?.kernel.version ?? "";
  const findings = isThere ? judge(relevant, version).flatMap((judged) => judged.findings) : [];
  const level = LEVELS.find((candidate) => findings.some((finding) => finding.level === candidate));
  return {
    ...link,
    state: stateOf(before !== undefined, was, is, findings.length > 0),
    ...(is === undefined ? {} : { event: is.id }),
    ...(is?.field === undefined ? {} : { field: is.field }),
    ...(level === undefined ? {} : { level }),
    findings,
  };
}

function stateOf(
  hasBefore: boolean,
  was: Found | undefined,
  is: Found | undefined,
  hasFindings: boolean,
): LifeStep["state"] {
  if (is === undefined) return was === undefined ? "absent" : "gone";
  if (was === undefined) return hasBefore ? "introduced" : "first";
  if (was.id !== is.id || was.name !== is.name) return "renamed";
  return hasFindings ? "changed" : "same";
}

interface Found {
  readonly id: string;
  /** Name and declaration of the field that was asked for. */
  readonly name?: string;
  readonly field?: string;
}

/** The event (and field) in one kernel; several events are an error, because their lives differ. */
function find(snapshot: Snapshot, tracked: Tracked): Found | undefined {
  const ids = [...new Set(idsOf(snapshot).filter((id) => isTracked(id, tracked)))];
  for (const id of ids) tracked.ids.add(id);
  const [id, other] = ids;
  if (id === undefined) return undefined;
  if (other !== undefined) {
    throw new ToolError("ambiguous-event", `several events are meant: ${ids.slice(0, 5).join(", ")}`);
  }
  if (tracked.fields.size === 0) return { id };
  const own = snapshot.events.find((event) => eventId(event) === id);
  const field = [...snapshot.commonFields, ...(own?.fields ?? [])].find(({ name }) => tracked.fields.has(name));
  if (field !== undefined) return { id, name: field.name, field: describeField(field) };
  const tracepoint = snapshot.tracepoints.find(
    ({ name }) => name === (own?.tracepoint ?? id.slice(id.indexOf(":") + 1)),
  );
  const position = tracepoint?.args.findIndex(({ name }) => tracked.fields.has(name)) ?? -1;
  const arg = tracepoint?.args[position];
  return arg && { id, name: arg.name, field: `argument ${position + 1}: ${arg.type} ${arg.name}` };
}

function describeField({ name, type, offset, size }: Field): string {
  return `${type} ${name}${offset === undefined ? "" : ` at ${offset}`}${size === undefined ? "" : `, ${size} bytes`}`;
}

function finish(asked: string, { event, field }: Subject, tracked: Tracked, steps: readonly LifeStep[]): Life {
  if (tracked.ids.size === 0) {
    throw new ToolError("unknown-event", `no event of these kernels is named '${event}'`, {
      hint: `see what is near to it with \`tpabi suggest ${event}\``,
    });
  }
  if (field !== undefined && !steps.some((step) => step.event !== undefined)) {
    throw new ToolError("unknown-event", `'${event}' has no field or argument '${field}' in any of these kernels`, {
      hint: `see what it had with \`tpabi history ${event} --all\``,
    });
  }
  return { asked, names: [...tracked.ids].sort(), fields: [...tracked.fields].sort(), steps };
}
