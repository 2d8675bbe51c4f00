//! The arguments of a tracepoint, spelled so that they compare with what BTF says of the same prototype.

use crate::fragment::Declaration;
use crate::lex::{Interner, Kind, Token};
use crate::snapshot::Arg;
use crate::types::Context;

/// The arguments of a prototype: names as parsed, types as the tokens without the name.
pub fn arguments(proto: &[Token], parsed: &[Declaration], context: &mut Context, names: &mut Interner) -> Vec<Arg> {
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    let mut depth = 0;
    for token in proto {
        match names.text(token.sym) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
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

/// The table of arguments that may be NULL (`raw_tp_null_args`, kernel/bpf/btf.c, 6.14 on): name and mask.
pub fn null_args(text: &str) -> Vec<(String, u64)> {
    let Some((_, rest)) = text.split_once("raw_tp_null_args[] = {") else {
        return Vec::new();
    };
    let table = rest.split_once("};").map_or(rest, |(table, _)| table);
    let rows = table.split('{').skip(1).filter_map(|row| {
        let (name, rest) = row.trim_start().strip_prefix('"')?.split_once('"')?;
        let mask = rest.trim_start_matches([',', ' ', '\t']).strip_prefix("0x")?;
        let digits: String = mask.chars().take_while(char::is_ascii_hexdigit).collect();
        Some((name.to_owned(), u64::from_str_radix(&digits, 16).ok()?))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_null_table() {
        let text = "static const struct s raw_tp_null_args[] = {\n\t/* x */\n\t{ \"a\", 0x10 },\n\t{ \"b\", 0x1 | 2 },\n};\nint x = {1};";
        assert_eq!(null_args(text), [("a".to_owned(), 16), ("b".to_owned(), 1)]);
        assert_eq!(null_args("nothing"), []);
    }
}
