//! Finds the functions in the expanded tokens of a file: name, section, parameters, body. Braces that `#if` leaves out of
//! balance end where the next `SEC(` begins a line.

use std::rc::Rc;

use super::{Attach, Section, section};
use crate::fragment::{Declaration, parameters};
use crate::lex::{Interner, Kind, Token, spell, split_at_commas};
use crate::trace_header::unescaped;

/// A function with its body.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The token that begins it: of its section, if it names one.
    pub place: Token,
    /// The section that it names; `Err` with the text if that is no string here.
    pub section: Option<Result<String, String>>,
    /// The event that a macro of bcc gives it.
    pub probe: Option<Section>,
    /// It is a `BPF_PROG`: its parameters are the slots of the context.
    pub has_slots: bool,
    parameters: Vec<Token>,
    /// From brace to brace.
    pub body: Rc<[Token]>,
}

impl Function {
    /// Its parameters; `None` if they are not understood.
    pub fn parameters(&self, names: &Interner) -> Option<Vec<Declaration>> {
        let known: Vec<Token> = self
            .parameters
            .iter()
            .filter(|t| !is_attribute(names.text(t.sym)))
            .copied()
            .collect();
        parameters(&spell(&known, names))
    }
}

/// Words before a parameter that say nothing of its type and that the grammar does not know.
fn is_attribute(word: &str) -> bool {
    matches!(
        word,
        "__arg_ctx" | "__arg_nonnull" | "__arg_trusted" | "__user" | "__unused" | "UNUSED" | "__maybe_unused"
    )
}

/// All functions of a file.
pub fn functions(tokens: &[Token], names: &Interner) -> Vec<Function> {
    let mut out = Vec::new();
    let (mut head, mut at) = (0, 0);
    while at < tokens.len() {
        match names.text(tokens[at].sym) {
            ";" => head = at + 1,
            "(" => {
                at = group_end(tokens, at, ("(", ")"), names);
                continue;
            }
            "{" => {
                let end = group_end(tokens, at, ("{", "}"), names);
                // What is no function goes on to its semicolon: a type, an initializer.
                if let Some(found) = function(&tokens[head..at], &tokens[at..end], names) {
                    out.push(found);
                    head = end;
                } else if tokens.get(end).is_some_and(|next| is_section(next, names)) {
                    head = end;
                }
                at = end;
                continue;
            }
            "SEC" if tokens[at].first => head = at,
            _ => {}
        }
        at += 1;
    }
    out
}

fn is_section(token: &Token, names: &Interner) -> bool {
    token.first && names.text(token.sym) == "SEC"
}

/// The position after the group that opens at `at`.
fn group_end(tokens: &[Token], at: usize, (open, close): (&str, &str), names: &Interner) -> usize {
    let mut depth = 0_u32;
    for (i, token) in tokens.iter().enumerate().skip(at) {
        let text = names.text(token.sym);
        if text == open {
            depth += 1;
        } else if text == close {
            depth -= 1;
            if depth == 0 {
                return i + 1;
            }
        } else if is_section(token, names) {
            return i;
        }
    }
    tokens.len()
}

fn function(head: &[Token], body: &[Token], names: &Interner) -> Option<Function> {
    let is = |at: usize, text: &str| head.get(at).is_some_and(|t| names.text(t.sym) == text);
    let mut section = None;
    let mut place = None;
    let mut called = None;
    let mut at = 0;
    while at < head.len() {
        let token = head[at];
        let text = names.text(token.sym);
        if token.kind == Kind::Ident && is(at + 1, "(") {
            let end = group_end(head, at + 1, ("(", ")"), names);
            let inner = head.get(at + 2..end.saturating_sub(1)).unwrap_or_default();
            match text {
                "__attribute__" => {
                    if let Some(found) = inner.iter().position(|t| names.text(t.sym) == "section") {
                        let strings = inner[found + 1..].iter().filter(|t| t.kind == Kind::Str);
                        section = strings.clone().next().map(|first| {
                            place = Some(token);
                            Ok(unescaped(names.text(first.sym)))
                        });
                    }
                }
                "SEC" => {
                    place = Some(token);
                    section = Some(literal(inner, names));
                }
                "__aligned" | "typeof" | "__typeof__" | "alignas" => {}
                _ => called = Some((token, inner)),
            }
            at = end;
        } else if text == "=" {
            return None;
        } else {
            at += 1;
        }
    }
    let (name, inner) = called?;
    if !is(head.len() - 1, ")") {
        return None;
    }
    let mut found = Function {
        name: names.text(name.sym).to_owned(),
        place: place.unwrap_or(name),
        section,
        probe: None,
        has_slots: false,
        parameters: inner.to_vec(),
        body: body.into(),
    };
    found.macros(inner, names);
    Some(found)
}

/// The value of adjacent string literals, or their text if they are none. A beginning that is of other programs is enough.
fn literal(tokens: &[Token], names: &Interner) -> Result<String, String> {
    let strings = tokens.iter().take_while(|t| t.kind == Kind::Str);
    let beginning: String = strings.map(|t| unescaped(names.text(t.sym))).collect();
    if beginning.contains('/') && section::parse(&beginning) == section::Named::Other {
        return Ok(beginning);
    }
    if tokens.is_empty() || tokens.iter().any(|t| t.kind != Kind::Str) {
        return Err(format!("SEC({})", spell(tokens, names)));
    }
    Ok(tokens.iter().map(|t| unescaped(names.text(t.sym))).collect())
}

impl Function {
    /// Takes the name and the event out of macros that stand for the head of a function.
    fn macros(&mut self, inner: &[Token], names: &Interner) {
        let parts = split_at_commas(inner, names);
        let word = |n: usize| parts.get(n).map(|part| spell(part, names)).unwrap_or_default();
        match self.name.as_str() {
            "BPF_PROG" | "BPF_PROG2" => {
                self.name = word(0);
                self.has_slots = true;
                let first = parts.first().map_or(0, |part| part.len() + 1);
                self.parameters = inner.get(first..).unwrap_or_default().to_vec();
            }
            "TRACEPOINT_PROBE" => {
                self.name = format!("tracepoint__{}__{}", word(0), word(1));
                self.probe = Some(Section {
                    attach: Attach::Tp,
                    system: Some(word(0)),
                    event: word(1),
                });
                self.parameters.clear();
            }
            "RAW_TRACEPOINT_PROBE" => {
                self.name = format!("raw_tracepoint__{}", word(0));
                self.probe = Some(Section {
                    attach: Attach::RawTp,
                    system: None,
                    event: word(0),
                });
                self.parameters.clear();
            }
            _ => {}
        }
    }
}
