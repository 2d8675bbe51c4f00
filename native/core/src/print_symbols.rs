//! The tables of `__print_symbolic` and `__print_flags`: which label stands for which number.
//! Only what the argument text does not say itself is told: tables in which a number is given by name.

use std::collections::BTreeMap;

use crate::lex::{Interner, Kind, Token, call_arguments, spell, split_at_commas};
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
        let name = names.text(token.sym);
        if !PRINTERS.contains(&name) {
            continue;
        }
        let parts = call_arguments(&args[at + 1..], names).unwrap_or_default();
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
            // Several numbers may share a label; the first counts here and where format files are read.
            table.entry(label).or_insert(number);
            for word in value.iter().filter(|t| t.kind == Kind::Ident) {
                let known = match value.len() {
                    1 => Some(number),
                    _ => context
                        .value(&[*word], names)
                        .and_then(|v| i64::try_from(v.number).ok()),
                };
                if let Some(known) = known {
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

/// `{ value, "label" }`; the row that ends some tables, `{ -1, NULL }`, labels nothing.
fn entry(row: &[Token], names: &Interner) -> Option<(Vec<Token>, String)> {
    let [open, inner @ .., close] = row else { return None };
    let parts = split_at_commas(inner, names);
    let [value, label] = parts.as_slice() else { return None };
    let text: String = label
        .iter()
        .filter(|t| t.kind == Kind::Str)
        .map(|t| crate::trace_header::unescaped(names.text(t.sym)))
        .collect();
    let braced = names.text(open.sym) == "{" && names.text(close.sym) == "}";
    let labelled = label.iter().any(|t| t.kind == Kind::Str);
    (braced && labelled && !value.is_empty()).then(|| (value.to_vec(), text))
}
