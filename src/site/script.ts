// Data as classic scripts: pages opened from a disk may not fetch files, but may load scripts.
// Invariant: a script holds one call with two string literals, whatever is in the data.

import { escapeControls } from "../reports/text.ts";

/** The function that takes data on the page. */
export const LOADER = "tpabiData";

/**
 * A script that hands over a value under a name. Marks that reorder text are made visible here, once for all pages;
 * JSON has escaped all other controls, and whatever is not ASCII in it stands in a string.
 */
export function toScript(name: string, value: unknown): string {
  const json = JSON.stringify(value).replace(/[\u007f-\u{10ffff}]/gu, (character) =>
    escapeControls(character).replaceAll("\\", "\\\\"),
  );
  return `${LOADER}(${quote(name)},${quote(json)});\n`;
}

/** A literal of JavaScript. `<` is escaped so that no text of it can end a script element, should it ever be put into one. */
function quote(text: string): string {
  return `'${text.replace(/[\\'\n\r\u2028\u2029<]/g, (character) => ESCAPES[character] ?? "")}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\r": "\\r",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
  "<": "\\x3c",
};

/** Names of data files that are safe on every file system: no two that differ in case alone. */
export function createNamer(): (prefix: string, name: string) => string {
  const taken = new Set<string>();
  return (prefix, name) => {
    const stem = `${prefix}-${name
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, "_")
      .slice(0, 60)}`;
    let file = stem;
    for (let number = 2; taken.has(file); number++) file = `${stem}-${number}`;
    taken.add(file);
    return file;
  };
}
