//! The record of an event class as the compiler lays it out: `struct trace_event_raw_<class>` without its common fields.

use rustc_hash::FxHashMap;

use crate::lex::{Interner, Kind, Token, spell};
use crate::snapshot::{Field, FieldKind};
use crate::trace_header::DeclaredField;
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

/// Layouts of type names by their spelling, for one unit: most fields have one of a few types.
pub type Seen = FxHashMap<String, Result<Layout, String>>;

/// Lays out the declared fields behind `start` bytes of common fields.
/// A field whose size is not known has none, and neither it nor the fields after it have an offset.
pub fn lay_out(
    fields: &[DeclaredField],
    start: u64,
    context: &mut Context,
    seen: &mut Seen,
    names: &mut Interner,
) -> (Vec<Field>, Vec<Gap>) {
    let mut gaps = Vec::new();
    let mut at: Option<u64> = Some(start);
    let mut out = Vec::with_capacity(fields.len());
    for (i, field) in fields.iter().enumerate() {
        let element_text = spell(&field.ty, names);
        let element = match seen.get(&element_text) {
            Some(known) => known.clone(),
            None => {
                let found = context.type_name(&field.ty, names);
                seen.insert(element_text.clone(), found.clone());
                found
            }
        };
        let mut length = None;
        let mut layout = element.clone();
        match field.kind {
            FieldKind::Array => {
                let count = context.value(&field.length, names).and_then(|v| u32::try_from(v.number).ok());
                length = count;
                layout = match (element, count) {
                    (Ok(l), Some(count)) => Ok(Layout { size: l.size.saturating_mul(u64::from(count)), ..l }),
                    (Err(why), _) => Err(why),
                    (_, None) => Err(format!("the length '{}' is not known", spell(&field.length, names))),
                };
            }
            FieldKind::Dynamic | FieldKind::Relative => {
                let signed = !field.is_cpumask && layout.as_ref().is_ok_and(|l| l.signed);
                let known = field.is_cpumask || layout.is_ok();
                layout = Ok(Layout { size: 4, align: 4, signed, integer: false });
                if !known {
                    gaps.push(Gap {
                        field: i,
                        code: "unknown-type",
                        message: format!("the element type '{element_text}' is not known"),
                    });
                }
            }
            FieldKind::Scalar => {}
        }
        let ty = match field.kind {
            FieldKind::Scalar => element_text,
            FieldKind::Array => match length {
                Some(count) => format!("{element_text}[{count}]"),
                None => format!("{element_text}[{}]", spell(&field.length, names)),
            },
            FieldKind::Dynamic if field.is_cpumask => "__data_loc cpumask_t".to_owned(),
            FieldKind::Relative if field.is_cpumask => "__rel_loc cpumask_t".to_owned(),
            FieldKind::Dynamic => format!("__data_loc {element_text}[]"),
            FieldKind::Relative => format!("__rel_loc {element_text}[]"),
        };
        let mut known = Field {
            name: field.name.clone(),
            r#type: ty,
            kind: field.kind,
            length,
            when: field.when.clone(),
            location: Some(field.location.clone()),
            ..Field::default()
        };
        match layout {
            Ok(layout) => {
                known.size = u32::try_from(layout.size).ok();
                known.signed = Some(layout.signed && !field.is_struct);
                if field.when.is_some() {
                    if at.is_some() {
                        gaps.push(Gap {
                            field: i,
                            code: "conditional-layout",
                            message: format!("whether '{}' exists depends on the configuration", field.name),
                        });
                    }
                    at = None;
                }
                if let Some(here) = at {
                    let offset = here.next_multiple_of(layout.align.max(1));
                    known.offset = u32::try_from(offset).ok();
                    at = Some(offset + layout.size);
                }
            }
            Err(why) => {
                let code = if known.length.is_none() && field.kind == FieldKind::Array && why.starts_with("the length") {
                    "unknown-length"
                } else {
                    "unknown-type"
                };
                gaps.push(Gap { field: i, code, message: why });
                at = None;
            }
        }
        out.push(known);
    }
    (out, gaps)
}

/// Replaces names by values in the arguments of a print format, as `trace_event_eval_update` does at boot:
/// whole identifiers outside of strings that are no member of something, and `sizeof(type)`.
pub fn with_values(tokens: &[Token], values: &FxHashMap<String, i64>, names: &Interner) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        if at > 0 && token.space {
            out.push(' ');
        }
        let text = names.text(token.sym);
        let member = at > 0 && matches!(names.text(tokens[at - 1].sym), "." | "->");
        if token.kind == Kind::Ident && !member && !values.is_empty() {
            if text == "sizeof"
                && let Some(close) = tokens[at..].iter().position(|t| names.text(t.sym) == ")")
            {
                let mut inner = tokens[at..=at + close].to_vec();
                inner[0].space = false;
                if let Some(value) = values.get(&spell(&inner, names)) {
                    out.push_str(&value.to_string());
                    at += close + 1;
                    continue;
                }
            }
            if let Some(value) = values.get(text) {
                out.push_str(&value.to_string());
                at += 1;
                continue;
            }
        }
        if token.kind != Kind::Opaque {
            out.push_str(text);
        }
        at += 1;
    }
    out
}
