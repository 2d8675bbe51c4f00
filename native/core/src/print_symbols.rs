//! The tables of `__print_symbolic` and `__print_flags`: which label stands for which number.
//! Only what the argument text does not say itself is told: tables in which a number is given by name.

use std::collections::BTreeMap;

use crate::lex::{Interner, Kind, Token, spell};
use crate::types::Context;

/// Tables by the expression they print, and the values of the names in them.
#[derive(Debug, Default)]
pub struct Symbols {
    /// The expression -> label -> value, for tables with names.
    pub tables: BTreeMap<String, BTreeMap<String, i64>>,
    /// The names and their values.
    pub names: BTreeMap<String, i64>,
}

const PRINTERS: [&str; 4] = [
    "__print_symbolic",
    "__print_flags",
    "__print_symbolic_u64",
    "__print_flags_u64",
];

/// The tables in the arguments of a print format, with the values that the unit can see.
pub fn symbols(args: &[Token], context: &mut Context, names: &mut Interner) -> Symbols {
    let mut out = Symbols::default();
    for (at, token) in args.iter().enumerate() {
        let name = names.shared(token.sym);
        if !PRINTERS.contains(&&*name) || args.get(at + 1).is_none_or(|t| names.text(t.sym) != "(") {
            continue;
        }
        let parts = split(&args[at + 2..], names);
        let Some((printed, rest)) = parts.split_first() else {
            continue;
        };
        // The second argument of __print_flags is the delimiter.
        let rows = rest.get(usize::from(name.contains("flags"))..).unwrap_or_default();
        let mut table = BTreeMap::new();
        let mut named = false;
        for row in rows {
            let Some((value, label)) = entry(row, names) else {
                continue;
            };
            let Some(number) = context.value(&value, names).and_then(|v| i64::try_from(v.number).ok()) else {
                continue;
            };
            table.insert(label, number);
            for word in value.iter().filter(|t| t.kind == Kind::Ident) {
                if let Some(known) = context
                    .value(&[*word], names)
                    .and_then(|v| i64::try_from(v.number).ok())
                {
                    named = true;
                    out.names.insert(names.text(word.sym).to_owned(), known);
                }
            }
        }
        if named {
            out.tables.insert(spell(printed, names), table);
        }
    }
    out
}

/// The arguments up to the parenthesis that closes them, split at commas outside of all groups.
fn split(tokens: &[Token], names: &Interner) -> Vec<Vec<Token>> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0_u32;
    for token in tokens {
        match names.text(token.sym) {
            "(" | "{" | "[" => depth += 1,
            ")" | "}" | "]" if depth == 0 => break,
            ")" | "}" | "]" => depth -= 1,
            "," if depth == 0 => {
                parts.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(*token);
        }
    }
    parts
}

/// `{ value, "label" }`.
fn entry(row: &[Token], names: &Interner) -> Option<(Vec<Token>, String)> {
    let [open, inner @ .., close] = row else { return None };
    let parts = split(inner, names);
    let [value, label] = parts.as_slice() else { return None };
    let text: String = label
        .iter()
        .filter(|t| t.kind == Kind::Str)
        .map(|t| crate::trace_header::unescaped(names.text(t.sym)))
        .collect();
    let braced = names.text(open.sym) == "{" && names.text(close.sym) == "}";
    (braced && !value.is_empty()).then(|| (value.clone(), text))
}
