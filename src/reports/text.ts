// Small pieces of text for people: escaping, wrapping, counting. Kernel data is hostile, so all of it is escaped.

import type { Problem } from "../snapshot/model.ts";

/**
 * Controls, and the marks that reorder text: what could move the cursor or make a line read as another one. Also halves
 * of characters and what is none, which XML and URIs cannot hold.
 */
export const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]/gu;

/**
 * The text with everything that a terminal would act on written as `\x1b` or `\u202e`, and likewise `##[`, which begins
 * a command to the runner of GitHub's actions wherever it stands in a line.
 */
export function escapeControls(text: string): string {
  const escape = (character: string): string => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  };
  return text.replace(UNPRINTABLE, escape).replaceAll("##[", "##\\x5b");
}

/** Lines of at most `width` columns, the first after `first`, all others after `hang` spaces. Words stay whole. */
export function wrap(text: string, width: number, first = "", hang = first.length): readonly string[] {
  const indent = " ".repeat(hang);
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of escapeControls(text).split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** One line of at most `width` columns; what does not fit ends in `…`. */
export function cut(text: string, width: number): string {
  const line = escapeControls(text);
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}

/** Names shown of a long list; the JSON report has them all. */
const MAX_NAMES = 6;

/** `a, b, c`, or the first few and how many more there are. */
export function listNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${grouped(more)} more` : "");
}

/** `include/trace/events/foo.h:7: type 'foo_t' is not known`, as far as the place is known. */
export function describeProblem({ file, line, message }: Problem): string {
  const place = [file, line].filter((part) => part !== undefined).join(":");
  return place === "" ? message : `${place}: ${message}`;
}

/** `1 event`, `4,773 events`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(number)} ${number === 1 ? singular : plural}`;
}

/** `4,773` */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}
