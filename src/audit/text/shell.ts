// Commands of shell text, as words with their places. Own code, since the libraries that split words keep no offsets and
// those that parse bash are parsers of megabytes. Invariant: nothing is expanded, scanning is linear, what is not closed
// ends with the text.

/** A word after quotes were removed; `$x` and `$(…)` are kept as they stand. */
export interface Word {
  readonly text: string;
  /** Offset of the first character, its quote left out. */
  readonly start: number;
}

export interface Command {
  readonly words: readonly Word[];
  /** Where output goes: `>`, `>>`. */
  readonly outputs: readonly Word[];
  /** The here-documents that the command reads. */
  readonly documents: readonly Word[];
  /** It stands after `||`: it runs if the command before it failed. */
  readonly isFallback?: true;
}

interface Scanner {
  readonly text: string;
  readonly base: number;
  at: number;
  words: Word[];
  outputs: Word[];
  documents: Word[];
  /** The next word is the target of a redirection. */
  output: boolean;
  isFallback: boolean;
  readonly commands: Command[];
  /** Here-documents whose text begins after the present line. */
  waiting: { readonly mark: string; readonly documents: Word[] }[];
  /** How many here-documents were not closed; after some of them `<<` is taken for arithmetic. */
  unclosed: number;
  /** Commands in quotes, to be scanned later. */
  readonly substitutions: { readonly from: number; readonly to: number }[];
}

/** Commands within commands are scanned this deep. */
const DEPTH = 4;

/** The commands of a shell text in their order; those in `$(…)` within quotes come last. `base` is added to offsets. */
export function shellCommands(text: string, base = 0, depth = 0): readonly Command[] {
  const scanner: Scanner = {
    text,
    base,
    at: 0,
    words: [],
    outputs: [],
    documents: [],
    output: false,
    isFallback: false,
    commands: [],
    waiting: [],
    unclosed: 0,
    substitutions: [],
  };
  while (scanner.at < text.length) step(scanner);
  endCommand(scanner);
  const inner = depth < DEPTH ? scanner.substitutions : [];
  return [
    ...scanner.commands,
    ...inner.flatMap(({ from, to }) => shellCommands(text.slice(from, to), base + from, depth + 1)),
  ];
}

function step(scanner: Scanner): void {
  const { text, at } = scanner;
  const char = text[at]!;
  if (char === "\n") endLine(scanner);
  else if (char === " " || char === "\t" || char === "\r") scanner.at++;
  else if (char === "\\" && text[at + 1] === "\n") scanner.at += 2;
  else if (char === "#") scanner.at = endOf(text, "\n", at);
  else if (char === "<" && text[at + 1] === "<") hereDocument(scanner);
  else if (char === ">") redirect(scanner);
  else if (";|&()`".includes(char)) {
    endCommand(scanner);
    scanner.isFallback ||= char === "|" && text[at + 1] === "|";
    scanner.at++;
  } else word(scanner);
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}

function endLine(scanner: Scanner): void {
  scanner.at++;
  for (const { mark, documents } of scanner.waiting) {
    const start = scanner.at;
    const pattern = new RegExp(`^\\t*${mark.replaceAll(/\W/g, "\\$&")}$`, "m");
    const found = pattern.exec(scanner.text.slice(start));
    if (!found) {
      scanner.unclosed++;
      continue;
    }
    const end = start + found.index;
    documents.push({ text: scanner.text.slice(start, end), start: scanner.base + start });
    scanner.at = end + found[0].length;
  }
  scanner.waiting = [];
  endCommand(scanner);
}

function endCommand(scanner: Scanner): void {
  const { words, outputs, documents } = scanner;
  if (words.length + outputs.length > 0) {
    scanner.commands.push({ words, outputs, documents, ...(scanner.isFallback ? { isFallback: true } : {}) });
    scanner.isFallback = false;
  }
  scanner.words = [];
  scanner.outputs = [];
  scanner.documents = [];
  scanner.output = false;
}

const HERE = /<<-?[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([A-Za-z_]\w*))/y;

function hereDocument(scanner: Scanner): void {
  HERE.lastIndex = scanner.at;
  const found = HERE.exec(scanner.text);
  if (!found || scanner.waiting.length > 8 || scanner.unclosed > 8) {
    scanner.at += 2;
    return;
  }
  scanner.waiting.push({ mark: found[1] ?? found[2] ?? found[3] ?? "", documents: scanner.documents });
  scanner.at = HERE.lastIndex;
}

function redirect(scanner: Scanner): void {
  scanner.at += scanner.text[scanner.at + 1] === ">" ? 2 : 1;
  if (scanner.text[scanner.at] === "&") scanner.at++;
  scanner.output = true;
}

function word(scanner: Scanner): void {
  const { text } = scanner;
  const begin = scanner.at;
  let start = begin;
  let value = "";
  while (scanner.at < text.length) {
    const char = text[scanner.at]!;
    if (" \t\r\n;|&()`<>".includes(char)) break;
    if (char === "'" || char === '"') {
      if (value === "" && scanner.at === begin) start = begin + 1;
      value += char === "'" ? singleQuoted(scanner) : doubleQuoted(scanner);
    } else if (char === "\\") {
      value += text[scanner.at + 1] === "\n" ? "" : (text[scanner.at + 1] ?? "");
      scanner.at += 2;
    } else {
      value += char;
      scanner.at++;
    }
  }
  if (scanner.at === begin) scanner.at++;
  // A number before a redirection, as in `2>`, is no word.
  if (/^\d$/.test(value) && text[scanner.at] === ">") return;
  (scanner.output ? scanner.outputs : scanner.words).push({ text: value, start: scanner.base + start });
  scanner.output = false;
}

function singleQuoted(scanner: Scanner): string {
  const from = scanner.at + 1;
  const to = endOf(scanner.text, "'", from);
  scanner.at = to + 1;
  return scanner.text.slice(from, to);
}

function doubleQuoted(scanner: Scanner): string {
  const { text } = scanner;
  let value = "";
  let at = scanner.at + 1;
  let from = at;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\" && '"\\$`\n'.includes(text[at + 1] ?? "x")) {
      value += text.slice(from, at) + (text[at + 1] === "\n" ? "" : text[at + 1]);
      from = ++at + 1;
    } else if (text[at] === "$" && text[at + 1] === "(") {
      const to = substitutionEnd(text, at + 2);
      scanner.substitutions.push({ from: at + 2, to });
      at = to;
    }
  }
  scanner.at = at + 1;
  return value + text.slice(from, at);
}

/** Offset of the parenthesis that closes a substitution; quotes in it are passed over. */
function substitutionEnd(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === "(") depth++;
    else if (char === ")" && --depth === 0) return at;
    else if (char === "\\") at++;
    else if (char === "'" || char === '"') at = endOf(text, char, at + 1);
  }
  return text.length;
}
