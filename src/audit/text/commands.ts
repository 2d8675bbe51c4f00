// The commands that a file runs: those of shell text, and those in strings and lists of strings of other languages.
// Invariant: only what some reader may understand is looked at, since most strings are no commands.

import type { ToolFile } from "../reader.ts";
import { type Language, languageOf } from "./language.ts";
import { C, type Dialect, GO, PERL, PYTHON, RUST, TYPESCRIPT } from "./scan.ts";
import { type Command, shellCommands, type Word } from "./shell.ts";
import { insideOf, isToken, literalOf, type Source, sourceOf, splitAtCommas } from "./source.ts";

const DIALECTS: Partial<Record<Language, Dialect>> = {
  c: C,
  go: GO,
  perl: PERL,
  python: PYTHON,
  rust: RUST,
  typescript: TYPESCRIPT,
};

/** How the strings of a language are spelled; undefined for those without. */
export function dialectOf(language: Language | undefined): Dialect | undefined {
  return language && DIALECTS[language];
}

/**
 * The commands of a file that call one of `tools`, with everything from the name of the tool on: `sudo perf record -e x`
 * comes as `perf record -e x`. In languages other than the shell, strings and lists of strings are looked through.
 */
export function commandsOf(file: ToolFile, tools: readonly string[]): readonly Command[] {
  return allCommands(file, tools).flatMap((command) => fromTool(command, tools) ?? nestedCommands(command, tools));
}

function fromTool(command: Command, tools: readonly string[]): readonly Command[] | undefined {
  const at = command.words.findIndex(({ text }) => tools.includes(toolName(text)));
  return at < 0 ? undefined : [{ ...command, words: command.words.slice(at) }];
}

/** `/usr/bin/perf`, `$PERF` and `${PERF}` are all perf. */
function toolName(word: string): string {
  const name = word.slice(word.lastIndexOf("/") + 1);
  const variable = /^\$\{?(\w+)\}?$/.exec(name)?.[1];
  return variable ? variable.toLowerCase() : name;
}

/** `sh -c 'perf record …'`, `su -c`, `eval "…"`: words that are commands themselves. */
function nestedCommands(command: Command, tools: readonly string[]): readonly Command[] {
  return command.words
    .filter(({ text }) => text.includes(" ") && text.length < 100_000 && tools.some((tool) => text.includes(tool)))
    .flatMap(({ text, start }) => shellCommands(text, start))
    .flatMap((inner) => fromTool(inner, tools) ?? []);
}

function allCommands(file: ToolFile, tools: readonly string[]): readonly Command[] {
  const language = languageOf(file);
  if (language === "shell") return shellCommands(file.text);
  if (language === "unit") return unitCommands(file.text);
  const dialect = dialectOf(language);
  return dialect ? stringCommands(sourceOf(file, dialect), tools) : [];
}

/** `ExecStart=` and its like in a unit of systemd. */
function unitCommands(text: string): readonly Command[] {
  const commands: Command[] = [];
  for (const line of text.matchAll(/^Exec\w+=[-@:+!|]*(.*)$/gm)) {
    commands.push(...shellCommands(line[1]!, line.index + line[0].length - line[1]!.length));
  }
  return commands;
}

function stringCommands(source: Source, tools: readonly string[]): readonly Command[] {
  return source.tokens.flatMap((token, index): readonly Command[] => {
    if (token.kind === "string") {
      const isCommand = tools.some((tool) => token.text.includes(tool) && /\s/.test(token.text));
      return isCommand ? shellCommands(token.text, contentStart(source, index)) : [];
    }
    if (!isToken(source, index, "[") && !isToken(source, index, "(") && !isToken(source, index, "{")) return [];
    const words = wordList(source, index);
    return words && words.some(({ text }) => tools.includes(toolName(text)))
      ? [{ words, outputs: [], documents: [] }]
      : [];
  });
}

/** Offset of the first character of a string's value. */
export function contentStart(source: Source, index: number): number {
  const { start, end, text } = source.tokens[index]!;
  return start + Math.max(0, source.text.slice(start, Math.min(end, start + 24)).indexOf(text.slice(0, 8)));
}

/** `["perf", "record", "-e", "x"]`: a list whose strings are words; other elements stand as `$`. */
function wordList(source: Source, open: number): readonly Word[] | undefined {
  const inside = insideOf(source, open);
  if (!inside || source.tokens[inside.from]?.kind !== "string" || /\s/.test(source.tokens[inside.from]!.text)) {
    return undefined;
  }
  return splitAtCommas(source, inside).map((part) => {
    const text = literalOf(source, part);
    return text === undefined
      ? { text: "$", start: source.tokens[part.from]?.start ?? 0 }
      : { text, start: contentStart(source, part.from) };
  });
}
