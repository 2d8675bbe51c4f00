// The facts of a change that a finding shows whatever the rule: subject, before and after, what it stands for.
// Invariant: no judgement; one switch over all kinds of change, complete by type.

import type { Change, EventRef } from "../diff/change.ts";
import { EVERY_EVENT } from "../diff/event-ref.ts";
import type { Arg, Field, Location } from "../snapshot/model.ts";
import {
  declare,
  declareArg,
  describeGoneValue,
  describeNewValue,
  describeShift,
  describeValue,
  quote,
  VALIDITY_TEXT,
} from "./words.ts";

export interface Facts {
  readonly event: EventRef;
  /** Ids of further events with the same change. */
  readonly siblings: readonly string[];
  readonly subject?: string;
  readonly before?: string;
  readonly after?: string;
  readonly location?: Location;
  readonly confidence?: number;
  /** Fields or arguments whose readers it concerns, beside the subject. */
  readonly affected: readonly string[];
  readonly folded: readonly string[];
}

type Shown = Partial<Omit<Facts, "event" | "siblings">>;

export function factsOf(change: Change): Facts {
  const event = "event" in change ? change.event : EVERY_EVENT;
  const siblings = "siblings" in change ? change.siblings : [];
  const shown = shownOf(change);
  const location = shown.location ?? event.location;
  const effect = "effect" in change ? change.effect : undefined;
  return {
    event,
    siblings,
    affected: effect?.shifted.map((shift) => shift.name) ?? [],
    ...shown,
    ...(location === undefined ? {} : { location }),
    folded: [
      ...(shown.folded ?? []),
      ...(effect?.shifted.map(describeShift) ?? []),
      ...(effect?.print === undefined ? [] : ["the printed line changed along"]),
    ],
  };
}

function shownOf(change: Change): Shown {
  switch (change.kind) {
    case "event-added":
    case "tracepoint-added":
      return { after: change.event.id };
    case "event-removed":
    case "tracepoint-removed":
      return { before: change.event.id };
    case "event-renamed":
    case "event-moved":
      return { before: change.from.id, after: change.event.id, confidence: change.confidence };
    case "event-split":
      return {
        before: change.event.id,
        after: change.parts.map(({ id }) => id).join(", "),
        confidence: change.confidence,
      };
    case "tracepoint-renamed":
      return { before: change.before, after: change.after, confidence: change.confidence };
    case "event-class-changed":
    case "event-condition-changed":
      return beforeAfter(change.before, change.after);
    case "common-fields-changed":
      return beforeAfter(namesOf(change.before), namesOf(change.after));
    case "syscall-context-changed":
      return beforeAfter(change.before.map(place).join("; "), change.after.map(place).join("; "));
    case "syscall-arguments-changed": {
      const lost = [...change.gone, ...change.displaced, ...change.retyped].map(({ name }) => name);
      return {
        ...(lost.length === 1 ? { subject: lost[0] ?? "" } : { affected: lost }),
        ...beforeAfter(change.before.map(declare).join(", "), change.after.map(declare).join(", ")),
      };
    }
    case "field-removed":
      // Its line is one of the earlier kernel; the event's is where it is missing now.
      return { subject: change.field.name, before: place(change.field) };
    case "field-appended":
    case "field-inserted": {
      const [first, ...others] = change.fields;
      const folded = others.map((field) => `also ${place(field)}`);
      return first === undefined ? {} : { ...ofField(first), after: place(first), folded };
    }
    case "field-renamed":
      return { ...ofPair(change.before, change.after), confidence: change.confidence };
    case "field-kind-changed":
    case "field-array-length-changed":
    case "field-size-changed":
    case "field-sign-changed":
    case "field-type-changed":
    case "field-moved":
      return ofPair(change.before, change.after);
    case "field-condition-changed":
      return { ...ofField(change.field), ...beforeAfter(change.before, change.after) };
    case "record-shrunk":
    case "record-grown":
      return beforeAfter(bytes(change.effect.endBefore), bytes(change.effect.endAfter));
    case "argument-removed":
      return {
        ...(change.args[0] === undefined ? {} : ofArg(change.args[0])),
        before: change.args.map(declareArg).join(", "),
        ...pushed(change.shifted, change.args.slice(1)),
      };
    case "argument-inserted":
      return { ...ofAdded(change.args), ...pushed(change.shifted) };
    case "argument-appended":
      return ofAdded(change.args);
    case "argument-moved":
      return {
        ...ofArg(change.arg),
        ...beforeAfter(`argument ${change.positionBefore + 1}`, `argument ${change.position + 1}`),
      };
    case "argument-retyped":
    case "argument-replaced":
    case "argument-renamed":
      return { ...ofArg(change.before), ...beforeAfter(declareArg(change.before), declareArg(change.after)) };
    case "argument-nullability-changed": {
      const [first, ...more] = change.args;
      const nullability = beforeAfter(VALIDITY_TEXT[change.validityBefore], VALIDITY_TEXT[change.validityAfter]);
      if (more.length === 0 && first !== undefined) return { ...nullability, subject: first.name };
      return {
        ...nullability,
        affected: change.args.map(({ name }) => name),
        folded: change.args.map(({ event, name }) => `${event} ${quote(name)}`),
      };
    }
    case "enum-value-changed":
    case "enum-value-removed":
    case "enum-value-added": {
      const describe = DESCRIBE_VALUE[change.kind];
      return {
        ...(change.constants.length === 1 ? { subject: change.constants[0]?.name ?? "" } : {}),
        affected: change.constants.map((constant) => constant.name),
        folded: change.constants.map(describe),
      };
    }
    case "symbol-table-changed":
      return {
        subject: change.reads ?? change.expression,
        affected: [...change.renumbered, ...change.removed].map(({ name }) => name),
        folded: [
          ...change.renumbered.map(describeValue),
          ...change.removed.map(describeGoneValue),
          ...change.added.map(describeNewValue),
        ],
      };
    case "print-format-changed":
    case "print-args-changed":
      return beforeAfter(change.before, change.after);
    case "char-sign-flipped":
    case "array-length-text-changed":
    case "type-text-changed":
      return { folded: change.fields };
  }
}

const DESCRIBE_VALUE = {
  "enum-value-changed": describeValue,
  "enum-value-removed": describeGoneValue,
  "enum-value-added": describeNewValue,
};

function beforeAfter(before: string | undefined, after: string | undefined): Shown {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function ofField(field: Field): Shown {
  return { subject: field.name, ...(field.location === undefined ? {} : { location: field.location }) };
}

/** Readers know the field by its earlier name. */
function ofPair(before: Field, after: Field): Shown {
  return { ...ofField(after), subject: before.name, before: place(before), after: place(after) };
}

function ofArg(arg: Arg): Shown {
  return arg.name === "" ? {} : { subject: arg.name };
}

function ofAdded(args: readonly Arg[]): Shown {
  return { ...(args[0] === undefined ? {} : ofArg(args[0])), after: args.map(declareArg).join(", ") };
}

/** What moved, and which arguments beside the subject went or came along. */
function pushed(
  shifted: readonly { readonly name: string; readonly before: number; readonly after: number }[],
  along: readonly Arg[] = [],
): Shown {
  return {
    affected: [...along, ...shifted].map(({ name }) => name),
    folded: shifted.map(({ name, before, after }) => `${name || "argument"}: position ${before + 1} -> ${after + 1}`),
  };
}

/** `char comm[16] at 8, 16 bytes`. */
function place(field: Field): string {
  const where = field.offset === undefined ? "" : ` at ${field.offset}`;
  return `${declare(field)}${where}${field.size === undefined ? "" : `, ${bytes(field.size)}`}`;
}

function bytes(count: number | undefined): string | undefined {
  return count === undefined ? undefined : `${count} byte${count === 1 ? "" : "s"}`;
}

function namesOf(fields: readonly Field[]): string {
  return fields.map((field) => field.name).join(", ");
}
