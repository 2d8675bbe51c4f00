//! The arguments of a tracepoint, spelled so that they compare with what BTF says of the same prototype.

use crate::const_expr::number;
use crate::fragment::Declaration;
use crate::lex::{Interner, Kind, Token, split_at_commas};
use crate::snapshot::Arg;
use crate::types::Context;

/// The arguments of a prototype: names as parsed, types as the tokens without the name.
pub fn arguments(proto: &[Token], parsed: &[Declaration], context: &mut Context, names: &mut Interner) -> Vec<Arg> {
    let parts: Vec<Vec<Token>> = split_at_commas(proto, names)
        .into_iter()
        .map(<[Token]>::to_vec)
        .collect();
    let mut out = Vec::new();
    for (mut tokens, declaration) in parts.into_iter().zip(parsed) {
        let name = declaration.name.clone().unwrap_or_default();
        if let Some(at) = tokens.iter().rposition(|t| names.text(t.sym) == name) {
            tokens.remove(at);
        }
        let tokens = canonical(&tokens, context, names);
        let text = type_text(&tokens, names);
        if text != "void" {
            let nullable = name.ends_with("__nullable").then_some(true);
            out.push(Arg {
                name,
                r#type: text,
                nullable,
                error: false,
            });
        }
    }
    out
}

/// A parameter's type as the compiler sees it: arrays are pointers, qualifiers of the value itself mean nothing to a
/// caller, `unsigned` is `unsigned int`, and lengths are numbers.
fn canonical(tokens: &[Token], context: &mut Context, names: &mut Interner) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len() + 1);
    let mut depth = 0;
    let mut at = 0;
    // The last star outside of all groups: what stands behind it qualifies the argument itself.
    let mut star = None;
    while let Some(&token) = tokens.get(at) {
        at += 1;
        match names.text(token.sym) {
            "(" => depth += 1,
            ")" => depth -= 1,
            "*" if depth == 0 => star = Some(out.len()),
            "[" => {
                let end = tokens[at..]
                    .iter()
                    .position(|t| names.text(t.sym) == "]")
                    .map_or(tokens.len(), |n| at + n);
                let pointed = out.last().is_some_and(|t| names.text(t.sym) == ")");
                if depth == 0 && !pointed {
                    // `u8 addr[6]`
                    star = Some(out.len());
                    out.push(Token {
                        sym: names.intern("*"),
                        kind: Kind::Punct,
                        ..token
                    });
                    at = end + 1;
                    continue;
                }
                out.push(token);
                match context.value(&tokens[at..end], names) {
                    Some(value) => {
                        let number = names.intern(&value.number.to_string());
                        out.push(Token {
                            sym: number,
                            kind: Kind::Number,
                            ..token
                        });
                    }
                    None => out.extend_from_slice(&tokens[at..end]),
                }
                at = end;
                continue;
            }
            _ => {}
        }
        out.push(token);
    }
    let function = out.iter().any(|t| names.text(t.sym) == "(");
    let qualifier = |t: &Token| matches!(names.text(t.sym), "const" | "volatile" | "restrict" | "__restrict");
    if !function {
        let mut i = 0;
        out.retain(|t| {
            i += 1;
            !(qualifier(t) && star.is_none_or(|star| i - 1 > star))
        });
    }
    let is = |t: &Token, word: &str| names.text(t.sym) == word;
    let bare = out.iter().position(|t| is(t, "unsigned")).filter(|_| {
        !out.iter().any(|t| {
            ["int", "char", "short", "long", "__int128"]
                .iter()
                .any(|word| is(t, word))
        })
    });
    if let Some(at) = bare {
        let int = Token {
            sym: names.intern("int"),
            ..out[at]
        };
        out.insert(at + 1, int);
    }
    out
}

/// A type as snapshots spell it: one space between words, `*` after a space and stars together.
fn type_text(tokens: &[Token], names: &Interner) -> String {
    let mut out = String::new();
    for token in tokens {
        let text = names.text(token.sym);
        let tight = out.is_empty()
            || out.ends_with(['(', '['])
            || matches!(text, ")" | "]" | "," | "[")
            || (text == "(" && out.ends_with(')'))
            || (text == "*" && out.ends_with('*'));
        if !tight {
            out.push(' ');
        }
        out.push_str(text);
    }
    out
}

/// The table of arguments that may be NULL or an error code (`raw_tp_null_args`, kernel/bpf/btf.c, 6.13 on): name and mask.
pub fn null_args(text: &str) -> Vec<(String, u64)> {
    let Some((_, rest)) = text.split_once("raw_tp_null_args[] = {") else {
        return Vec::new();
    };
    let table = rest.split_once("};").map_or(rest, |(table, _)| table);
    let rows = table.split('{').skip(1).filter_map(|row| {
        let (name, rest) = row.trim_start().strip_prefix('"')?.split_once('"')?;
        let (masks, _) = rest.trim_start().strip_prefix(',')?.split_once('}')?;
        let mask = masks
            .split('|')
            .try_fold(0, |all, mask| Some(all | number(mask.trim())?.number))?;
        Some((name.to_owned(), u64::try_from(mask).ok()?))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_null_table() {
        let text = "static const struct s raw_tp_null_args[] = {\n\t/* x */\n\t{ \"a\", 0x10 },\n\t{\"b\", 0x1 | 0x200 | 4 },\n\t{ \"c\", odd },\n};\nint x = {1};";
        assert_eq!(null_args(text), [("a".to_owned(), 0x10), ("b".to_owned(), 0x205)]);
        assert_eq!(null_args("nothing"), []);
    }
}
