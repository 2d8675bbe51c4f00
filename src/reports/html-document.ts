// What every HTML page of tpabi begins and ends with. Invariant: a page connects to nothing, and its policy names all that it
// may load or run.

import { createHash } from "node:crypto";

import { Html, markup } from "./markup.ts";

export interface HtmlDocument {
  readonly title: string;
  /** What the policy allows: directives such as `style-src 'self'`. */
  readonly allows: readonly string[];
  /** What follows the title in the head, lines. */
  readonly head: readonly Html[];
  readonly body: Html;
}

export function renderDocument({ title, allows, head, body }: HtmlDocument): string {
  const policy = ["default-src 'none'", ...allows, "base-uri 'none'", "form-action 'none'"].join("; ");
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${head.map((line) => markup`${line}\n`)}</head>
<body>
${body}
</body>
</html>
`.text;
}

/** A directive that allows these texts, styles or scripts, where they stand in the page. */
export function allowInline(directive: "style-src" | "script-src", ...texts: readonly string[]): string {
  const hashes = texts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return [directive, ...hashes].join(" ");
}

/** A style that stands in the page. */
export function inlineStyle(text: string): Html {
  return markup`<style>${new Html(text)}</style>`;
}
