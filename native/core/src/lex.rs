//! C tokens, as the preprocessor sees them: comments and line splices are gone, white space is one flag per token.
//! Lexing never fails: what is no token of C becomes a one-byte [`Kind::Other`].

use std::hash::Hasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHasher;

/// A spelling, shared by all tokens that are spelled alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym(pub u32);

/// All spellings met so far. A kernel has some 300,000, so they stand one behind the other in one text.
#[derive(Default)]
pub struct Interner {
    /// The symbols, by the hash of their spelling.
    symbols: HashTable<Sym>,
    text: String,
    /// Where the spelling of each symbol ends in the text; it begins where the one before ends.
    ends: Vec<usize>,
}

impl Interner {
    /// An interner with room for this many spellings.
    pub fn with_capacity(spellings: usize) -> Self {
        Self {
            symbols: HashTable::with_capacity(spellings),
            ends: Vec::with_capacity(spellings),
            ..Self::default()
        }
    }

    /// The symbol of a spelling.
    pub fn intern(&mut self, spelling: &str) -> Sym {
        let Self { symbols, text, ends } = self;
        let is_same = |known: &Sym| spelling_in(text, ends, *known) == spelling;
        let hash_of = |known: &Sym| hash(spelling_in(text, ends, *known).as_bytes());
        match symbols.entry(hash(spelling.as_bytes()), is_same, hash_of) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let sym = Sym(ends.len() as u32);
                text.push_str(spelling);
                ends.push(text.len());
                *place.insert(sym).get()
            }
        }
    }

    /// The symbol of a spelling as a file has it; what is no UTF-8 is replaced by U+FFFD.
    pub fn intern_bytes(&mut self, bytes: &[u8]) -> Sym {
        match self.find_bytes(bytes) {
            Some(known) => known,
            None => self.intern(&String::from_utf8_lossy(bytes)),
        }
    }

    /// The symbol of a spelling that was met before.
    pub fn find(&self, spelling: &str) -> Option<Sym> {
        self.find_bytes(spelling.as_bytes())
    }

    fn find_bytes(&self, bytes: &[u8]) -> Option<Sym> {
        let is_same = |known: &Sym| self.text(*known).as_bytes() == bytes;
        self.symbols.find(hash(bytes), is_same).copied()
    }

    /// The spelling of a symbol.
    pub fn text(&self, sym: Sym) -> &str {
        spelling_in(&self.text, &self.ends, sym)
    }
}

fn spelling_in<'t>(text: &'t str, ends: &[usize], Sym(number): Sym) -> &'t str {
    let number = number as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start..ends[number]]
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or keyword.
    Ident,
    /// A preprocessing number, integer or not.
    Number,
    /// A string literal with its quotes.
    Str,
    /// A character constant with its quotes.
    Char,
    /// An operator or punctuator.
    Punct,
    /// A byte that begins no token.
    Other,
    /// A group of tokens that is expanded later (`TP_printk(...)` and its like); the symbol field holds its number.
    Opaque,
}

/// One token and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// Its spelling; for [`Kind::Opaque`] the number of the group.
    pub sym: Sym,
    /// Line in its file, counted from 1.
    pub line: u32,
    /// Number of its file; the owner of the files gives the numbers.
    pub file: u16,
    /// What it is.
    pub kind: Kind,
    /// White space or a line break stands before it.
    pub space: bool,
    /// It is the first token of a logical line.
    pub first: bool,
    /// An identifier that met its own expansion and must never expand again (C11 6.10.3.4).
    pub painted: bool,
    /// Number of the condition it stands under, where that is not known to hold; 0 for none ([`crate::reading::Whens`]).
    pub when: u16,
}

impl Token {
    /// An identifier that stands in no file.
    pub fn named(sym: Sym) -> Self {
        Token {
            sym,
            line: 0,
            file: 0,
            kind: Kind::Ident,
            space: false,
            first: false,
            painted: false,
            when: 0,
        }
    }
}

/// Whether a byte can begin an identifier. `$` is accepted as gcc does.
pub const fn is_ident_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$'
}

/// Whether a byte can continue an identifier. It is asked of nearly every byte of a kernel, so the answers are in a table.
pub fn is_ident_byte(byte: u8) -> bool {
    const ANSWERS: [bool; 256] = {
        let mut answers = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            answers[byte] = is_ident_start(byte as u8) || (byte as u8).is_ascii_digit();
            byte += 1;
        }
        answers
    };
    ANSWERS[byte as usize]
}

/// The position after the blanks, comments and line splices at `at`; `newline` tells whether a line ended there.
fn skip_blank(src: &[u8], mut at: usize, line: &mut u32, newline: &mut bool) -> usize {
    loop {
        match src.get(at) {
            Some(b'\n') => {
                *line += 1;
                *newline = true;
                at += 1;
            }
            Some(b' ' | b'\t' | b'\r' | 0x0b | 0x0c) => at += 1,
            Some(b'\\') if matches!(src.get(at + 1), Some(b'\n')) => {
                *line += 1;
                at += 2;
            }
            Some(b'\\') if src[at + 1..].starts_with(b"\r\n") => {
                *line += 1;
                at += 3;
            }
            Some(b'/') if src.get(at + 1) == Some(&b'*') => {
                let end = comment_end(src, at);
                *line += memchr::memchr_iter(b'\n', &src[at..end]).count() as u32;
                at = end;
            }
            Some(b'/') if src.get(at + 1) == Some(&b'/') => at = line_end(src, at, line),
            _ => return at,
        }
    }
}

/// The position after the comment that begins with the `/*` at `at`, or the end if it never closes.
pub fn comment_end(src: &[u8], at: usize) -> usize {
    let inside = at + 2;
    // Of the two bytes that end it the slash is the rare one.
    memchr::memchr_iter(b'/', src.get(inside..).unwrap_or_default())
        .find(|&n| n > 0 && src[inside + n - 1] == b'*')
        .map_or(src.len(), |n| inside + n + 1)
}

/// The position after the letters, digits and underscores at `at`.
pub fn word_end(src: &[u8], at: usize) -> usize {
    let length = src[at..].iter().position(|&byte| !is_ident_byte(byte));
    length.map_or(src.len(), |n| at + n)
}

/// The position of the newline that ends the logical line at `at`; splices passed on the way are counted.
fn line_end(src: &[u8], mut at: usize, line: &mut u32) -> usize {
    while let Some(n) = memchr::memchr(b'\n', &src[at..]) {
        let end = at + n;
        if end > 0 && src[end - 1] == b'\\' {
            *line += 1;
            at = end + 1;
        } else {
            return end;
        }
    }
    src.len()
}

/// The position after the literal that begins with the quote at `at`, or the end of the line if it never closes.
pub fn literal_end(src: &[u8], at: usize) -> usize {
    let quote = src[at];
    let mut i = at + 1;
    while let Some(&byte) = src.get(i) {
        match byte {
            b'\\' => i += 2,
            b'\n' => return i,
            _ if byte == quote => return i + 1,
            _ => i += 1,
        }
    }
    src.len()
}

const PUNCT3: [&[u8]; 3] = [b"...", b"<<=", b">>="];
const PUNCT2: [&[u8]; 20] = [
    b"->", b"++", b"--", b"<<", b">>", b"<=", b">=", b"==", b"!=", b"&&", b"||", b"+=", b"-=", b"*=", b"/=", b"%=",
    b"&=", b"|=", b"^=", b"##",
];

/// All tokens of a text. `first_line` is the line of its first byte.
pub fn lex(src: &[u8], file: u16, first_line: u32, names: &mut Interner) -> Vec<Token> {
    let mut out = Vec::with_capacity(src.len() / 5 + 4);
    let mut line = first_line;
    let mut at = 0;
    let mut first = true;
    loop {
        let before = at;
        let mut newline = false;
        at = skip_blank(src, at, &mut line, &mut newline);
        first |= newline;
        if at >= src.len() {
            return out;
        }
        let space = at > before || first;
        let start = at;
        let start_line = line;
        let byte = src[at];
        let kind = if is_ident_start(byte) {
            at = word_end(src, at);
            // A literal with an encoding prefix is one token: L"..", u8"..".
            if at - start <= 2
                && matches!(src.get(at), Some(b'"' | b'\''))
                && matches!(&src[start..at], b"L" | b"u" | b"U" | b"u8")
            {
                let quote = src[at];
                at = literal_end(src, at);
                if quote == b'"' { Kind::Str } else { Kind::Char }
            } else {
                Kind::Ident
            }
        } else if byte.is_ascii_digit() || (byte == b'.' && src.get(at + 1).is_some_and(u8::is_ascii_digit)) {
            at += 1;
            while at < src.len() {
                let exponent = matches!(src[at - 1], b'e' | b'E' | b'p' | b'P') && matches!(src[at], b'+' | b'-');
                if is_ident_byte(src[at]) || src[at] == b'.' || exponent {
                    at += 1;
                } else {
                    break;
                }
            }
            Kind::Number
        } else if byte == b'"' || byte == b'\'' {
            at = literal_end(src, at);
            line += memchr::memchr_iter(b'\n', &src[start..at.min(src.len())]).count() as u32;
            at = at.min(src.len());
            if byte == b'"' { Kind::Str } else { Kind::Char }
        } else if byte.is_ascii_punctuation() && byte != b'\\' && byte != b'@' && byte != b'`' {
            let rest = &src[at..];
            at += if !rest.get(1).is_some_and(u8::is_ascii_punctuation) {
                1
            } else if PUNCT3.iter().any(|p| rest.starts_with(p)) {
                3
            } else if PUNCT2.iter().any(|p| rest.starts_with(p)) {
                2
            } else {
                1
            };
            Kind::Punct
        } else {
            at += 1;
            Kind::Other
        };
        out.push(Token {
            sym: names.intern_bytes(&src[start..at]),
            line: start_line,
            file,
            kind,
            space,
            first,
            painted: false,
            when: 0,
        });
        first = false;
    }
}

/// The tokens between the commas outside of all groups; one empty part if there are no tokens.
pub fn split_at_commas<'t>(tokens: &'t [Token], names: &Interner) -> Vec<&'t [Token]> {
    let mut depth = 0_i32;
    tokens
        .split(|token| {
            match names.text(token.sym) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                "," => return depth == 0,
                _ => {}
            }
            false
        })
        .collect()
}

/// The arguments of a call that begins with its parenthesis; `None` if it does not, or has no end.
pub fn call_arguments<'t>(tokens: &'t [Token], names: &Interner) -> Option<Vec<&'t [Token]>> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match names.text(token.sym) {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then(|| split_at_commas(&tokens[1..at], names));
        }
    }
    None
}

/// The text of tokens as `#` spells it: one space where white space stood, none before the first.
pub fn spell(tokens: &[Token], names: &Interner) -> String {
    let mut out = String::new();
    for (i, token) in tokens.iter().enumerate() {
        if i > 0 && token.space {
            out.push(' ');
        }
        if token.kind != Kind::Opaque {
            out.push_str(names.text(token.sym));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(src: &str) -> Vec<String> {
        let mut names = Interner::default();
        let tokens = lex(src.as_bytes(), 0, 1, &mut names);
        tokens
            .iter()
            .map(|t| format!("{}{}", if t.space { " " } else { "" }, names.text(t.sym)))
            .collect()
    }

    #[test]
    fn splits_tokens_and_keeps_one_space() {
        assert_eq!(words("a+b /* c */ \t->d"), [" a", "+", "b", " ->", "d"]);
        assert_eq!(words("x\\\n  y // z\nw"), [" x", " y", " w"]);
        assert_eq!(words("0x1ULL 1e+5 .5"), [" 0x1ULL", " 1e+5", " .5"]);
        assert_eq!(words(r#"L"a\"b" 'c' a##b"#), [r#" L"a\"b""#, " 'c'", " a", "##", "b"]);
    }

    #[test]
    fn splits_at_commas_outside_of_groups() {
        let cases = [
            ("a, (b, c), {d, e}[f, g]", "a|(b, c)|{d, e}[f, g]"),
            ("", ""),
            ("a,", "a|"),
        ];
        for (text, want) in cases {
            let mut names = Interner::default();
            let tokens = lex(text.as_bytes(), 0, 1, &mut names);
            let parts: Vec<String> = split_at_commas(&tokens, &names)
                .iter()
                .map(|p| spell(p, &names))
                .collect();
            assert_eq!(parts.join("|"), want, "{text}");
        }
    }

    #[test]
    fn counts_lines_over_comments_and_splices() {
        let mut names = Interner::default();
        let tokens = lex(b"a /*\n\n*/ b \\\n c\nd", 0, 1, &mut names);
        assert_eq!(tokens.iter().map(|t| t.line).collect::<Vec<_>>(), [1, 3, 4, 5]);
        assert_eq!(
            tokens.iter().map(|t| t.first).collect::<Vec<_>>(),
            [true, false, false, true]
        );
    }

    #[test]
    fn survives_what_is_not_c() {
        assert_eq!(words("\"open\n@ `"), [" \"open", " @", " `"]);
        assert_eq!(words("/* never closed").len(), 0);
        assert_eq!(words("'").len(), 1);
    }
}
