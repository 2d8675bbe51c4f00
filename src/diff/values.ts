// Compares the numbers behind symbols: tables of print formats, and enum constants.
// Invariant: a constant whose label already shows in a changed table of the same event is not told a second time.

import type { Snapshot } from "../snapshot/model.ts";
import type { EventPair } from "./align.ts";
import type { ChangeOf, EventRef, ValueChange } from "./change.ts";
import { EVERY_EVENT, refTo } from "./event-ref.ts";
import type { SystemSizes } from "./event-ref.ts";
import { compareText } from "./order.ts";

type Table = Readonly<Record<string, number>>;
type EnumKind = "enum-value-changed" | "enum-value-removed" | "enum-value-added";

/** Changed `__print_symbolic` and `__print_flags` tables of one event. */
export function symbolChanges(pair: EventPair, event: EventRef): readonly ChangeOf<"symbol-table-changed">[] {
  const were = pair.before.print?.symbols;
  const are = pair.after.print?.symbols;
  if (were === undefined || are === undefined) return [];
  return pairTables(were, are).flatMap(({ expression, before, after }) => {
    const values = compareValues(before, after);
    const renumbered = values.filter((value) => value.before !== undefined && value.after !== undefined);
    const removed = values.filter((value) => value.after === undefined);
    const added = values.filter((value) => value.before === undefined);
    if (values.length === 0) return [];
    const field = fieldOf(expression);
    const read = field === undefined ? {} : { field };
    return [{ kind: "symbol-table-changed", event, siblings: [], expression, ...read, renumbered, removed, added }];
  });
}

/** Changed enum constants, one change for all constants that the same events print. */
export function enumChanges(
  before: Snapshot,
  after: Snapshot,
  told: ReadonlySet<string>,
  sizes: SystemSizes,
): readonly ChangeOf<EnumKind>[] {
  const values = compareValues(before.enums, after.enums);
  if (values.length === 0) return [];
  const users = usersOf(new Set(values.map((value) => value.name)), [before, after], sizes);
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
    event: events[0] ?? EVERY_EVENT,
    siblings: events.slice(1).map((event) => event.id),
    constants,
  }));
}

function kindOf({ before, after }: ValueChange): EnumKind {
  if (before === undefined) return "enum-value-added";
  return after === undefined ? "enum-value-removed" : "enum-value-changed";
}

/** Which events name a constant in what they print, sorted by id. */
function usersOf(
  names: ReadonlySet<string>,
  snapshots: readonly Snapshot[],
  sizes: SystemSizes,
): ReadonlyMap<string, readonly EventRef[]> {
  const users = new Map<string, Map<string, EventRef>>();
  for (const snapshot of snapshots) {
    for (const event of snapshot.events) {
      for (const [word] of event.print?.args.matchAll(/\b[A-Za-z_]\w+\b/g) ?? []) {
        if (!names.has(word)) continue;
        const ref = refTo(event, sizes);
        const found = users.get(word);
        if (found === undefined) users.set(word, new Map([[ref.id, ref]]));
        else found.set(ref.id, ref);
      }
    }
  }
  return new Map(
    [...users].map(([name, found]) => [name, [...found.values()].sort((one, other) => compareText(one.id, other.id))]),
  );
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

/** Tables of the same expression; where its text changed, of the same field. */
function pairTables(
  before: Readonly<Record<string, Table>>,
  after: Readonly<Record<string, Table>>,
): readonly { readonly expression: string; readonly before: Table; readonly after: Table }[] {
  const byField = new Map(Object.keys(before).map((expression) => [fieldOf(expression), expression]));
  return Object.keys(after)
    .sort(compareText)
    .flatMap((expression) => {
      const same = Object.hasOwn(before, expression) ? expression : byField.get(fieldOf(expression));
      const [was, is] = [same === undefined ? undefined : before[same], after[expression]];
      return was === undefined || is === undefined ? [] : [{ expression, before: was, after: is }];
    });
}

/** The one field that an expression reads. */
function fieldOf(expression: string): string | undefined {
  const fields = new Set([...expression.matchAll(/(?:REC|__entry)->(\w+)/g)].map((match) => match[1]));
  return fields.size === 1 ? [...fields][0] : undefined;
}
