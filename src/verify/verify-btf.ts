// Holds what BTF says of tracepoints and event classes against another description of the same kernel.
// Types are compared after both sides are put into one spelling, because BTF has what the compiler made of them.

import { groupBy } from "../snapshot/group.ts";
import { canonicalParameter, canonicalType } from "../snapshot/c-type.ts";
import type { EventClass, Field, Location, Snapshot, Tracepoint } from "../snapshot/model.ts";
import type { Aspect, Comparison, Disagreement } from "./verify.ts";

/** Something with a name of which a side can have several: modules may use the same names. */
type Variants = ReadonlyMap<string, readonly Variant[]>;

interface Variant {
  /** Text that is equal exactly if the fact is. */
  readonly fact: string;
  readonly location?: Location;
}

/** Compares the arguments of tracepoints: how many there are, and their types in order. */
export function verifyArgs(source: Snapshot, running: Snapshot): Comparison {
  if (!source.knows.args || !running.knows.args) return NOTHING;
  return compare("args", argsOf(source), argsOf(running), source.knows.existence);
}

/** Compares the records of event classes: their members, where those lie and what they are. */
export function verifyClasses(source: Snapshot, running: Snapshot): Comparison {
  if (source.classes === undefined && running.classes === undefined) return NOTHING;
  const knowsAll = source.knows.existence && source.events.some((event) => event.class !== undefined);
  return compare("classes", classesOf(source), classesOf(running), knowsAll);
}

/** Compares what BPF programs on system call events get instead of the record. */
export function verifyContexts(source: Snapshot, running: Snapshot): Comparison {
  if (source.contexts === undefined || running.contexts === undefined) return NOTHING;
  return compare("contexts", contextsOf(source.contexts), contextsOf(running.contexts), true);
}

function contextsOf(contexts: readonly EventClass[]): Variants {
  const describe = ({ fields, size }: EventClass): Variant => ({
    fact: [...fields.map(describeMember), `${size ?? "?"} bytes`].join("; "),
  });
  return group(contexts, ({ name }) => `context of syscalls:${name}_*`, describe);
}

const NOTHING: Comparison = { agreements: [], disagreements: [] };

/** With `knowsAll`, the source has to have everything that the running kernel has. */
function compare(aspect: Aspect, ours: Variants, theirs: Variants, knowsAll: boolean): Comparison {
  const names = [...theirs.keys()].filter((name) => knowsAll || ours.has(name)).sort();
  const disagreements = names.flatMap((name) => disagreement(aspect, name, ours.get(name), theirs.get(name) ?? []));
  const total = names.length;
  if (total === 0) return NOTHING;
  return { agreements: [{ aspect, total, exact: total - disagreements.length }], disagreements };
}

/** A name agrees if each thing of the source that goes by it is one that the running kernel has. */
function disagreement(
  aspect: Aspect,
  event: string,
  ours: readonly Variant[] | undefined,
  theirs: readonly Variant[],
): readonly Disagreement[] {
  const facts = theirs.map(({ fact }) => fact);
  const other = ours?.find(({ fact }) => !facts.includes(fact));
  if (ours !== undefined && other === undefined) return [];
  return [
    {
      event,
      aspect,
      running: facts.join(" or "),
      ...(other !== undefined && { source: other.fact }),
      ...(other?.location !== undefined && { location: other.location }),
    },
  ];
}

function argsOf({ tracepoints }: Snapshot): Variants {
  return group(tracepoints, ({ name }) => name, describeArgs);
}

function describeArgs({ args, location }: Tracepoint): Variant {
  const fact = `(${args.map(({ type }) => canonicalParameter(type)).join(", ")})`;
  return location === undefined ? { fact } : { fact, location };
}

/**
 * The records of classes by the name of their struct. Source has them with its events; tracefs does not say which class an
 * event has, and of those that TRACE_EVENT made it is the one of the same name.
 */
function classesOf({ classes, events }: Snapshot): Variants {
  const knowsClass = events.some((event) => event.class !== undefined);
  const ofEvents = events.flatMap((event) => {
    const name = knowsClass ? event.class : event.name;
    return name === undefined ? [] : [{ ...event, name }];
  });
  return group(
    [...(classes ?? ofEvents)],
    ({ name }) => `trace_event_raw_${name}`,
    (found) => ({
      fact: found.fields.map(describeMember).join("; "),
      ...("location" in found && found.location !== undefined && { location: found.location }),
    }),
  );
}

/** BTF knows of a dynamic field where its word lies, but neither its element type nor the sign of that. */
function describeMember({ name, type, kind, offset, size, signed }: Field): string {
  const place = `at ${offset ?? "?"}, ${size ?? "?"} bytes`;
  if (kind === "dynamic" || kind === "relative") return `${kind} ${name} ${place}`;
  return `${canonicalType(type)} ${name} ${place}, ${signed === undefined ? "sign ?" : signed ? "signed" : "unsigned"}`;
}

function group<T>(items: readonly T[], nameOf: (item: T) => string, describe: (item: T) => Variant): Variants {
  return new Map([...groupBy(items, nameOf)].map(([name, variants]) => [name, variants.map(describe)]));
}
