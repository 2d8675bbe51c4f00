// Compares the numbers behind symbols: tables of print formats, and enum constants.
// Invariant: a constant whose label already shows in a changed table of the same event is not told a second time.

import type { Snapshot } from "../snapshot/model.ts";
import type { EventPair } from "./align.ts";
import type { ChangeOf, EventRef, ValueChange } from "./change.ts";
import { NO_EVENT, refTo } from "./event-ref.ts";
import { compareText } from "./order.ts";
import type { SymbolTable, TableReader } from "./symbol-tables.ts";

type Table = Readonly<Record<string, number>>;
type EnumKind = "enum-value-changed" | "enum-value-removed" | "enum-value-added";

/** Changed `__print_symbolic` and `__print_flags` tables of one event. */
export function symbolChanges(
  pair: EventPair,
  event: EventRef,
  readTables: TableReader,
): readonly ChangeOf<"symbol-table-changed">[] {
  const [was, is] = [pair.before.print, pair.after.print];
  if (was === undefined || is === undefined) return [];
  if (was.args === is.args && was.symbols === undefined && is.symbols === undefined) return [];
  return pairTables(readTables(was), readTables(is)).flatMap(({ expression, before, after }) => {
    if (before === after) return [];
    const changes = compareTables(before, after);
    if (changes.renumbered.length + changes.removed.length + changes.added.length === 0) return [];
    const field = fieldOf(expression);
    const reads = field === undefined ? {} : { reads: field };
    return [{ kind: "symbol-table-changed", event, siblings: [], expression, ...reads, ...changes }];
  });
}

function compareTables(
  before: SymbolTable,
  after: SymbolTable,
): Pick<ChangeOf<"symbol-table-changed">, "renumbered" | "removed" | "added"> {
  const renumbered: ValueChange[] = [];
  const removed: ValueChange[] = [];
  const added: ValueChange[] = [];
  for (const [name, was] of before) {
    const is = after.get(name);
    if (!after.has(name)) removed.push({ name, ...(was === undefined ? {} : { before: was }) });
    else if (was !== undefined && is !== undefined && was !== is) renumbered.push({ name, before: was, after: is });
  }
  for (const [name, is] of after)
    if (!before.has(name)) added.push({ name, ...(is === undefined ? {} : { after: is }) });
  const byName = (one: ValueChange, other: ValueChange): number => compareText(one.name, other.name);
  return { renumbered: renumbered.sort(byName), removed: removed.sort(byName), added: added.sort(byName) };
}

/** Changed enum constants, one change for all constants that the same events print. */
export function enumChanges(
  before: Snapshot,
  after: Snapshot,
  tables: readonly ChangeOf<"symbol-table-changed">[],
): readonly ChangeOf<EnumKind>[] {
  const told = new Set(tables.flatMap((table) => [table.event.id, ...table.siblings]));
  const shown = new Set(tables.flatMap(numbersTold));
  const values = compareValues(before.enums, after.enums).filter((value) => !shown.has(numbers(value)));
  if (values.length === 0) return [];
  const users = usersOf(new Set(values.map((value) => value.name)), [before, after]);
  const groups = new Map<string, { kind: EnumKind; events: readonly EventRef[]; constants: ValueChange[] }>();
  for (const value of values) {
    const all = users.get(value.name) ?? [];
    const events = all.filter((event) => !told.has(event.id));
    if (all.length > 0 && events.length === 0) continue;
    const kind = kindOf(value);
    const key = `${kind} ${events.map((event) => event.id).join(" ")}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, events, constants: [value] });
    else group.constants.push(value);
  }
  return [...groups.values()].map(({ kind, events, constants }) => ({
    kind,
    event: events[0] ?? NO_EVENT,
    siblings: events.slice(1).map((event) => event.id),
    constants,
  }));
}

/** What a changed table tells; a constant whose label was reworded too is one that is gone and one that is new there. */
function numbersTold({ renumbered, removed, added }: ChangeOf<"symbol-table-changed">): readonly string[] {
  const reworded = removed.flatMap((gone) => added.map((come) => ({ ...gone, ...come })));
  return [...renumbered, ...removed, ...added, ...reworded].map(numbers);
}

/** Sources print the resolved number in place of the name, so a constant is known in a table by its numbers alone. */
function numbers({ before, after }: ValueChange): string {
  return `${before} ${after}`;
}

function kindOf({ before, after }: ValueChange): EnumKind {
  if (before === undefined) return "enum-value-added";
  return after === undefined ? "enum-value-removed" : "enum-value-changed";
}

/** Which events name a constant in what they print, sorted by id. */
function usersOf(names: ReadonlySet<string>, snapshots: readonly Snapshot[]): ReadonlyMap<string, readonly EventRef[]> {
  const users = new Map<string, Map<string, EventRef>>();
  // Events of a class print the same text.
  const known = new Map<string, readonly string[]>();
  for (const snapshot of snapshots) {
    for (const event of snapshot.events) {
      const args = event.print?.args ?? "";
      const found = known.get(args) ?? wordsAmong(names, args);
      known.set(args, found);
      for (const word of found) {
        const ref = refTo(event);
        const others = users.get(word);
        if (others === undefined) users.set(word, new Map([[ref.id, ref]]));
        else others.set(ref.id, ref);
      }
    }
  }
  return new Map(
    [...users].map(([name, found]) => [name, [...found.values()].sort((one, other) => compareText(one.id, other.id))]),
  );
}

function wordsAmong(names: ReadonlySet<string>, text: string): readonly string[] {
  return (text.match(/\b[A-Za-z_]\w+\b/g) ?? []).filter((word) => names.has(word));
}

function compareValues(before: Table, after: Table): readonly ValueChange[] {
  const gone = Object.keys(before).filter((name) => own(before, name) !== own(after, name));
  const come = Object.keys(after).filter((name) => !Object.hasOwn(before, name));
  const changed = [...gone, ...come];
  return changed.sort(compareText).map((name) => {
    const [was, is] = [own(before, name), own(after, name)];
    return { name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) };
  });
}

function own(table: Table, name: string): number | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Tables of the same expression; where its text changed, the only ones of the same field. */
function pairTables(
  before: ReadonlyMap<string, SymbolTable>,
  after: ReadonlyMap<string, SymbolTable>,
): readonly { readonly expression: string; readonly before: SymbolTable; readonly after: SymbolTable }[] {
  const [were, are] = [onlyByField(before), onlyByField(after)];
  return [...after].flatMap(([expression, is]) => {
    const field = fieldOf(expression) ?? "";
    const was = before.get(expression) ?? (are.get(field) === is ? were.get(field) : undefined);
    return was === undefined ? [] : [{ expression, before: was, after: is }];
  });
}

/** Tables by field, where a field has one table. */
function onlyByField(tables: ReadonlyMap<string, SymbolTable>): ReadonlyMap<string, SymbolTable> {
  const found = new Map<string, SymbolTable>();
  const several = new Set<string>([""]);
  for (const [expression, table] of tables) {
    const field = fieldOf(expression) ?? "";
    if (found.has(field)) several.add(field);
    found.set(field, table);
  }
  for (const field of several) found.delete(field);
  return found;
}

/** The one field that an expression reads. */
function fieldOf(expression: string): string | undefined {
  const fields = new Set([...expression.matchAll(/(?:REC|__entry)->(\w+)/g)].map((match) => match[1]));
  return fields.size === 1 ? [...fields][0] : undefined;
}
