// Kernels with everything that a snapshot can say, chosen by a seed: what properties are tested on.
// Invariant: sorted and without two things of one name, as every source of facts gives them.

import type {
  Arg,
  EventClass,
  Field,
  FieldKind,
  Location,
  Origin,
  Problem,
  Snapshot,
  TraceEvent,
  Tracepoint,
} from "../../src/snapshot/model.ts";
import { type Next, numbers, pick, shuffle } from "../random.ts";
import { HOSTILE_TEXTS } from "../samples.ts";

const TYPES = ["int", "u32", "u64", "unsigned short", "struct page *", "enum demo_state", "pid_t", "__data_loc char[]"];
const KINDS: readonly FieldKind[] = ["scalar", "array", "dynamic", "relative"];
const ORIGINS: readonly (readonly Origin[])[] = [["source"], ["tracefs"], ["btf"], ["tracefs", "btf", "source"]];

/** Names that objects have anyway, that look like numbers, or that need an escape somewhere. */
const ODD_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "0",
  "10",
  "9",
  "-1",
  "",
  " ",
  "]",
  "}",
  "],",
  "\u2028",
  "é😀",
];

/** A snapshot; with `odd`, names and texts are such as nobody would choose. */
export function randomSnapshot(seed: number, odd = false): Snapshot {
  const next = numbers(seed);
  const word = (stem: string): string =>
    odd && next(3) === 0 ? pick([...ODD_NAMES, ...HOSTILE_TEXTS], next) : `${stem}_${next(40)}`;
  const maybe = <T>(value: T): T | undefined => (next(3) === 0 ? undefined : value);
  const files = Array.from({ length: 3 }, (_, index) => (odd ? word("file") : `include/trace/events/f${index}.h`));
  const location = (): Location => ({ file: pick(files, next), line: 1 + next(500) });
  const several = <T>(most: number, make: () => T): T[] => Array.from({ length: next(most + 1) }, make);
  const values = (): Record<string, number> =>
    Object.fromEntries(several(4, () => [word("VALUE"), next(2) === 0 ? next(100) : -next(2 ** 31)]));

  const field = (place: Location | undefined): Field =>
    defined({
      name: word("field"),
      type: pick(TYPES, next),
      kind: pick(KINDS, next),
      offset: maybe(8 + next(60)),
      size: maybe(1 << next(5)),
      signed: maybe(next(2) === 0),
      length: maybe(next(20)),
      when: maybe(word("CONFIG")),
      location: place && maybe({ file: next(4) === 0 ? pick(files, next) : place.file, line: 1 + next(500) }),
    });
  const event = (): TraceEvent => {
    const place = maybe(location());
    return defined({
      system: word("system"),
      name: word("event"),
      class: maybe(word("class")),
      tracepoint: maybe(word("event")),
      fields: unique(
        several(6, () => field(place)),
        ({ name }) => name,
      ),
      print: maybe(
        defined({
          format: word("text"),
          args: word("REC->x"),
          symbols: maybe(Object.fromEntries(several(2, () => [word("REC->x"), values()]))),
        }),
      ),
      when: maybe(word("CONFIG")),
      location: place,
    });
  };
  const arg = (): Arg => defined({ name: word("arg"), type: pick(TYPES, next), nullable: maybe(next(2) === 0) });
  const tracepoint = (): Tracepoint =>
    defined({
      name: word("event"),
      args: unique(several(4, arg), (one) => one.name),
      bare: next(4) === 0 ? true : undefined,
      writable: next(8) === 0 ? true : undefined,
      when: maybe(word("CONFIG")),
      location: maybe(location()),
    });
  const eventClass = (): EventClass =>
    defined({ name: word("class"), fields: several(4, () => field(undefined)), size: maybe(next(200)) });
  const problem = (): Problem =>
    defined({
      code: "unknown-type",
      message: word("message"),
      file: maybe(word("file")),
      line: maybe(1 + next(9)),
      event: maybe(word("event")),
    });
  const knows = (): boolean => next(5) > 0;
  return defined({
    schemaVersion: 1,
    kernel: defined({
      version: odd ? word("version") : `6.${next(20)}.${next(200)}`,
      arch: pick(["x86_64", "arm64", ""], next),
      origin: pick(ORIGINS, next),
      ref: maybe(word("ref")),
      commit: maybe("0123456789abcdef".repeat(3).slice(0, 40)),
      config: maybe(word("digest")),
    }),
    knows: {
      layout: knows(),
      types: knows(),
      args: knows(),
      printFormat: knows(),
      values: knows(),
      locations: knows(),
      existence: knows(),
    },
    commonFields: unique(
      several(5, () => field(undefined)),
      ({ name }) => name,
    ),
    events: unique(several(12, event), idOf).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
    tracepoints: unique(several(12, tracepoint), ({ name }) => name).sort((a, b) => (a.name < b.name ? -1 : 1)),
    classes: maybe(several(3, eventClass)),
    contexts: maybe(several(2, eventClass)),
    enums: values(),
    problems: several(3, problem),
  });
}

function idOf({ system, name }: TraceEvent): string {
  return `${system}\0${name}`;
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

/** The object without the keys that have no value. */
function defined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}

/** The snapshot with its lists in another order. */
export function shuffled(snapshot: Snapshot, next: Next): Snapshot {
  return { ...snapshot, events: shuffle(snapshot.events, next), tracepoints: shuffle(snapshot.tracepoints, next) };
}
