// Columns of the exported tables, and the type of a row that has all columns of its table.

export type ColumnType = "string" | "int32" | "int64" | "double" | "boolean";

/** One column. */
export interface Column {
  readonly type: ColumnType;
  /** Present if a row may leave it empty. */
  readonly nullable?: true;
  /** What it says, its unit included; no final stop. */
  readonly meaning: string;
}

/** The columns of a table by name, in their order. */
export type Columns = Readonly<Record<string, Column>>;

type Value<C extends Column> = C["type"] extends "string" ? string : C["type"] extends "boolean" ? boolean : number;

/** A row: every column is named, so that one that was forgotten is a type error. */
export type RowOf<C extends Columns> = {
  readonly [Name in keyof C]: C[Name] extends { readonly nullable: true } ? Value<C[Name]> | undefined : Value<C[Name]>;
};

/** A row of any table. */
export type Row = Readonly<Record<string, string | number | boolean | undefined>>;

export const text = (meaning: string) => ({ type: "string", meaning }) as const;
/** A whole number of up to 31 bits. */
export const int32 = (meaning: string) => ({ type: "int32", meaning }) as const;
/** A whole number of up to 53 bits, which is what JSON keeps exact. */
export const int64 = (meaning: string) => ({ type: "int64", meaning }) as const;
export const double = (meaning: string) => ({ type: "double", meaning }) as const;
export const flag = (meaning: string) => ({ type: "boolean", meaning }) as const;
/** The same column, which may be empty. */
export const maybe = <C extends Column>(column: C) => ({ ...column, nullable: true }) as const;

/** The columns by which all tables are joined. */
export const KERNEL = {
  kernel: text("the kernel: its version, or with `--repo` its tag"),
  arch: text("its architecture"),
};

/** The columns that name an event. */
export const EVENT = {
  event: text("`system:name`"),
  variant: int32(
    "0, and further numbers where a kernel declares the event several times, under conditions that exclude each other",
  ),
};

/** The columns of a place in the source. */
export const PLACE = {
  condition: maybe(
    text("preprocessor condition under which it exists; empty if it was evaluated, or if there is none"),
  ),
  file: maybe(text("where it is declared: path in the kernel tree")),
  line: maybe(int32("line in that file, from 1")),
};
