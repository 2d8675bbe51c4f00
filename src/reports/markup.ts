// HTML written as templates. Invariant: whatever is put into a template is escaped, unless a template made it.
// The tag is not called `html`, because formatters would put blanks into what such a tag has.

import { escapeXml } from "./escape.ts";

/** Markup that a template has made. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | undefined | readonly Html[];

/** Markup with escaped texts in it; of a list all, of `undefined` nothing. Attributes must stand in double quotes. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, index) => string + render(parts[index])).join(""));
}

function render(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  return typeof part === "object" ? part.map(({ text }) => text).join("") : escapeXml(String(part));
}
