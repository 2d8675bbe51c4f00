// The drawing of a record, eight bytes a row, and the table that says the same in words.
// Invariant: the drawing is hidden from screen readers, since the table has all that it shows.

import type { Field } from "../../snapshot/model.ts";
import { count } from "../../reports/text.ts";
import { declare } from "../../rules/words.ts";
import { fateOf, ROW, rowsOf } from "./record.ts";
import { TableBox } from "./parts.tsx";

interface Props {
  readonly title: string;
  readonly common: readonly Field[];
  readonly fields: readonly Field[];
  /** All fields of the record in the other kernel, and whether this one is the later. */
  readonly other?: { readonly fields: readonly Field[]; readonly isLater: boolean };
}

export function RecordView({ title, common, fields, other }: Props) {
  const all = [...common, ...fields];
  const fate = (field: Field) => (other ? fateOf(field, other.fields, other.isLater) : { fate: "same", text: "" });
  const end = Math.max(0, ...all.map(({ offset = 0, size = 0 }) => offset + size));
  return (
    <section class="record" aria-label={`Record in ${title}`}>
      <h3>
        {title} <span class="muted">{end > 0 ? count(end, "byte") : "offsets are not known"}</span>
      </h3>
      <div class="bytes" aria-hidden="true">
        {rowsOf(all).map((row) => (
          <>
            <span class="offset">{row.offset}</span>
            <div class="row">
              {row.segments.map(({ length, field, isFirst }) => (
                <span
                  class={`segment ${field === undefined ? "padding" : fate(field).fate} ${field && common.includes(field) ? "common" : ""} ${isFirst ? "" : "more"}`}
                  style={{ gridColumn: `span ${length}` }}
                  title={
                    field
                      ? `${declare(field)}: offset ${field.offset}, ${count(field.size ?? 0, "byte")}`
                      : count(length, "byte of padding", "bytes of padding")
                  }
                >
                  {isFirst ? (field?.name ?? "") : ""}
                </span>
              ))}
            </div>
            {row.leftOut !== undefined && (
              <span class="left-out muted">… {count(row.leftOut * ROW, "more byte")} of the same field …</span>
            )}
          </>
        ))}
      </div>
      <TableBox label={`Fields in ${title}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">offset</th>
              <th scope="col">size</th>
              <th scope="col">field</th>
              {other && <th scope="col">{other.isLater ? "before" : "after"}</th>}
            </tr>
          </thead>
          <tbody>
            {all.map((field) => (
              <tr class={common.includes(field) ? "muted" : ""}>
                <td class="count">{field.offset ?? "?"}</td>
                <td class="count">{field.size ?? "?"}</td>
                <th scope="row">
                  <code>{declare(field)}</code>
                  {field.when !== undefined && <span class="muted"> if {field.when}</span>}
                </th>
                {other && <td>{fate(field).text}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </section>
  );
}
