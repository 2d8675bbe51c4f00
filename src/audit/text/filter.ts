// Filters of events, `prev_pid == 0 && next_comm ~ "bash*"`: the fields they compare. The grammar is that of
// kernel/trace/trace_events_filter.c: a field, an operator, a value.

import { tokenize } from "./scan.ts";
import type { FieldSubject } from "../use.ts";

const OPERATORS = new Set(["==", "!=", "<", "<=", ">", ">=", "&", "~"]);
/** What the filter knows without the event having such a field. */
const NO_FIELDS = new Set(["cpu", "CPU", "comm", "COMM", "stacktrace", "STACKTRACE"]);

/** The fields of a filter with their offsets in it; common fields are among them. */
export function filterFields(filter: string): readonly { readonly subject: FieldSubject; readonly offset: number }[] {
  const tokens = tokenize(filter, { sigils: true });
  return tokens.flatMap((token, index) => {
    const operator = tokens[index + 1]?.text ?? "";
    const isField = token.kind === "word" && /^[A-Za-z_]/.test(token.text) && OPERATORS.has(operator);
    if (!isField || NO_FIELDS.has(token.text)) return [];
    const isText = operator === "~" || tokens[index + 2]?.kind === "string";
    const as = isText ? "string" : "number";
    return [{ subject: { is: "field" as const, name: token.text, as }, offset: token.start }];
  });
}
