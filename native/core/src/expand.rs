//! Macro expansion as the C preprocessor does it (C11 6.10.3 with the GNU forms that the kernel uses).
//! White space before tokens comes out as gcc has it, because `__stringify` puts it into print formats.
//! Expansion is bounded: past [`MAX_TOKENS`] or [`MAX_DEPTH`] the rest stays as it is and [`Expander::overflowed`] says so.

use std::rc::Rc;

use crate::lex::{Interner, Kind, Sym, Token, lex};

/// Tokens one expander may produce before it gives up: several hundred times what the largest trace header needs.
pub const MAX_TOKENS: usize = 4_000_000;
/// How deep arguments may nest within arguments.
pub const MAX_DEPTH: u32 = 200;

/// A macro definition.
#[derive(Debug, Clone)]
pub struct Macro {
    /// Its name.
    pub name: Sym,
    /// Parameters; `None` for an object-like macro.
    pub params: Option<Params>,
    /// Replacement tokens.
    pub body: Vec<Token>,
}

/// Parameters of a function-like macro.
#[derive(Debug, Clone, Default)]
pub struct Params {
    /// Names, the variadic one last.
    pub names: Vec<Sym>,
    /// Whether the last name takes all further arguments.
    pub variadic: bool,
}

/// What a name means to the expander.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// No macro.
    Plain,
    /// A macro to expand.
    Macro(Rc<Macro>),
    /// With its parenthesised arguments it becomes one [`Kind::Opaque`] token: a call that the caller interprets.
    Call,
}

/// Tells the expander what names mean.
pub trait Names {
    /// The meaning of `name` where it is being expanded.
    fn meaning(&mut self, name: Sym, names: &mut Interner) -> Meaning;
}

/// A call that was kept whole: a name and its unexpanded arguments.
#[derive(Debug, Clone)]
pub struct Call {
    /// The name token.
    pub name: Token,
    /// Arguments, split at the commas of depth 0.
    pub args: Vec<Vec<Token>>,
    /// The commas between them.
    pub commas: Vec<Token>,
}

impl Call {
    /// The arguments from the n-th on, with the commas between them: what a variadic parameter takes.
    pub fn rest(&self, n: usize) -> Vec<Token> {
        let mut out = Vec::new();
        for (i, arg) in self.args.iter().enumerate().skip(n) {
            if i > n {
                out.extend(self.commas.get(i - 1));
            }
            out.extend(arg);
        }
        out
    }
}

/// Parses the tokens after `#define`. `None` if they define nothing that C knows.
pub fn parse_define(tokens: &[Token], names: &mut Interner) -> Option<Macro> {
    let (name, rest) = tokens.split_first()?;
    if name.kind != Kind::Ident {
        return None;
    }
    let opens = rest.first().is_some_and(|t| !t.space && names.text(t.sym) == "(");
    if !opens {
        return Some(Macro {
            name: name.sym,
            params: None,
            body: rest.to_vec(),
        });
    }
    let mut params = Params::default();
    let mut at = 1;
    loop {
        let token = rest.get(at)?;
        match names.text(token.sym) {
            ")" => break,
            "," => {}
            "..." => {
                params.variadic = true;
                // `args...` makes the last name variadic, a bare `...` has the name __VA_ARGS__.
                if at == 1 || names.text(rest[at - 1].sym) == "," {
                    params.names.push(names.intern("__VA_ARGS__"));
                }
            }
            _ if token.kind == Kind::Ident => params.names.push(token.sym),
            _ => return None,
        }
        at += 1;
    }
    Some(Macro {
        name: name.sym,
        params: Some(params),
        body: rest[at + 1..].to_vec(),
    })
}

/// A run of tokens being read, and the macro that is switched off while it is.
struct Frame {
    tokens: Rc<[Token]>,
    at: usize,
    of: Option<Sym>,
}

/// Expands macros; holds the calls it kept whole.
#[derive(Default)]
pub struct Expander {
    calls: Vec<Rc<Call>>,
    produced: usize,
    depth: u32,
    disabled: Vec<Sym>,
    /// A bound was hit: the last result is incomplete.
    pub overflowed: bool,
    /// What a macro makes stands where its name stands, not where the macro was defined.
    pub places_at_call: bool,
}

/// Splices, hash signs and other spellings that the expander compares with; interned once.
#[derive(Clone, Copy)]
struct Marks {
    open: Sym,
    close: Sym,
    comma: Sym,
    hash: Sym,
    paste: Sym,
    va_opt: Sym,
}

impl Marks {
    fn new(names: &mut Interner) -> Self {
        let mut mark = |text| names.intern(text);
        Marks {
            open: mark("("),
            close: mark(")"),
            comma: mark(","),
            hash: mark("#"),
            paste: mark("##"),
            va_opt: mark("__VA_OPT__"),
        }
    }
}

impl Expander {
    /// The call that an [`Kind::Opaque`] token stands for.
    pub fn call(&self, token: Token) -> Rc<Call> {
        self.calls[token.sym.0 as usize].clone()
    }

    /// Forgets the calls kept so far and what was produced; tokens that stand for calls lose their meaning.
    pub fn reset(&mut self) {
        self.calls.clear();
        self.produced = 0;
        self.overflowed = false;
    }

    /// All tokens that `tokens` become.
    pub fn expand(&mut self, tokens: &[Token], table: &mut dyn Names, names: &mut Interner) -> Vec<Token> {
        let marks = Marks::new(names);
        self.run(tokens, table, names, marks)
    }

    fn run(&mut self, tokens: &[Token], table: &mut dyn Names, names: &mut Interner, marks: Marks) -> Vec<Token> {
        let mut out = Vec::with_capacity(tokens.len());
        if self.depth >= MAX_DEPTH || self.overflowed {
            self.overflowed = true;
            out.extend_from_slice(tokens);
            return out;
        }
        self.depth += 1;
        let mut frames = vec![Frame {
            tokens: Rc::from(tokens),
            at: 0,
            of: None,
        }];
        // White space owed by a macro that expanded to nothing.
        let mut owed = false;
        while let Some(mut token) = self.next(&mut frames) {
            token.space |= owed;
            owed = false;
            self.produced += 1;
            if self.produced > MAX_TOKENS {
                self.overflowed = true;
                break;
            }
            if token.kind != Kind::Ident || token.painted {
                out.push(token);
                continue;
            }
            let meaning = table.meaning(token.sym, names);
            match meaning {
                Meaning::Plain => out.push(token),
                Meaning::Macro(_) if self.disabled.contains(&token.sym) => {
                    token.painted = true;
                    out.push(token);
                }
                Meaning::Call => match self.arguments(&mut frames, marks) {
                    Some(args) => {
                        self.calls.push(Rc::new(Call {
                            name: token,
                            args: args.list,
                            commas: args.commas,
                        }));
                        let number = Sym(self.calls.len() as u32 - 1);
                        out.push(Token {
                            sym: number,
                            kind: Kind::Opaque,
                            ..token
                        });
                    }
                    None => out.push(token),
                },
                Meaning::Macro(definition) => {
                    let replaced = match &definition.params {
                        None => self.substitute(&definition, &[], table, names, marks),
                        Some(params) => match self.arguments(&mut frames, marks) {
                            Some(args) => {
                                let args = args.fit(params);
                                self.substitute(&definition, &args, table, names, marks)
                            }
                            None => {
                                out.push(token);
                                continue;
                            }
                        },
                    };
                    let mut replaced = replaced;
                    // What a macro makes stands under the condition that the macro's name stands under.
                    if token.when != 0 {
                        for made in replaced.iter_mut().filter(|made| made.when == 0) {
                            made.when = token.when;
                        }
                    }
                    if self.places_at_call {
                        // Macros are defined before they are used, and arguments stand behind the name.
                        let is_of_body = |made: &Token| made.file != token.file || made.line < token.line;
                        for made in replaced.iter_mut().filter(|made| is_of_body(made)) {
                            (made.file, made.line) = (token.file, token.line);
                        }
                    }
                    match replaced.first_mut() {
                        Some(first) => first.space = token.space,
                        None => owed = token.space,
                    }
                    self.disabled.push(token.sym);
                    frames.push(Frame {
                        tokens: replaced.into(),
                        at: 0,
                        of: Some(token.sym),
                    });
                }
            }
        }
        for frame in frames.drain(..).rev() {
            self.leave(&frame);
        }
        self.depth -= 1;
        out
    }

    fn leave(&mut self, frame: &Frame) {
        if let Some(of) = frame.of
            && let Some(at) = self.disabled.iter().rposition(|&d| d == of)
        {
            self.disabled.remove(at);
        }
    }

    /// The next token; frames that are used up are left, and their macros switched on again.
    fn next(&mut self, frames: &mut Vec<Frame>) -> Option<Token> {
        self.peek(frames)?;
        let frame = frames.last_mut()?;
        frame.at += 1;
        Some(frame.tokens[frame.at - 1])
    }

    fn peek(&mut self, frames: &mut Vec<Frame>) -> Option<Token> {
        loop {
            let frame = frames.last()?;
            if let Some(&token) = frame.tokens.get(frame.at) {
                return Some(token);
            }
            if frames.len() == 1 {
                return None;
            }
            let frame = frames.pop()?;
            self.leave(&frame);
        }
    }

    /// The arguments of a call whose `(` comes next; `None`, and nothing taken, if it does not.
    fn arguments(&mut self, frames: &mut Vec<Frame>, marks: Marks) -> Option<Arguments> {
        let open = self.peek(frames)?;
        if open.kind != Kind::Punct || open.sym != marks.open {
            return None;
        }
        self.next(frames);
        let mut list = vec![Vec::new()];
        let mut commas = Vec::new();
        let mut depth = 0_u32;
        while let Some(token) = self.next(frames) {
            if token.kind == Kind::Punct {
                if token.sym == marks.open {
                    depth += 1;
                } else if token.sym == marks.close {
                    if depth == 0 {
                        return Some(Arguments { list, commas });
                    }
                    depth -= 1;
                } else if token.sym == marks.comma && depth == 0 {
                    commas.push(token);
                    list.push(Vec::new());
                    continue;
                }
            }
            if let Some(last) = list.last_mut() {
                // An identifier whose macro is switched off here stays unexpanded for good, wherever it is moved to.
                let painted = token.painted || (token.kind == Kind::Ident && self.disabled.contains(&token.sym));
                last.push(Token { painted, ..token });
            }
        }
        // The input ended inside the call: what was taken stands as arguments, as much as there is.
        Some(Arguments { list, commas })
    }

    /// The replacement list with arguments put in (C11 6.10.3.1 to 6.10.3.3).
    #[allow(
        clippy::too_many_lines,
        reason = "one loop over the replacement list; its cases share all of its state"
    )]
    fn substitute(
        &mut self,
        definition: &Macro,
        args: &[Vec<Token>],
        table: &mut dyn Names,
        names: &mut Interner,
        marks: Marks,
    ) -> Vec<Token> {
        let body = &definition.body;
        let params = definition.params.as_ref();
        let index = |token: &Token| {
            if token.kind != Kind::Ident {
                return None;
            }
            params.and_then(|p| p.names.iter().position(|&n| n == token.sym))
        };
        let is_mark = |token: Option<&Token>, sym: Sym| token.is_some_and(|t| t.kind == Kind::Punct && t.sym == sym);
        let mut expanded: Vec<Option<Vec<Token>>> = vec![None; args.len()];
        let mut out: Vec<Token> = Vec::with_capacity(body.len() + args.iter().map(Vec::len).sum::<usize>());
        // White space owed by an empty argument, and whether the next operand is pasted onto the last token.
        let mut owed = false;
        let mut pasting = false;
        let mut at = 0;
        while at < body.len() {
            let token = body[at];
            at += 1;
            let hashed = if params.is_some() && is_mark(Some(&token), marks.hash) {
                body.get(at)
            } else {
                None
            };
            if let Some(i) = hashed.and_then(index) {
                at += 1;
                let text = stringify(&args[i], names);
                let string = Token {
                    sym: names.intern(&text),
                    kind: Kind::Str,
                    ..token
                };
                push(
                    &mut out,
                    &[Token {
                        space: token.space | owed,
                        ..string
                    }],
                    pasting,
                    names,
                );
                (owed, pasting) = (false, false);
                continue;
            }
            if is_mark(Some(&token), marks.paste) && at > 1 {
                pasting = true;
                continue;
            }
            if token.sym == marks.va_opt && params.is_some_and(|p| p.variadic) && is_mark(body.get(at), marks.open) {
                let end = group_end(body, at, marks);
                if args.last().is_some_and(|a| !a.is_empty()) {
                    // One that is not closed may have nothing in it, not even a parenthesis; one within another is no C.
                    let inside = body.get(at + 1..end - 1).unwrap_or_default();
                    let inner = Macro {
                        name: definition.name,
                        params: definition.params.clone(),
                        body: inside.iter().filter(|t| t.sym != marks.va_opt).copied().collect(),
                    };
                    let mut inner = self.substitute(&inner, args, table, names, marks);
                    if let Some(first) = inner.first_mut() {
                        first.space = token.space | owed;
                    }
                    push(&mut out, &inner, pasting, names);
                }
                (owed, pasting) = (false, false);
                at = end;
                continue;
            }
            let Some(i) = index(&token) else {
                push(
                    &mut out,
                    &[Token {
                        space: token.space | owed,
                        ..token
                    }],
                    pasting,
                    names,
                );
                (owed, pasting) = (false, false);
                continue;
            };
            let is_variadic = params.is_some_and(|p| p.variadic && i + 1 == p.names.len());
            let next_pastes = is_mark(body.get(at), marks.paste);
            let after_comma = pasting && is_variadic && is_mark(out.last(), marks.comma);
            if after_comma {
                // GNU `, ## args`: without arguments the comma goes, with arguments they follow it as they are.
                if args[i].is_empty() {
                    let comma = out.pop();
                    owed |= comma.is_some_and(|c| c.space);
                    pasting = false;
                    continue;
                }
                pasting = false;
            }
            let mut operand: Vec<Token> = if pasting || next_pastes || after_comma {
                args[i].clone()
            } else {
                if expanded[i].is_none() {
                    expanded[i] = Some(self.run(&args[i], table, names, marks));
                }
                expanded[i].clone().unwrap_or_default()
            };
            if let Some(first) = operand.first_mut() {
                first.space = if after_comma { first.space } else { token.space } | owed;
                owed = false;
            } else {
                owed |= token.space;
            }
            if operand.is_empty() && next_pastes && !pasting {
                // A placemarker on the left of ##: the right operand stands alone.
                at += 1;
                continue;
            }
            push(&mut out, &operand, pasting, names);
            pasting = false;
        }
        for token in &mut out {
            token.first = false;
        }
        out
    }
}

struct Arguments {
    list: Vec<Vec<Token>>,
    commas: Vec<Token>,
}

impl Arguments {
    /// As many arguments as there are parameters: the variadic one takes the rest with its commas, missing ones are empty.
    fn fit(self, params: &Params) -> Vec<Vec<Token>> {
        let count = params.names.len();
        let mut list = self.list;
        if params.variadic && list.len() > count && count > 0 {
            let rest = list.split_off(count);
            if let Some(last) = list.last_mut() {
                for (comma, arg) in self.commas[count - 1..].iter().zip(rest) {
                    last.push(*comma);
                    last.extend(arg);
                }
            }
        }
        list.resize(count, Vec::new());
        list
    }
}

/// The index after the `)` that closes the `(` at `open`.
fn group_end(tokens: &[Token], open: usize, marks: Marks) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        if token.kind == Kind::Punct && token.sym == marks.open {
            depth += 1;
        } else if token.kind == Kind::Punct && token.sym == marks.close {
            depth -= 1;
            if depth == 0 {
                return i + 1;
            }
        }
    }
    tokens.len()
}

/// Appends tokens; with `paste`, the first one is glued to the last token there is.
fn push(out: &mut Vec<Token>, tokens: &[Token], paste: bool, names: &mut Interner) {
    let mut tokens = tokens;
    if paste
        && let (Some(left), Some((right, rest))) = (out.last().copied(), tokens.split_first())
        && left.kind != Kind::Opaque
        && right.kind != Kind::Opaque
    {
        let text = format!("{}{}", names.text(left.sym), names.text(right.sym));
        let glued = lex(text.as_bytes(), left.file, left.line, names);
        out.pop();
        let count = glued.len();
        out.extend(glued.into_iter().enumerate().map(|(i, t)| Token {
            space: i == 0 && left.space,
            first: false,
            // gcc keeps both tokens if they do not paste; they stand side by side then.
            painted: count > 1 && t.kind == Kind::Ident && left.painted,
            ..t
        }));
        tokens = rest;
    }
    out.extend_from_slice(tokens);
}

/// What `#` makes of an argument: its spelling as a string literal.
pub fn stringify(tokens: &[Token], names: &Interner) -> String {
    let mut out = String::from("\"");
    for (i, token) in tokens.iter().enumerate() {
        if i > 0 && token.space {
            out.push(' ');
        }
        let text = if token.kind == Kind::Opaque {
            ""
        } else {
            names.text(token.sym)
        };
        if matches!(token.kind, Kind::Str | Kind::Char) {
            for c in text.chars() {
                if c == '"' || c == '\\' {
                    out.push('\\');
                }
                out.push(c);
            }
        } else {
            out.push_str(text);
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::lex::spell;

    struct Table(HashMap<Sym, Rc<Macro>>, Vec<&'static str>);

    impl Names for Table {
        fn meaning(&mut self, name: Sym, names: &mut Interner) -> Meaning {
            if self.1.contains(&names.text(name)) {
                return Meaning::Call;
            }
            self.0.get(&name).map_or(Meaning::Plain, |m| Meaning::Macro(m.clone()))
        }
    }

    fn expanded(defines: &[&str], text: &str) -> String {
        let mut names = Interner::default();
        let mut table = Table(HashMap::new(), vec!["KEEP"]);
        for define in defines {
            let tokens = lex(define.as_bytes(), 0, 1, &mut names);
            let definition = parse_define(&tokens, &mut names).expect("a definition");
            table.0.insert(definition.name, Rc::new(definition));
        }
        let tokens = lex(text.as_bytes(), 0, 1, &mut names);
        let mut expander = Expander::default();
        let out = expander.expand(&tokens, &mut table, &mut names);
        spell(&out, &names)
    }

    #[test]
    fn expands_as_c_does() {
        let cases: &[(&[&str], &str, &str)] = &[
            (&["A 1"], "A+A", "1+1"),
            (&["F(x) [x]"], "F(a b) F", "[a b] F"),
            (&["F(x,y) x y"], "F((a,b),c)", "(a,b) c"),
            (&["CAT(a,b) a##b", "AB 7"], "CAT(A,B)", "7"),
            (&["CAT(a,b) a##b", "X CAT(A,B)"], "X", "AB"),
            (
                &["S(x...) #x", "S2(x...) S(x)", "A  1 + 2"],
                "S(A) S2(A,  b)",
                "\"A\" \"1 + 2, b\"",
            ),
            (&["S(x) #x"], r#"S("a\n" 'c')"#, r#""\"a\\n\" 'c'""#),
            (&["V(f, a...) g(f, ## a)"], "V(1) V(1,2,3)", "g(1) g(1,2,3)"),
            (&["V(f, ...) g(f, ##__VA_ARGS__)"], "V(1) V(1, 2)", "g(1) g(1, 2)"),
            (&["A A b"], "A", "A b"),
            (&["f(x) x f", "g f(1)"], "g(2)", "1 f(2)"),
            (&["E", "F(x) <x>"], "F(E) E a", "<> a"),
            (&["P(x) x", "L a, b", "G(x,y) x|y", "W(args...) G(args)"], "W(L)", "a|b"),
            (&["H(n) DEF(t, n##_done)"], "H(x)", "DEF(t, x_done)"),
            (&["C(a, b) a ## b"], "C(, x) C(x, )", "x x"),
            (
                &["O(f, ...) g(f __VA_OPT__(,) __VA_ARGS__)"],
                "O(1) O(1,2)",
                "g(1 ) g(1 , 2)",
            ),
            (&["O(f, ...) <__VA_OPT__("], "O(1) O(1,2)", "< <"),
            (&["O(f, ...) <__VA_OPT__(a __VA_OPT__(b))>"], "O(1) O(1,2)", "<> <a(b)>"),
        ];
        for (defines, text, want) in cases {
            assert_eq!(&expanded(defines, text), want, "{defines:?} {text}");
        }
    }

    #[test]
    fn keeps_calls_whole_until_asked() {
        let mut names = Interner::default();
        let mut table = Table(HashMap::new(), vec!["KEEP"]);
        let tokens = lex(b"W(n) KEEP(n, (a, b), c)", 0, 1, &mut names);
        let definition = parse_define(&tokens, &mut names).expect("a definition");
        table.0.insert(definition.name, Rc::new(definition));
        let tokens = lex(b"W(x) ;", 0, 5, &mut names);
        let mut expander = Expander::default();
        let out = expander.expand(&tokens, &mut table, &mut names);
        assert_eq!(out.len(), 2);
        let call = expander.call(out[0]);
        let args: Vec<String> = call.args.iter().map(|a| spell(a, &names)).collect();
        assert_eq!(args, ["x", "(a, b)", "c"]);
    }

    #[test]
    fn is_bounded() {
        let mut defines = vec!["A0 x x".to_owned()];
        for i in 1..64 {
            defines.push(format!("A{i} A{} A{}", i - 1, i - 1));
        }
        let mut names = Interner::default();
        let mut table = Table(HashMap::new(), vec![]);
        for define in &defines {
            let tokens = lex(define.as_bytes(), 0, 1, &mut names);
            let definition = parse_define(&tokens, &mut names).expect("a definition");
            table.0.insert(definition.name, Rc::new(definition));
        }
        let tokens = lex(b"A63", 0, 1, &mut names);
        let mut expander = Expander::default();
        expander.expand(&tokens, &mut table, &mut names);
        assert!(expander.overflowed);
    }
}
