// The functions of libtraceevent, libtracefs and perf that take a field by its name. Invariant: one list, whatever prefix the
// library of the day gives them.

/** Which argument names the field, and how the field is read. */
export interface FieldArgument {
  readonly index: number;
  readonly as?: "string" | "number";
}

const FIELD_ARGUMENTS: Readonly<Record<string, FieldArgument>> = {
  get_field_val: { index: 2, as: "number" },
  get_any_field_val: { index: 2, as: "number" },
  get_common_field_val: { index: 2, as: "number" },
  get_field_raw: { index: 2 },
  find_field: { index: 1 },
  find_any_field: { index: 1 },
  find_common_field: { index: 1 },
  print_num_field: { index: 3, as: "number" },
  print_func_field: { index: 3, as: "number" },
  filter_string_append: { index: 3 },
  hist_add_key: { index: 1 },
  hist_add_value: { index: 1, as: "number" },
  hist_add_sort_key: { index: 1 },
  intval: { index: 2, as: "number" },
  intval_common: { index: 2, as: "number" },
  strval: { index: 2, as: "string" },
  rawptr: { index: 2 },
  field: { index: 1 },
  common_field: { index: 1 },
};

/** How a function takes the name of a field; undefined for functions that take none. */
export function fieldArgument(name: string): FieldArgument | undefined {
  const short = /^(?:tep|pevent|tracefs|(?:perf_)?evsel_)_(\w+)$/.exec(name)?.[1];
  return short !== undefined && Object.hasOwn(FIELD_ARGUMENTS, short) ? FIELD_ARGUMENTS[short] : undefined;
}
