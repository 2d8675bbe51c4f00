// Spellings of C types that mean one type to a compiler: source has what its author wrote, BTF what the compiler made of it.

const QUALIFIERS = new Set(["const", "volatile", "restrict", "__restrict"]);
/** Names of address spaces, which the kernel gives to per-CPU types since 6.15; BTF has no place for them. */
const ADDRESS_SPACES = new Set(["__seg_gs", "__seg_fs"]);
const INTEGER_WORDS = new Set(["signed", "unsigned", "short", "long", "int", "char"]);

/** A type in the one spelling that equal types share: `unsigned` is `unsigned int`, `char const*` is `const char *`. */
export function canonicalType(type: string): string {
  return join(canonicalTokens(type));
}

/**
 * A parameter's type as it is part of the function's: an array is a pointer to its element, and qualifiers of the parameter
 * itself do not count (C11 6.7.6.3).
 */
export function canonicalParameter(type: string): string {
  const tokens = canonicalTokens(type);
  const bracket = tokens.indexOf("[");
  if (bracket > 0 && tokens.at(-1) === "]" && tokens[bracket - 1] !== ")") {
    const rest = tokens.slice(tokens.indexOf("]", bracket) + 1);
    return join([...tokens.slice(0, bracket), ...(rest.length === 0 ? ["*"] : ["(", "*", ")", ...rest])]);
  }
  if (!tokens.includes("*") && !tokens.includes("(")) return join(tokens.filter((token) => !QUALIFIERS.has(token)));
  const end = tokens.findLastIndex((token) => !QUALIFIERS.has(token)) + 1;
  return join(tokens.slice(0, end));
}

/** The tokens, with each run of words (what stands before stars and between parentheses) put into one order. */
function canonicalTokens(type: string): readonly string[] {
  const out: string[] = [];
  let run: string[] = [];
  for (const token of [...(type.match(/\w+|\.\.\.|[^\s\w]/g) ?? []), ""]) {
    if (/^\w/.test(token)) {
      run.push(token);
    } else {
      out.push(...canonicalWords(run), token);
      run = [];
    }
  }
  return out.slice(0, -1);
}

/** `long unsigned int const` -> `const unsigned long`. */
function canonicalWords(words: readonly string[]): readonly string[] {
  const qualifiers = [...new Set(words.filter((word) => QUALIFIERS.has(word)))].sort();
  const named = words.filter((word) => !QUALIFIERS.has(word) && !ADDRESS_SPACES.has(word));
  const base = named.map((word) => (word === "_Bool" ? "bool" : word));
  const isInteger = base.length > 0 && base.every((word) => INTEGER_WORDS.has(word));
  return [...qualifiers, ...(isInteger ? canonicalInteger(base) : base)];
}

function canonicalInteger(words: readonly string[]): readonly string[] {
  const has = (word: string): boolean => words.includes(word);
  const longs = words.filter((word) => word === "long");
  const size = has("char") ? ["char"] : has("short") ? ["short"] : longs.length > 0 ? longs : ["int"];
  // Plain `char` has a sign of its own, so `signed char` is another type; all other integers are signed unless they say it.
  const sign = has("unsigned") ? ["unsigned"] : has("signed") && has("char") ? ["signed"] : [];
  return [...sign, ...size];
}

/** One space between words, ` *` before stars, stars together: as the native side spells types. */
function join(tokens: readonly string[]): string {
  let text = "";
  for (const token of tokens) {
    const isTight =
      text === "" ||
      /[([]$/.test(text) ||
      [")", "]", ",", "["].includes(token) ||
      (token === "*" && text.endsWith("*")) ||
      (token === "(" && text.endsWith(")"));
    text += isTight ? token : ` ${token}`;
  }
  return text;
}
