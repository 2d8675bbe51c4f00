// A snapshot as lists of lines that many kernels have in common: what a line says does not depend on where its event stands.
// Where events stand is a line for each source file, so a header that did not change has the same line in the next release.

import { splitText } from "../snapshot/codec.ts";
import { SNAPSHOT_SCHEMA_VERSION, type Kernel, type Knows, type Snapshot } from "../snapshot/model.ts";

/**
 * The lists of a snapshot by name, as lines: the JSON text of one item each. `places` are `[file, number...]`: what belongs
 * back into the events and tracepoints of that file, in order.
 */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** One kernel as lines. */
export interface KernelLines {
  readonly kernel: Kernel;
  readonly knows: Knows;
  readonly lists: Lists;
}

/** Lists whose items stand somewhere. */
const PLACED = new Set(["events", "tracepoints"]);

/** An item without its place. Kept between kernels: a release has nearly all lines of the one before it. */
interface Moved {
  readonly line: string;
  readonly file: string;
  readonly numbers: readonly number[];
}

interface Place {
  file?: string;
  line: number;
}

interface Placed {
  location?: Required<Place>;
  fields?: { location?: Place }[];
}

/** Memory of items that were taken apart, by their text. */
export type Memory = Map<string, Moved>;

/** The lines of a snapshot's text as `encode` writes it. `memory` makes the next kernel of the series cheap. */
export function toLines(text: string, memory: Memory): KernelLines {
  const { head, sections } = splitText(text);
  const places = new Map<string, number[]>();
  const move = (item: string, isPlaced: boolean): string => {
    let moved = memory.get(item);
    if (moved === undefined) {
      const own = ownText(item);
      memory.set(own, (moved = isPlaced ? takePlace(own) : { line: own, file: "", numbers: [] }));
    }
    if (moved.numbers.length > 0) {
      const known = places.get(moved.file);
      if (known === undefined) places.set(moved.file, [...moved.numbers]);
      else known.push(...moved.numbers);
    }
    return moved.line;
  };
  const lists: Record<string, readonly string[]> = {};
  for (const [name, items] of sections) {
    const isPlaced = PLACED.has(name);
    lists[name] = items.map((item) => move(item, isPlaced));
  }
  lists["places"] = [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, numbers]) => JSON.stringify([file, ...numbers]));
  return {
    kernel: JSON.parse(head.get("kernel") ?? "") as Kernel,
    knows: JSON.parse(head.get("knows") ?? "") as Knows,
    lists,
  };
}

/** The snapshot that the lines were made of. Throws what JSON.parse throws if they are damaged. */
export function toSnapshot({ kernel, knows, lists }: KernelLines): Snapshot {
  const places = new Map<string, Cursor>();
  for (const [file, ...numbers] of parseList(lists["places"] ?? []) as [string, ...number[]][]) {
    places.set(file, { numbers, next: 0 });
  }
  const parsed: Record<string, unknown> = { schemaVersion: SNAPSHOT_SCHEMA_VERSION, kernel, knows };
  for (const [name, lines] of Object.entries(lists)) {
    if (name === "places") continue;
    const value = name === "enums" ? (JSON.parse(`{${lines.join(",")}}`) as unknown) : parseList(lines);
    if (PLACED.has(name)) for (const item of value as Placed[]) putPlace(item, places);
    parsed[name] = value;
  }
  return parsed as unknown as Snapshot;
}

function parseList(lines: readonly string[]): unknown[] {
  return JSON.parse(`[${lines.join(",")}]`) as unknown[];
}

/** A copy: a part of a text keeps the whole text in memory, which is megabytes for each kernel. */
function ownText(part: string): string {
  return Buffer.from(part).toString();
}

/**
 * An event without its lines: its own becomes 0, and its fields' count from the first of them. An event that stands some
 * lines further down, or a class whose fields do, keeps its text.
 */
function takePlace(text: string): Moved {
  const item = JSON.parse(text) as Placed;
  const { location, fields = [] } = item;
  if (location === undefined) return { line: text, file: "", numbers: [] };
  const numbers = [location.line];
  const first = fields.find((field) => field.location !== undefined)?.location?.line;
  if (first !== undefined) numbers.push(first - location.line);
  location.line = 0;
  for (const field of fields) {
    if (field.location !== undefined && first !== undefined) field.location.line -= first;
  }
  return { line: JSON.stringify(item), file: location.file, numbers };
}

function putPlace({ location, fields }: Placed, places: ReadonlyMap<string, Cursor>): void {
  if (location === undefined) return;
  const { file } = location;
  const line = (location.line = take(places.get(file)));
  if (fields === undefined) return;
  let first: number | undefined;
  for (const field of fields) {
    if (field.location === undefined) continue;
    first ??= line + take(places.get(file));
    field.location = { file: field.location.file ?? file, line: first + field.location.line };
  }
}

/** The numbers of a file, and how many of them are taken. */
interface Cursor {
  readonly numbers: readonly number[];
  next: number;
}

function take(cursor: Cursor | undefined): number {
  const number = cursor?.numbers[cursor.next++];
  if (number === undefined) throw new RangeError("an event has no place");
  return number;
}
