//! What one C file declares: conditions, includes, macros, and where its structs, enums and typedefs stand.
//! Found in a single pass over the bytes, without looking at any other file; definitions are parsed only when asked for.

use std::sync::Arc;

use crate::lex::{Interner, Kind, Sym, Token, comment_end, is_ident_byte, is_ident_start, lex, literal_end, word_end};

/// Number of a condition in [`FileIndex::conditions`]; 0 is "always".
pub type ConditionId = u32;

/// One branch of an `#if`.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The condition around the whole `#if`.
    pub parent: ConditionId,
    /// Branches before this one in the same `#if`, all of which must be false.
    pub earlier: Vec<ConditionId>,
    /// The branch's own test; `None` for `#else`.
    pub test: Option<Test>,
    /// Byte position of the directive.
    pub at: u32,
}

/// The test of an `#if`, `#ifdef`, `#ifndef` or `#elif`.
#[derive(Debug, Clone)]
pub enum Test {
    /// Byte range of the expression.
    Expression(u32, u32),
    /// A name must be defined.
    Defined(Sym),
    /// A name must not be defined.
    Undefined(Sym),
}

/// An `#include` line.
#[derive(Debug, Clone)]
pub struct Include {
    /// The path as written; empty if it is a macro.
    pub path: String,
    /// Written in quotes, so looked for beside the including file first.
    pub quoted: bool,
    /// Condition it stands under.
    pub condition: ConditionId,
    /// Byte position of the directive, to order it among definitions.
    pub at: u32,
}

/// A `#define` line.
#[derive(Debug, Clone, Copy)]
pub struct Define {
    /// Name of the macro.
    pub name: Sym,
    /// Byte range from the name to the end of the replacement.
    pub range: (u32, u32),
    /// Line of the directive.
    pub line: u32,
    /// Condition it stands under.
    pub condition: ConditionId,
}

/// Which name space a type name lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// `struct` or `union` with a body.
    Record,
    /// `enum` with a body.
    Enum,
    /// A `typedef` name.
    Typedef,
}

/// A definition of a type.
#[derive(Debug, Clone, Copy)]
pub struct TypeDefinition {
    /// What it is.
    pub kind: TypeKind,
    /// Tag or typedef name; an enum without a tag has the empty name.
    pub name: Sym,
    /// Byte range from the keyword to the `;` after it (or to the closing brace if none follows).
    pub range: (u32, u32),
    /// Line of the keyword.
    pub line: u32,
    /// Condition it stands under.
    pub condition: ConditionId,
    /// `#pragma pack(n)` in force: no member is aligned to more than n bytes; 0 for none.
    pub pack: u8,
}

/// A use of a macro at the top level of a file.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    /// Byte position of its name.
    pub at: u32,
    /// Line of its name.
    pub line: u32,
    /// Condition it stands under.
    pub condition: ConditionId,
}

/// What one file declares.
#[derive(Debug, Default)]
pub struct FileIndex {
    /// The bytes of the file.
    pub text: Arc<[u8]>,
    /// All conditions; index 0 stands for "always".
    pub conditions: Vec<Condition>,
    /// Includes in order.
    pub includes: Vec<Include>,
    /// Macros in order.
    pub defines: Vec<Define>,
    /// Names that are undefined somewhere, with their condition and byte position.
    pub undefs: Vec<(Sym, ConditionId, u32)>,
    /// Types, in order of their keyword.
    pub types: Vec<TypeDefinition>,
    /// Constants of enums: name and index into `types`.
    pub enumerators: Vec<(Sym, u32)>,
    /// Uses of `SYSCALL_DEFINE0` to `SYSCALL_DEFINE6`, and of `SYSCALL32_DEFINE1` and so on, outside of functions.
    pub syscalls: Vec<Use>,
    /// The include guard: the name that the first `#ifndef` tests and the next line defines.
    pub guard: Option<Sym>,
}

/// An `#if` that is open, with the brace depth at its start.
struct OpenIf {
    parent: ConditionId,
    branches: Vec<ConditionId>,
    depth: u32,
    types_open: usize,
}

/// A type whose end has not been seen yet.
struct OpenType {
    index: usize,
    depth: u32,
    /// Its closing brace was met; the `;` ends it.
    closed: bool,
    /// Where the braces of a typedef start and end, which hold nothing that it names.
    braces: Option<(usize, usize)>,
}

struct Scanner<'a> {
    src: &'a [u8],
    at: usize,
    line: u32,
    depth: u32,
    names: &'a mut Interner,
    out: FileIndex,
    ifs: Vec<OpenIf>,
    condition: ConditionId,
    open: Vec<OpenType>,
    /// The last word seen since the last punctuation, to know `struct NAME {` and typedef names.
    pending: Pending,
    /// `#pragma pack` values, the one in force last.
    packs: Vec<u8>,
}

/// What stands before the next brace or semicolon.
#[derive(Default, Clone, Copy)]
struct Pending {
    /// Start, line and kind of a `struct`, `union` or `enum` keyword that waits for its body.
    keyword: Option<(usize, u32, TypeKind)>,
    /// Where the tag after the keyword starts and ends.
    tag: Option<(usize, usize)>,
    /// The last word was an attribute, which may have arguments: `struct __aligned(8) x {`.
    attribute: bool,
    /// Depth of parentheses, as in attributes.
    parens: u32,
}

/// Indexes a file.
pub fn index(text: Arc<[u8]>, names: &mut Interner) -> FileIndex {
    let src = text.clone();
    let mut scanner = Scanner {
        src: &src,
        at: 0,
        line: 1,
        depth: 0,
        names,
        out: FileIndex {
            text,
            conditions: vec![Condition {
                parent: 0,
                earlier: Vec::new(),
                test: None,
                at: 0,
            }],
            ..FileIndex::default()
        },
        ifs: Vec::new(),
        condition: 0,
        open: Vec::new(),
        pending: Pending::default(),
        packs: vec![0],
    };
    scanner.run();
    scanner.out
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut line_start = true;
        while let Some(&byte) = self.src.get(self.at) {
            match byte {
                _ if is_ident_start(byte) => self.word(),
                _ if self.blank(&mut line_start) => continue,
                b'#' if line_start => self.directive(),
                b'"' | b'\'' => {
                    self.at = literal_end(self.src, self.at).min(self.src.len());
                }
                b'{' => self.open_brace(),
                b'}' => self.close_brace(),
                b'(' => {
                    if self.pending.parens == 0 && self.pending.tag.is_some() && !self.pending.attribute {
                        // `enum e f(...) {`: a function that returns the type.
                        self.pending = Pending::default();
                    }
                    self.pending.parens += 1;
                    self.at += 1;
                }
                b')' => {
                    if self.pending.parens == 0 {
                        // `f(enum e bit) {`: the keyword belongs to a parameter, and the brace to a function.
                        self.pending = Pending::default();
                    }
                    self.pending.parens = self.pending.parens.saturating_sub(1);
                    self.at += 1;
                }
                b';' => self.semicolon(),
                b'=' | b',' | b'*' | b'[' => {
                    // `struct x *p`, `struct x a, b`: no body follows.
                    if self.pending.parens == 0 && self.pending.tag.is_some() {
                        self.pending.keyword = None;
                    }
                    self.at += 1;
                }
                _ if byte.is_ascii_digit() => self.at = word_end(self.src, self.at),
                _ => self.at += 1,
            }
            line_start = false;
        }
        let end = self.src.len() as u32;
        for open in std::mem::take(&mut self.open) {
            self.out.types[open.index].range.1 = end;
        }
    }

    /// Passes a blank, a line end or a comment; false if none stands here.
    fn blank(&mut self, line_start: &mut bool) -> bool {
        match self.src[self.at] {
            b'\n' => {
                self.line += 1;
                self.at += 1;
                *line_start = true;
            }
            b' ' | b'\t' | b'\r' => {
                while matches!(self.src.get(self.at), Some(b' ' | b'\t' | b'\r')) {
                    self.at += 1;
                }
            }
            b'/' if matches!(self.src.get(self.at + 1), Some(b'*' | b'/')) => self.at = self.comment(),
            _ => return false,
        }
        true
    }

    /// The position after the comment at `at`; lines are counted.
    fn comment(&mut self) -> usize {
        let start = self.at;
        let end = if self.src[start + 1] == b'*' {
            comment_end(self.src, start)
        } else {
            memchr::memchr(b'\n', &self.src[start..]).map_or(self.src.len(), |n| start + n)
        };
        self.line += memchr::memchr_iter(b'\n', &self.src[start..end]).count() as u32;
        end
    }

    fn word(&mut self) {
        let start = self.at;
        self.at = word_end(self.src, start);
        let word = &self.src[start..self.at];
        match word {
            b"struct" | b"union" => self.pending.keyword = Some((start, self.line, TypeKind::Record)),
            b"enum" => self.pending.keyword = Some((start, self.line, TypeKind::Enum)),
            _ if self.depth == 0 && (word.starts_with(b"SYSCALL_DEFINE") || word.starts_with(b"SYSCALL32_DEFINE")) => {
                self.out.syscalls.push(Use {
                    at: start as u32,
                    line: self.line,
                    condition: self.condition,
                });
                return;
            }
            b"typedef" if self.depth == 0 => {
                let name = self.names.intern("");
                self.begin(TypeKind::Typedef, name, start, self.line);
                self.pending.keyword = None;
            }
            _ => {
                if self.pending.keyword.is_some() && self.pending.parens == 0 {
                    // The last word before the brace is the tag, unless it is an attribute macro; those come in front
                    // (`struct __packed x {`) or, rarely, behind, where they begin with an underscore.
                    self.pending.attribute = word.starts_with(b"__");
                    if !self.pending.attribute || self.pending.tag.is_none() {
                        self.pending.tag = Some((start, self.at));
                    }
                }
                return;
            }
        }
        self.pending.tag = None;
        self.pending.parens = 0;
    }

    fn begin(&mut self, kind: TypeKind, name: Sym, start: usize, line: u32) {
        self.open.push(OpenType {
            index: self.out.types.len(),
            depth: self.depth,
            closed: false,
            braces: None,
        });
        let range = (start as u32, start as u32);
        let pack = self.packs.last().copied().unwrap_or(0);
        self.out.types.push(TypeDefinition {
            kind,
            name,
            range,
            line,
            condition: self.condition,
            pack,
        });
    }

    fn open_brace(&mut self) {
        let before = self.src[..self.at].trim_ascii_end();
        if before.ends_with(b"\"C\"") {
            // `extern "C" {`: what it holds is at the top level still.
            self.at += 1;
            return;
        }
        self.note_braces();
        if let Some((start, line, kind)) = self.pending.keyword.take() {
            let (from, to) = self.pending.tag.unwrap_or_default();
            let name = self.names.intern_bytes(&self.src[from..to]);
            let anonymous_record = self.pending.tag.is_none() && kind == TypeKind::Record;
            if !anonymous_record {
                self.begin(kind, name, start, line);
            }
            if kind == TypeKind::Enum {
                self.depth += 1;
                self.at += 1;
                self.pending = Pending::default();
                self.enum_body();
                return;
            }
        }
        let is_code = self.depth == 0 && self.open.is_empty();
        self.pending = Pending::default();
        self.depth += 1;
        self.at += 1;
        if is_code {
            self.code();
        }
    }

    /// Passes the body of a function, or values, up to the brace that ends it or to a type that is defined in it. Most of a
    /// C file is code, so its words are not looked at one by one.
    fn code(&mut self) {
        let mut line_start = false;
        // Behind the last comment, literal or directive: the words in those begin nothing.
        let mut since = self.at;
        while self.depth > 0 {
            let rest = &self.src[self.at..];
            let plain = rest
                .iter()
                .position(|&byte| ENDS_PLAIN[byte as usize])
                .unwrap_or(rest.len());
            line_start = line_start && rest[..plain].trim_ascii_start().is_empty();
            self.at += plain;
            match rest.get(plain) {
                None => return,
                Some(b'\n') => {
                    self.blank(&mut line_start);
                    continue;
                }
                Some(b'/') if self.blank(&mut line_start) => {
                    since = self.at;
                    continue;
                }
                Some(b'#') if line_start => {
                    self.directive();
                    since = self.at;
                }
                Some(b'"' | b'\'') => {
                    self.at = literal_end(self.src, self.at).min(self.src.len());
                    since = self.at;
                }
                Some(b'{') => match ends_in_keyword(&self.src[since..self.at]) {
                    Some(keyword) => {
                        let keyword = since + keyword;
                        let passed = &self.src[keyword..self.at];
                        self.line -= memchr::memchr_iter(b'\n', passed).count() as u32;
                        self.at = keyword;
                        return;
                    }
                    None => {
                        self.depth += 1;
                        self.at += 1;
                    }
                },
                Some(b'}') => self.close_brace(),
                Some(_) => self.at += 1,
            }
            line_start = false;
        }
    }

    /// Notes where the outermost braces of an open typedef start and end.
    fn note_braces(&mut self) {
        if self.depth == 0 {
            for open in &mut self.open {
                open.braces.get_or_insert((self.at, self.at)).1 = self.at;
            }
        }
    }

    /// Collects the constants up to the closing brace, which is left for the main loop.
    fn enum_body(&mut self) {
        let index = self.out.types.len() as u32 - 1;
        let mut expect_name = true;
        let mut nesting = 0_u32;
        let mut line_start = false;
        while let Some(&byte) = self.src.get(self.at) {
            match byte {
                _ if self.blank(&mut line_start) => continue,
                b'#' if line_start => self.directive(),
                b'\'' | b'"' => self.at = literal_end(self.src, self.at).min(self.src.len()),
                b'(' | b'{' => {
                    nesting += 1;
                    self.at += 1;
                }
                b'}' if nesting == 0 => return,
                b')' | b'}' => {
                    nesting = nesting.saturating_sub(1);
                    self.at += 1;
                }
                b',' => {
                    expect_name |= nesting == 0;
                    self.at += 1;
                }
                _ if is_ident_byte(byte) => {
                    let start = self.at;
                    self.at = word_end(self.src, start);
                    if expect_name && is_ident_start(byte) {
                        let name = self.names.intern_bytes(&self.src[start..self.at]);
                        self.out.enumerators.push((name, index));
                        expect_name = false;
                    }
                }
                _ => self.at += 1,
            }
            line_start = false;
        }
    }

    fn close_brace(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.at += 1;
        self.note_braces();
        self.pending = Pending::default();
        let depth = self.depth;
        if let Some(open) = self.open.iter_mut().rev().find(|o| o.depth == depth && !o.closed)
            && self.out.types[open.index].kind != TypeKind::Typedef
        {
            open.closed = true;
            self.out.types[open.index].range.1 = self.at as u32;
        }
    }

    fn semicolon(&mut self) {
        self.at += 1;
        self.pending = Pending::default();
        let (depth, end) = (self.depth, self.at);
        while let Some(open) = self.open.last() {
            if open.depth < depth {
                break;
            }
            let definition = &mut self.out.types[open.index];
            definition.range.1 = end as u32;
            if definition.kind == TypeKind::Typedef {
                let start = definition.range.0 as usize;
                let (from, to) = open.braces.unwrap_or((end, end));
                let names = typedef_names([&self.src[start..from], &self.src[to..end]], self.names);
                let definition = *definition;
                let index = open.index;
                for (i, name) in names.into_iter().enumerate() {
                    if i == 0 {
                        self.out.types[index].name = name;
                    } else {
                        self.out.types.push(TypeDefinition { name, ..definition });
                    }
                }
            }
            self.open.pop();
        }
    }

    /// The logical line at `at`, without the newline: its end, and the lines it spans.
    fn logical_line(&self, from: usize) -> (usize, u32) {
        let mut lines = 0;
        let mut at = from;
        while let Some(n) = memchr::memchr3(b'\n', b'/', b'"', &self.src[at..]) {
            let here = at + n;
            match self.src[here] {
                b'\n' => {
                    let spliced = self.src[..here].ends_with(b"\\") || self.src[..here].ends_with(b"\\\r");
                    if !spliced {
                        return (here, lines);
                    }
                    lines += 1;
                    at = here + 1;
                }
                b'"' => at = literal_end(self.src, here).min(self.src.len()),
                _ if self.src.get(here + 1) == Some(&b'*') => {
                    let end = comment_end(self.src, here);
                    lines += memchr::memchr_iter(b'\n', &self.src[here..end]).count() as u32;
                    at = end;
                }
                _ => at = here + 1,
            }
        }
        (self.src.len(), lines)
    }

    fn directive(&mut self) {
        let line = self.line;
        let (end, lines) = self.logical_line(self.at);
        let word_start = skip_space(self.src, self.at + 1, end);
        let at = word_end(&self.src[..end], word_start);
        let word = &self.src[word_start..at];
        let rest = skip_space(self.src, at, end);
        self.at = end;
        self.line += lines;
        match word {
            b"define" => {
                if let Some(name) = self.name_at(rest, end) {
                    let range = (rest as u32, end as u32);
                    // `#ifndef X` at the top of the file, then `#define X`: the include guard, true on the one reading.
                    if self.out.defines.is_empty() && self.is_guard(name) {
                        self.out.guard = Some(name);
                    }
                    self.out.defines.push(Define {
                        name,
                        range,
                        line,
                        condition: self.condition,
                    });
                }
            }
            b"undef" => {
                if let Some(name) = self.name_at(rest, end) {
                    self.out.undefs.push((name, self.condition, rest as u32));
                }
            }
            b"include" => self.include(rest, end),
            b"pragma" => self.pragma(rest, end),
            b"if" => self.open_if(Some(Test::Expression(rest as u32, end as u32))),
            b"ifdef" => {
                let test = self.name_at(rest, end).map(Test::Defined);
                self.open_if(test);
            }
            b"ifndef" => {
                let test = self.name_at(rest, end).map(Test::Undefined);
                self.open_if(test);
            }
            b"elif" => self.next_branch(Some(Test::Expression(rest as u32, end as u32))),
            b"else" => self.next_branch(None),
            b"endif" => {
                if let Some(open) = self.ifs.pop() {
                    self.condition = open.parent;
                }
            }
            _ => {}
        }
    }

    fn is_guard(&self, name: Sym) -> bool {
        self.ifs.len() == 1
            && self.out.includes.is_empty()
            && match self.out.conditions.get(1).and_then(|c| c.test.as_ref()) {
                Some(Test::Undefined(tested)) => *tested == name,
                // `#if !defined(X) || defined(TRACE_HEADER_MULTI_READ)` of trace headers.
                Some(Test::Expression(from, to)) => {
                    let text = String::from_utf8_lossy(&self.src[*from as usize..*to as usize]);
                    text.contains("!defined") && text.contains(self.names.text(name))
                }
                _ => false,
            }
    }

    fn name_at(&mut self, at: usize, end: usize) -> Option<Sym> {
        let to = word_end(&self.src[..end], at);
        (to > at && is_ident_start(self.src[at])).then(|| self.names.intern_bytes(&self.src[at..to]))
    }

    /// `#pragma pack(n)`, `pack()`, `pack(push, n)` and `pack(pop)`; all other pragmas say nothing of layouts.
    fn pragma(&mut self, at: usize, end: usize) {
        let text: String = String::from_utf8_lossy(&self.src[at..end]).split_whitespace().collect();
        let Some(inner) = text.strip_prefix("pack(").and_then(|t| t.strip_suffix(')')) else {
            return;
        };
        let current = self.packs.last().copied().unwrap_or(0);
        let value = inner.rsplit(',').next().and_then(|n| n.parse::<u8>().ok());
        if inner == "pop" {
            if self.packs.len() > 1 {
                self.packs.pop();
            }
        } else if inner.starts_with("push") {
            if self.packs.len() < 64 {
                self.packs.push(value.unwrap_or(current));
            }
        } else if let Some(last) = self.packs.last_mut() {
            *last = value.unwrap_or(0);
        }
    }

    fn include(&mut self, at: usize, end: usize) {
        let (close, quoted) = match self.src.get(at) {
            Some(b'"') => (b'"', true),
            Some(b'<') => (b'>', false),
            _ => (0, false),
        };
        let path = if close == 0 {
            String::new()
        } else {
            let text = &self.src[at + 1..end];
            let length = memchr::memchr(close, text).unwrap_or(text.len());
            String::from_utf8_lossy(&text[..length]).into_owned()
        };
        self.out.includes.push(Include {
            path,
            quoted,
            condition: self.condition,
            at: at as u32,
        });
    }

    fn add_condition(&mut self, parent: ConditionId, earlier: Vec<ConditionId>, test: Option<Test>) -> ConditionId {
        let at = self.at as u32;
        self.out.conditions.push(Condition {
            parent,
            earlier,
            test,
            at,
        });
        self.out.conditions.len() as u32 - 1
    }

    fn open_if(&mut self, test: Option<Test>) {
        let parent = self.condition;
        let condition = self.add_condition(parent, Vec::new(), test);
        self.ifs.push(OpenIf {
            parent,
            branches: vec![condition],
            depth: self.depth,
            types_open: self.open.len(),
        });
        self.condition = condition;
    }

    fn next_branch(&mut self, test: Option<Test>) {
        let Some((parent, earlier, depth, types_open)) = self
            .ifs
            .last()
            .map(|o| (o.parent, o.branches.clone(), o.depth, o.types_open))
        else {
            return;
        };
        // Each branch starts at the brace depth of the `#if`: branches are alternatives, not a sequence.
        self.depth = depth;
        if self.open.len() > types_open {
            let end = self.at as u32;
            for open in self.open.drain(types_open..) {
                self.out.types[open.index].range.1 = end;
            }
        }
        let condition = self.add_condition(parent, earlier, test);
        if let Some(open) = self.ifs.last_mut() {
            open.branches.push(condition);
        }
        self.condition = condition;
    }
}

/// The bytes at which something may begin that matters in code: a line, a comment, a literal, a block, a directive.
const ENDS_PLAIN: [bool; 256] = {
    let mut ends = [false; 256];
    let mut bytes: &[u8] = b"\n/\"'{}#";
    while let [byte, rest @ ..] = bytes {
        ends[*byte as usize] = true;
        bytes = rest;
    }
    ends
};

/// Where the `struct`, `union` or `enum` stands whose body begins behind this text: nothing but words follows it.
fn ends_in_keyword(text: &[u8]) -> Option<usize> {
    let mut before = text.trim_ascii_end();
    loop {
        let word = before
            .iter()
            .rposition(|&byte| !is_ident_byte(byte))
            .map_or(0, |n| n + 1);
        match &before[word..] {
            [] => return None,
            b"struct" | b"union" | b"enum" => return Some(word),
            _ => before = before[..word].trim_ascii_end(),
        }
    }
}

fn skip_space(src: &[u8], mut at: usize, end: usize) -> usize {
    while at < end {
        match src[at] {
            b' ' | b'\t' | b'\r' | b'\n' | b'\\' => at += 1,
            b'/' if src.get(at + 1) == Some(&b'*') => {
                at = comment_end(&src[..end], at);
            }
            _ => return at,
        }
    }
    at
}

/// The names a typedef declares: `typedef int a, *b;`, `typedef void (*f)(int);`, `typedef struct { int x; } s;`.
/// It is given as what stands before its braces and what stands behind them.
fn typedef_names(parts: [&[u8]; 2], names: &mut Interner) -> Vec<Sym> {
    let mut tokens: Vec<Token> = parts.into_iter().flat_map(|text| lex(text, 0, 1, names)).collect();
    drop_attributes(&mut tokens, names);
    let mut found = Vec::new();
    let mut depth = 0_u32;
    // The candidate of the declarator being read: the last word before `[`, `(`, `,` or `;`, or the word in `(*word)`.
    let mut word: Option<Sym> = None;
    let mut settled = false;
    for (i, token) in tokens.iter().enumerate() {
        match names.text(token.sym) {
            "(" => {
                depth += 1;
                // `u32 (*name)(...)`, also with an attribute before the star: the name is inside. Otherwise it was before.
                settled |= depth > 1 || (word.is_some() && !followed_by_call(&tokens[i..], names));
            }
            ")" => {
                depth = depth.saturating_sub(1);
                settled |= word.is_some();
            }
            "[" => settled = true,
            "," | ";" if depth == 0 => {
                found.extend(word);
                word = None;
                settled = false;
            }
            _ if token.kind == Kind::Ident && !settled => word = Some(token.sym),
            _ => {}
        }
    }
    found
}

/// Whether the group that opens the tokens is followed by another one.
fn followed_by_call(tokens: &[Token], names: &Interner) -> bool {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate() {
        match names.text(token.sym) {
            "(" => depth += 1,
            ")" if depth == 1 => {
                return tokens
                    .get(i + 1)
                    .is_some_and(|t| matches!(names.text(t.sym), "(" | "["));
            }
            ")" => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Takes out attributes with their arguments, which hold words that declare nothing.
fn drop_attributes(tokens: &mut Vec<Token>, names: &Interner) {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut depth = 0_u32;
    let mut attribute = false;
    for &token in tokens.iter() {
        let text = names.text(token.sym);
        let opens = text == "(" && (attribute || depth > 0);
        let closes = depth > 0 && text == ")";
        if opens {
            depth += 1;
        }
        if depth == 0 {
            attribute = matches!(
                text,
                "__attribute__" | "__attribute" | "__aligned" | "__packed" | "__typeof__" | "typeof"
            );
            if !attribute {
                kept.push(token);
            }
        }
        if opens {
            attribute = false;
        }
        if closes {
            depth -= 1;
        }
    }
    *tokens = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(src: &str) -> Vec<String> {
        let mut names = Interner::default();
        let index = index(Arc::from(src.as_bytes()), &mut names);
        let mut out: Vec<String> = index
            .types
            .iter()
            .map(|t| format!("{:?} {}@{} if {}", t.kind, names.text(t.name), t.line, t.condition))
            .collect();
        out.extend(
            index
                .defines
                .iter()
                .map(|d| format!("#{}@{} if {}", names.text(d.name), d.line, d.condition)),
        );
        out.extend(index.includes.iter().map(|i| format!("<{} if {}", i.path, i.condition)));
        out.extend(
            index
                .enumerators
                .iter()
                .map(|(n, t)| format!("={} of {t}", names.text(*n))),
        );
        out
    }

    #[test]
    fn finds_types_macros_and_includes() {
        let cases: &[(&str, &[&str])] = &[
            ("struct a { int x; } __packed;", &["Record a@1 if 0"]),
            ("struct a *p; struct a b, c; struct d f(struct a *q) { return; }", &[]),
            ("typedef unsigned int u32;", &["Typedef u32@1 if 0"]),
            ("typedef __u32 __bitwise __le32;", &["Typedef __le32@1 if 0"]),
            (
                "typedef struct { int a; } s_t;\ntypedef struct b { int a; } b_t;",
                &["Typedef s_t@1 if 0", "Typedef b_t@2 if 0", "Record b@2 if 0"],
            ),
            ("typedef void (*fn_t)(int a, int b);", &["Typedef fn_t@1 if 0"]),
            ("typedef int fn(struct x *a);", &["Typedef fn@1 if 0"]),
            (
                "typedef u32 (ACPI_X * handler) (void *context);",
                &["Typedef handler@1 if 0"],
            ),
            (
                "typedef u8 mac_t[6], *p_t;",
                &["Typedef mac_t@1 if 0", "Typedef p_t@1 if 0"],
            ),
            (
                "typedef long long __attribute__((aligned(8))) x64;",
                &["Typedef x64@1 if 0"],
            ),
            (
                "enum e { A, B = (1, 2), C };\nenum { D };",
                &[
                    "Enum e@1 if 0",
                    "Enum @2 if 0",
                    "=A of 0",
                    "=B of 0",
                    "=C of 0",
                    "=D of 1",
                ],
            ),
            (
                "#ifdef X\n#define A 1\n#else\n#include <l/x.h>\n#endif\n#define B(x) \\\n x\nstruct s{};",
                &["Record s@8 if 0", "#A@2 if 1", "#B@6 if 0", "<l/x.h if 2"],
            ),
            ("enum e f(int a) { } static enum e *g(void) { }", &[]),
            ("struct __aligned(8) w { int a; };", &["Record w@1 if 0"]),
            (
                "static void f(enum e bit) { }\nvoid g(struct s *p, struct t u)\n{\n}",
                &[],
            ),
            (
                "struct __packed q { struct in { int a; } b; };",
                &["Record q@1 if 0", "Record in@1 if 0"],
            ),
            (
                "static inline int f(void) { struct l { int a; }; if (x) { } return 0; }\nstruct m { int a; };",
                &["Record l@1 if 0", "Record m@2 if 0"],
            ),
            (
                "int f(void)\n{\n\tchar *s = \"}\", c = '{'; /* } */\n #define X 1\n\tif (s) {\n#ifdef Y\n\t} else {\n#endif\n\t}\n\tenum\n\tl { A };\n}\nstruct m { int a; };",
                &["Enum l@10 if 0", "Record m@13 if 0", "#X@4 if 0", "=A of 0"],
            ),
            (
                "struct a v[] = {\n\t{ .x = 1 }, // }\n};\nunion u { int a; };",
                &["Record u@4 if 0"],
            ),
            (
                "int f(void)\n{\n\tif (x) // see struct s\n\t{\n\t}\n#define E enum e\n\t{ }\n}\nstruct s { int a; };",
                &["Record s@9 if 0", "#E@6 if 0"],
            ),
            (
                "struct a { int x; } X\ntypedef struct { int b; } c, *d;",
                &["Record a@1 if 0", "Typedef c@2 if 0", "Typedef d@2 if 0"],
            ),
            (
                "extern \"C\" {\ntypedef int t;\n}\nstruct s { int a; };",
                &["Typedef t@2 if 0", "Record s@4 if 0"],
            ),
        ];
        for (src, want) in cases {
            assert_eq!(&listed(src), want, "{src}");
        }
    }

    #[test]
    fn knows_include_guards() {
        let mut names = Interner::default();
        let plain = index(Arc::from(&b"#ifndef _A_H\n#define _A_H\n#endif"[..]), &mut names);
        assert_eq!(plain.guard, names.find("_A_H"));
        let trace = b"#undef TRACE_SYSTEM\n#define TRACE_SYSTEM a\n#if !defined(_T) || defined(TRACE_HEADER_MULTI_READ)\n#define _T\n#endif";
        assert_eq!(index(Arc::from(&trace[..]), &mut names).guard, None);
    }
}
