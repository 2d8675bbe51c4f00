// What a reader finds in a file, as short lines that tables of tests can compare.

import type { Found, ToolFile, UseReader } from "../../../src/audit/reader.ts";
import type { Guard, Subject, Use } from "../../../src/audit/use.ts";

/** A file of an audited tool. */
export function toolFile(path: string, text: string): ToolFile {
  return { path, text, bytes: new TextEncoder().encode(text) };
}

/** Everything the reader finds in a text; nothing if it does not claim the file. */
export function readText(reader: UseReader, path: string, text: string): Found {
  const file = toolFile(path, text);
  return reader.claims(file) ? reader.read(file, { find: () => undefined }) : { uses: [], notUnderstood: [] };
}

/**
 * Each use as `line attach contract system:name subject [guards]`, what was not understood as `line ?? reason`.
 * Subjects: `.field`, `.field=string`, `#index name:type`, `@index` of a field, `+offset:size`, `(name, name)` by position.
 */
export function linesOf({ uses, notUnderstood }: Found): readonly string[] {
  return [...uses.map(useLine), ...notUnderstood.map(({ line, reason }) => `${line} ?? ${reason}`)];
}

function useLine({ line, attach, contract, target, subject, guards }: Use): string {
  const name = target.system === undefined ? target.name : `${target.system}:${target.name}`;
  const parts = [`${line} ${attach} ${contract} ${name}`];
  if (subject) parts.push(subjectText(subject));
  if (guards) parts.push(`[${guards.map(guardText).join("; ")}]`);
  return parts.join(" ");
}

function subjectText(subject: Subject): string {
  switch (subject.is) {
    case "field":
      return `.${subject.name}${subject.as ? `=${subject.as}` : ""}`;
    case "field-index":
      return `@${subject.index}${subject.type ? `:${subject.type}` : ""}`;
    case "bytes":
      return `+${subject.offset}:${subject.size}`;
    case "argument":
      return `#${subject.index ?? "-"}${subject.name ? ` ${subject.name}` : ""}${subject.type ? `:${subject.type}` : ""}`;
    case "positions":
      return `(${subject.names.join(", ")})`;
    case "member":
    case "symbol":
      return subject.name;
  }
}

function guardText({ kind, text, negated, range }: Guard): string {
  return `${negated ? "!" : ""}${kind} ${range ?? text}`;
}
