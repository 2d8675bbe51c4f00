//! An expression, and before it lines of `#define` that it is expanded with: expansion and constants.
#![no_main]

use std::collections::HashMap;
use std::rc::Rc;

use libfuzzer_sys::fuzz_target;
use tpabi_core::const_expr::{Resolver, Value, evaluate};
use tpabi_core::expand::{Expander, Macro, Meaning, Names, parse_define, stringify};
use tpabi_core::lex::{Interner, Sym, Token, lex, spell};

/// The macros of the input.
#[derive(Default)]
struct Table(HashMap<Sym, Rc<Macro>>);

impl Names for Table {
    fn meaning(&mut self, name: Sym, names: &mut Interner) -> Meaning {
        match self.0.get(&name) {
            Some(found) => Meaning::Macro(found.clone()),
            None if names.text(name) == "KEPT" => Meaning::Call,
            None => Meaning::Plain,
        }
    }
}

/// Knows `A`, the type `int`, and functions that give back their first argument.
struct Known;

impl Resolver for Known {
    fn name(&mut self, name: Sym, names: &mut Interner) -> Option<Value> {
        (names.text(name) == "A").then(|| Value::int(7))
    }
    fn call(&mut self, _name: Sym, args: &[Vec<Token>], names: &mut Interner) -> Option<Value> {
        evaluate(args.first()?, &mut Constants, names)
    }
    fn is_type(&mut self, name: Sym, names: &mut Interner) -> bool {
        names.text(name) == "int"
    }
    fn size_of(&mut self, operand: &[Token], _names: &mut Interner) -> Option<u64> {
        u64::try_from(operand.len()).ok()
    }
    fn align_of(&mut self, _operand: &[Token], _names: &mut Interner) -> Option<u64> {
        Some(4)
    }
    fn integer_type(&mut self, operand: &[Token], _names: &mut Interner) -> Option<(u32, bool)> {
        Some((8 * u32::try_from(operand.len()).ok()?, operand.len().is_multiple_of(2)))
    }
}

/// Knows nothing.
struct Constants;

impl Resolver for Constants {
    fn name(&mut self, _name: Sym, _names: &mut Interner) -> Option<Value> {
        None
    }
    fn call(&mut self, _name: Sym, _args: &[Vec<Token>], _names: &mut Interner) -> Option<Value> {
        None
    }
    fn is_type(&mut self, _name: Sym, _names: &mut Interner) -> bool {
        false
    }
    fn size_of(&mut self, _operand: &[Token], _names: &mut Interner) -> Option<u64> {
        None
    }
    fn align_of(&mut self, _operand: &[Token], _names: &mut Interner) -> Option<u64> {
        None
    }
    fn integer_type(&mut self, _operand: &[Token], _names: &mut Interner) -> Option<(u32, bool)> {
        None
    }
}

fuzz_target!(|data: &[u8]| {
    let mut names = Interner::default();
    let mut table = Table::default();
    let mut text = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some(define) = line.strip_prefix(b"#define ") else {
            text.extend_from_slice(line);
            text.push(b'\n');
            continue;
        };
        let tokens = lex(define, 0, 1, &mut names);
        if let Some(found) = parse_define(&tokens, &mut names) {
            table.0.insert(found.name, Rc::new(found));
        }
    }
    let tokens = lex(&text, 0, 1, &mut names);
    let mut expander = Expander::default();
    let expanded = expander.expand(&tokens, &mut table, &mut names);
    spell(&expanded, &names);
    stringify(&expanded, &names);
    if let Some(value) = evaluate(&expanded, &mut Known, &mut names) {
        assert_eq!(
            value,
            Value::of(value.number, value.bits, value.signed),
            "out of its range"
        );
    }
});
