// What a table is: its columns, and the rows that one kernel adds to it.

import { createJudge } from "../rules/classify.ts";
import { knownConsumers } from "../rules/consumers.ts";
import { compareDanger } from "../rules/danger.ts";
import type { Finding } from "../rules/finding.ts";
import type { TraceEvent } from "../snapshot/model.ts";
import { eventId } from "../snapshot/model.ts";
import type { Step } from "../history/walk.ts";
import type { Columns, Row, RowOf } from "./column.ts";

/** One kernel as tables see it. */
export interface ExportStep extends Step {
  /** The columns `kernel` and `arch` of all its rows. */
  readonly key: { readonly kernel: string; readonly arch: string };
  readonly events: readonly NumberedEvent[];
  /** The findings of all changes, most dangerous first. */
  readonly findings: readonly NumberedFinding[];
}

export interface NumberedEvent {
  readonly event: TraceEvent;
  /** The columns that name it: rows begin with one spread of them, since V8 is slow at any further one. */
  readonly key: ExportStep["key"] & { readonly event: string; readonly variant: number };
}

export interface NumberedFinding {
  readonly finding: Finding;
  /** The place of its change in `changes`. */
  readonly change: number;
}

/** One table. */
export interface Table {
  /** What a row is; no final stop. */
  readonly meaning: string;
  /** The columns that no two rows have in common. */
  readonly key: readonly string[];
  readonly columns: Columns;
  readonly rowsOf: (step: ExportStep) => Iterable<Row>;
}

/** A table, with the rows checked against the columns. */
export function table<const C extends Columns>(
  definition: Omit<Table, "columns" | "rowsOf"> & {
    readonly columns: C;
    readonly rowsOf: (step: ExportStep) => Iterable<RowOf<C>>;
  },
): Table {
  return definition;
}

/** What tables need of a step; changes are judged for the programs of the kernel before, as in `tpabi stats`. */
export function toExportStep(step: Step): ExportStep {
  const key = { kernel: step.link.version, arch: step.after.kernel.arch };
  const variants = new Map<string, number>();
  const events = step.after.events.map((event) => {
    const id = eventId(event);
    const variant = variants.get(id) ?? 0;
    variants.set(id, variant + 1);
    return { event, key: { ...key, event: id, variant } };
  });
  let findings: readonly NumberedFinding[] | undefined;
  return {
    ...step,
    key,
    events,
    get findings() {
      return (findings ??= judge(step));
    },
  };
}

function judge({ before, changes }: Step): readonly NumberedFinding[] {
  const findingsOf = createJudge({ consumers: knownConsumers(before?.kernel.version) });
  return changes
    .flatMap((change, index) => findingsOf(change).map((finding) => ({ finding, change: index })))
    .sort((one, other) => compareDanger(one.finding, other.finding));
}
