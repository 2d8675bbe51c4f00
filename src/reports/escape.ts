// Escaping for every language that a report is written in, one function each. Kernel text is hostile: names, paths and
// messages may hold anything. Invariant: what goes through here stays text; controls are made visible first.

import { escapeControls, UNPRINTABLE } from "./text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** JSON with what `escapeControls` would make visible written as escapes of JSON, so that it means the same. */
export function escapeJson(json: string): string {
  // The lines of the JSON itself stay; a break in a string is an escape already.
  const escape = (character: string): string =>
    character === "\n" ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(UNPRINTABLE, escape).replaceAll("##[", "##\\u005b");
}

/** Text or an attribute's value of HTML and of XML 1.0 alike. */
export function escapeXml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * The message of a GitHub workflow command, which may have several lines; as `escapeData` of GitHub's toolkit does it
 * (actions/toolkit, packages/core/src/command.ts). The lines themselves must have gone through `escapeControls`.
 */
export function escapeCommandData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** The value of a property of a GitHub workflow command (`escapeProperty` there). */
export function escapeCommandProperty(text: string): string {
  return escapeCommandData(escapeControls(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * Lines that are no workflow commands: the runner takes what follows blanks and `::` for one (actions/runner,
 * src/Runner.Common/ActionCommand.cs). The old form, `##[` anywhere, `escapeControls` has taken away.
 */
export function disarmCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, "$1\\x3a");
}

/**
 * A piece of prose in Markdown. It must follow other text on its line, since what means something only at the beginning
 * of one (`-`, `+`, `1.`) stays as it is. Sites link names and numbers after they have rendered the Markdown, where no
 * backslash helps (`@name`, `#12`, `GH-12`, addresses): a space of no width keeps those apart.
 */
export function escapeMarkdown(text: string): string {
  return escapeControls(text)
    .replace(/[\\`*_[\]<>#|~&!$]/g, "\\$&")
    .replace(/[@#!$%~&](?=\w)/g, "$&&#8203;")
    .replace(/\b(gh)-(?=\d)/gi, "$1-&#8203;")
    .replace(/\b(www)\./gi, "$1&#8203;.")
    .replaceAll("//", "/&#8203;/");
}

/** A name or a piece of C in Markdown: a code span, in which nothing is linked or rendered. */
export function markdownCode(text: string): string {
  const code = escapeControls(text);
  const ticks = "`".repeat(1 + Math.max(0, ...[...code.matchAll(/`+/g)].map(([run]) => run.length)));
  const pad = code.startsWith("`") || code.endsWith("`") || (code.startsWith(" ") && code.endsWith(" ")) ? " " : "";
  return code === "" ? "" : `${ticks}${pad}${code}${pad}${ticks}`;
}

/** The path of a file as a relative URI that cannot leave the tree it is relative to. */
export function relativeUri(path: string): string {
  return relativePath(path).split("/").map(encodeURIComponent).join("/");
}

/** The path without what would lead out of the tree it is relative to. */
export function relativePath(path: string): string {
  const parts = escapeControls(path).split("/");
  return parts.filter((part) => part !== "" && part !== "." && part !== "..").join("/");
}
