//! The record of an event class as the compiler lays it out: `struct trace_event_raw_<class>` without its common fields.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::lex::{Interner, Kind, Token, spell};
use crate::snapshot::{Field, FieldKind};
use crate::trace_header::DeclaredField;
use crate::tree::Used;
use crate::types::{Context, Layout};

/// What could not be laid out: a line, and the field it concerns.
pub struct Gap {
    /// Index of the field.
    pub field: usize,
    /// A short stable name of the reason.
    pub code: &'static str,
    /// One line in plain words.
    pub message: String,
}

/// A record as the compiler lays it out.
pub struct LaidOut {
    /// The fields with their places.
    pub fields: Vec<Field>,
    /// What could not be laid out.
    pub gaps: Vec<Gap>,
    /// What of the watched files each field comes from.
    pub used: Vec<Vec<Used>>,
}

/// Layouts of type names by their spelling, and what of the watched files they come from, for one unit: most fields have one of a few types.
pub type Seen = FxHashMap<String, (Result<Layout, String>, Rc<[Used]>)>;

/// Lays out the declared fields behind `start` bytes of common fields.
/// A field whose size is not known has none, and neither it nor the fields after it have an offset.
pub fn lay_out(
    fields: &[DeclaredField],
    start: u64,
    context: &mut Context,
    seen: &mut Seen,
    names: &mut Interner,
) -> LaidOut {
    let mut gaps = Vec::new();
    let mut used = Vec::with_capacity(fields.len());
    let mut at: Option<u64> = Some(start);
    let mut out = Vec::with_capacity(fields.len());
    for (i, field) in fields.iter().enumerate() {
        let mut gap = |code, message| {
            gaps.push(Gap {
                field: i,
                code,
                message,
            });
        };
        let noted = context.tree.noted();
        let (mut known, layout) = described(field, context, seen, names);
        used.push(context.tree.used_since(noted));
        if field.when.is_some() && at.is_some() {
            gap(
                "conditional-layout",
                format!("whether '{}' exists depends on the configuration", field.name),
            );
        }
        if field.when.is_some() {
            at = None;
        }
        match layout {
            Ok(layout) => {
                known.size = u32::try_from(layout.size).ok();
                known.signed = Some(layout.signed && !field.is_struct);
                if let Some(here) = at {
                    let align = if field.is_packed { 1 } else { layout.align.max(1) };
                    let offset = here.next_multiple_of(align);
                    known.offset = u32::try_from(offset).ok();
                    at = offset.checked_add(layout.size);
                }
            }
            Err((code, why)) => {
                gap(code, why);
                at = None;
            }
        }
        out.push(known);
    }
    LaidOut {
        fields: out,
        gaps,
        used,
    }
}

fn is_number(tokens: &[Token]) -> bool {
    matches!(tokens, [one] if one.kind == Kind::Number)
}

/// A field without its place, and the layout of what it holds in the record.
fn described(
    field: &DeclaredField,
    context: &mut Context,
    seen: &mut Seen,
    names: &mut Interner,
) -> (Field, Result<Layout, (&'static str, String)>) {
    let element_text = spell(&field.ty, names);
    let element = match seen.get(&element_text) {
        Some((known, used)) => {
            context.tree.note_again(used);
            known.clone()
        }
        None => {
            let noted = context.tree.noted();
            let found = context.type_name(&field.ty, names);
            let used = context.tree.used_since(noted).into();
            seen.insert(element_text.clone(), (found.clone(), used));
            found
        }
    };
    let element = element.map_err(|why| ("unknown-type", why));
    let mut length = None;
    let (ty, layout) = match field.kind {
        FieldKind::Scalar => (element_text, element),
        FieldKind::Array => {
            let length_text = spell(&field.length, names);
            length = context
                .value(&field.length, names)
                .and_then(|v| u32::try_from(v.number).ok());
            let layout = element.and_then(|element| match length {
                Some(count) => Ok(Layout {
                    size: element.size.saturating_mul(u64::from(count)),
                    ..element
                }),
                None => Err(("unknown-length", format!("the length '{length_text}' is not known"))),
            });
            match length {
                // The length was stringified after macros were expanded: an enum constant or a sizeof stays as it is.
                Some(_) if !field.has_numeric_length && !is_number(&field.length) => {
                    (format!("{element_text}[{length_text}]"), layout)
                }
                Some(0) => (format!("{element_text}[]"), layout),
                Some(count) => (format!("{element_text}[{count}]"), layout),
                None => (format!("{element_text}[{length_text}]"), layout),
            }
        }
        FieldKind::Dynamic | FieldKind::Relative => {
            let word = if field.kind == FieldKind::Dynamic {
                "__data_loc"
            } else {
                "__rel_loc"
            };
            let layout = |signed| Layout {
                size: 4,
                align: 4,
                signed,
                integer: false,
            };
            if field.is_cpumask {
                (format!("{word} cpumask_t"), Ok(layout(false)))
            } else {
                (
                    format!("{word} {element_text}[]"),
                    element.map(|element| layout(element.signed)),
                )
            }
        }
    };
    let known = Field {
        name: field.name.clone(),
        r#type: ty,
        kind: field.kind,
        length,
        when: field.when.clone(),
        location: Some(field.location.clone()),
        ..Field::default()
    };
    (known, layout)
}

/// Replaces names by values in the arguments of a print format, character by character as `update_event_printk` does at
/// boot (kernel/trace/trace_events.c): it looks at the whole format, so an odd quote in the literal hides what follows.
pub fn with_values(format: &str, args: &str, values: &FxHashMap<String, i64>) -> String {
    let whole: Vec<char> = format!("\"{format}\", {args}").chars().collect();
    let start = whole.len() - args.chars().count();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::with_capacity(args.len());
    let mut at = 0;
    let mut quoted = false;
    // Everything before this was copied or replaced; the literal is left out.
    let mut copied = start;
    while at < whole.len() {
        let c = whole[at];
        if c == '\\' {
            at += 2;
            continue;
        }
        if c == '"' {
            quoted = !quoted;
        }
        if quoted || c == '"' {
            at += 1;
            continue;
        }
        if c.is_ascii_digit() {
            while at < whole.len() && whole[at].is_ascii_alphanumeric() {
                at += 1;
            }
        } else if c.is_ascii_alphabetic() || c == '_' {
            let from = at;
            loop {
                while at < whole.len() && word(whole[at]) {
                    at += 1;
                }
                // What follows `.` or `->` is a member, not a name of its own.
                if whole.get(at) == Some(&'.') {
                    at += 1;
                } else if whole.get(at) == Some(&'-') && whole.get(at + 1) == Some(&'>') {
                    at += 2;
                } else {
                    break;
                }
            }
            let mut name: String = whole[from..at].iter().collect();
            let mut end = at;
            if name == "sizeof"
                && let Some(close) = whole[at..].iter().position(|&c| c == ')')
            {
                end = at + close + 1;
                name = whole[from..end].iter().collect();
            }
            if let Some(value) = values.get(&name).filter(|_| from >= start) {
                out.extend(&whole[copied..from]);
                out.push_str(&value.to_string());
                copied = end;
                at = end;
            }
        }
        // The character after a number or a name is passed over, whatever it is.
        at += 1;
    }
    out.extend(&whole[copied.min(whole.len())..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_values_in_as_the_kernel_does() {
        let values: FxHashMap<String, i64> = [("A".to_owned(), 1), ("B".to_owned(), -2), ("sizeof(x)".to_owned(), 8)]
            .into_iter()
            .collect();
        let cases = [
            ("%d", "REC->a, A, B", "REC->a, 1, -2"),
            (
                "%s",
                "REC->A, x.B, \"A\", { A, \"A\" }",
                "REC->A, x.B, \"A\", { 1, \"A\" }",
            ),
            ("%d", "sizeof(x) + sizeof(y)", "8 + sizeof(y)"),
            ("%d", "0x1A, AB, A", "0x1A, AB, 1"),
            ("\"%s\"", "A, \"x\", A", "A, \"x\", 1"),
            ("", "", ""),
        ];
        for (format, args, want) in cases {
            assert_eq!(with_values(format, args, &values), want, "{format} {args}");
        }
    }
}
