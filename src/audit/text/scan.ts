// Tokens of C-like languages, Python and Perl. Invariant: scanning never fails and is linear: what is not closed ends with
// its line (strings) or with the text (comments).

/** How a language spells comments and strings. */
export interface Dialect {
  readonly slashComments?: true;
  readonly hashComments?: true;
  /** Block comments nest, as in Rust. */
  readonly nestedComments?: true;
  /** Lines that begin with `#` are one token, continuation lines included. */
  readonly directives?: true;
  readonly tripleQuotes?: true;
  /** Strings between quotes of this kind go on over line ends. */
  readonly longStrings?: string;
  /** Between backquotes there are no escapes, as in Go. */
  readonly backquotes?: true;
  /** `'a` may be a lifetime. */
  readonly lifetimes?: true;
  /** Variables carry `$` or `@`. */
  readonly sigils?: true;
}

export const C: Dialect = { slashComments: true, directives: true };
export const GO: Dialect = { slashComments: true, backquotes: true };
export const RUST: Dialect = { slashComments: true, nestedComments: true, longStrings: '"', lifetimes: true };
export const PYTHON: Dialect = { hashComments: true, tripleQuotes: true };
export const PERL: Dialect = { hashComments: true, backquotes: true, sigils: true };
export const BPFTRACE: Dialect = { slashComments: true, directives: true, sigils: true };
export const TYPESCRIPT: Dialect = { slashComments: true, backquotes: true };
export const TEXTPROTO: Dialect = { hashComments: true };

export interface Token {
  readonly kind: "word" | "number" | "string" | "punct" | "directive";
  /** Of a string its value: without quotes, common escapes undone. */
  readonly text: string;
  /** Offset of the first character; for a string, of its quote or prefix. */
  readonly start: number;
  readonly end: number;
}

const WORD = /[A-Za-z_]\w*/y;
const SIGIL_WORD = /[$@][A-Za-z_]\w*|\$\d+|[A-Za-z_]\w*/y;
const NUMBER = /\d[\w.]*/y;
const PUNCT = /->|::|:=|==|!=|<=|>=|=~|&&|\|\||<<|>>|##|\.\.\.|[^]/y;
const STRING_PREFIX = /[bBfFrRuUL]{1,2}(?=["'])|u8(?=")|(?:b?r|R)(?=#*")/y;
const RAW_RUST = /(?:b|c)?r(#*)"/y;
const RAW_CPP = /(?:u8|[uUL])?R"([^()\\\s]{0,16})\(/y;

/** All tokens of a text, comments and white space left out. */
export function tokenize(text: string, dialect: Dialect): readonly Token[] {
  const tokens: Token[] = [];
  for (let token = nextToken(text, 0, dialect); token; token = nextToken(text, token.end, dialect)) tokens.push(token);
  return tokens;
}

/** The first token at or after an offset. */
export function nextToken(text: string, from: number, dialect: Dialect): Token | undefined {
  const start = skipBlanks(text, from, dialect);
  if (start >= text.length) return undefined;
  const char = text[start]!;
  if (char === "#" && dialect.directives && atLineStart(text, start)) return directive(text, start);
  return (
    stringToken(text, start, dialect) ??
    match(dialect.sigils ? SIGIL_WORD : WORD, "word", text, start) ??
    match(NUMBER, "number", text, start) ??
    match(PUNCT, "punct", text, start)
  );
}

/** The offset of the next character that is neither white space nor comment. */
export function skipBlanks(text: string, from: number, dialect: Dialect): number {
  let at = from;
  for (;;) {
    while (at < text.length && text.charCodeAt(at) <= 32) at++;
    const comment = commentEnd(text, at, dialect);
    if (comment === undefined) return at;
    at = comment;
  }
}

function commentEnd(text: string, at: number, dialect: Dialect): number | undefined {
  const char = text[at];
  // `$#list` of Perl is the last index of a list.
  if (char === "#" && dialect.hashComments && text[at - 1] !== "$") return lineEnd(text, at);
  if (char !== "/" || !dialect.slashComments) return undefined;
  if (text[at + 1] === "/") return lineEnd(text, at);
  if (text[at + 1] !== "*") return undefined;
  if (dialect.nestedComments) return nestedCommentEnd(text, at);
  const close = text.indexOf("*/", at + 2);
  return close < 0 ? text.length : close + 2;
}

function nestedCommentEnd(text: string, at: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

function directive(text: string, start: number): Token {
  let end = lineEnd(text, start);
  while (end < text.length && text[end - 1] === "\\") end = lineEnd(text, end + 1);
  return { kind: "directive", text: withoutComments(text.slice(start, end)), start, end };
}

/** A directive in one line and without its comments; a pattern for them would be quadratic in unclosed ones. */
function withoutComments(line: string): string {
  const joined = line.replaceAll("\\\n", " ");
  let kept = "";
  let from = 0;
  for (let at = joined.indexOf("/"); at >= 0; at = joined.indexOf("/", at + 1)) {
    const end = commentEnd(joined, at, C);
    if (end === undefined) continue;
    kept += `${joined.slice(from, at)} `;
    from = end;
    at = end - 1;
  }
  return (kept + joined.slice(from)).trim();
}

function stringToken(text: string, start: number, dialect: Dialect): Token | undefined {
  const raw = rawString(text, start, dialect);
  if (raw) return raw;
  const quote = start + prefixLength(text, start, dialect);
  const char = text[quote];
  if (char !== '"' && char !== "'" && !(char === "`" && dialect.backquotes)) return undefined;
  if (char === "'" && dialect.lifetimes) return rustCharacter(text, start, quote);
  if (char === "`") return delimited(text, start, quote + 1, "`");
  if (dialect.tripleQuotes && text.startsWith(char.repeat(3), quote)) {
    return delimited(text, start, quote + 3, char.repeat(3));
  }
  return escaped(text, start, quote, dialect.longStrings === char);
}

function prefixLength(text: string, start: number, dialect: Dialect): number {
  if (dialect === GO || dialect === BPFTRACE || dialect === PERL) return 0;
  STRING_PREFIX.lastIndex = start;
  return STRING_PREFIX.exec(text)?.[0].length ?? 0;
}

function rawString(text: string, start: number, dialect: Dialect): Token | undefined {
  const pattern = dialect.lifetimes ? RAW_RUST : dialect === C ? RAW_CPP : undefined;
  if (!pattern) return undefined;
  pattern.lastIndex = start;
  const open = pattern.exec(text);
  if (!open) return undefined;
  return delimited(text, start, pattern.lastIndex, dialect.lifetimes ? `"${open[1]}` : `)${open[1]}"`);
}

function delimited(text: string, start: number, from: number, close: string): Token {
  const found = text.indexOf(close, from);
  const to = found < 0 ? text.length : found;
  return { kind: "string", text: text.slice(from, to), start, end: found < 0 ? to : to + close.length };
}

/** `'x'` or `'\n'` is a character, any other quote begins a lifetime, which says nothing. */
function rustCharacter(text: string, start: number, quote: number): Token {
  const close = text[quote + 1] === "\\" ? text.indexOf("'", quote + 3) : quote + 2;
  if (text[close] !== "'" || close > quote + 12) return { kind: "punct", text: "'", start, end: quote + 1 };
  return { kind: "string", text: text.slice(quote + 1, close), start, end: close + 1 };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\n": "" };

function escaped(text: string, start: number, quote: number, long: boolean): Token {
  let value = "";
  let at = quote + 1;
  let from = at;
  for (; at < text.length && text[at] !== text[quote]; at++) {
    if (text[at] === "\n" && !long) break;
    if (text[at] !== "\\") continue;
    value += text.slice(from, at) + (ESCAPES[text[at + 1] ?? ""] ?? text[at + 1] ?? "");
    from = ++at + 1;
  }
  const end = Math.min(at, text.length);
  return { kind: "string", text: value + text.slice(from, end), start, end: Math.min(end + 1, text.length) };
}

function match(pattern: RegExp, kind: Token["kind"], text: string, start: number): Token | undefined {
  pattern.lastIndex = start;
  const found = pattern.exec(text);
  return found ? { kind, text: found[0], start, end: pattern.lastIndex } : undefined;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function atLineStart(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (text[before] === " " || text[before] === "\t")) before--;
  return before < 0 || text[before] === "\n";
}
