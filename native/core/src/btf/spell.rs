//! Types as C text, spelled as kernel source is by the rest of this crate: one space between words, ` *` before stars, stars
//! together. A type that cannot be spelled (damaged, endless or absurdly long) is `None`.

use super::blob::{Kind, Type};
use super::layout::{MAX_CHAIN, array};

/// The most types that one text is made of. Real ones need about ten; parameters of functions can share types, so that a few
/// bytes of BTF could stand for text without end.
const MAX_STEPS: u32 = 256;
/// The longest text of a type.
const MAX_TEXT_BYTES: usize = 1024;

/// The text of a type, without the name of what has it.
pub(super) fn spell(of: Type) -> Option<String> {
    let mut steps = MAX_STEPS;
    declare(of, false, &mut steps).filter(|text| text.len() <= MAX_TEXT_BYTES)
}

/// The text of a parameter's type. Qualifiers of the parameter itself are no part of a function's type (C11 6.7.6.3p15).
pub(super) fn spell_parameter(of: Type) -> Option<String> {
    let mut steps = MAX_STEPS;
    declare(of, true, &mut steps).filter(|text| text.len() <= MAX_TEXT_BYTES)
}

/// Walks from the outside in, as `char *(*)[4]` is read from its middle: what a pointer or an array adds stands left and
/// right of what is there.
fn declare(of: Type, is_parameter: bool, steps: &mut u32) -> Option<String> {
    // In reverse: the last one is the leftmost.
    let mut left: Vec<&str> = Vec::new();
    let mut right = String::new();
    let mut qualifiers: Vec<&str> = Vec::new();
    let mut at = of;
    for depth in 0..MAX_CHAIN {
        *steps = steps.checked_sub(1)?;
        // `*a[4]` is an array of pointers, so a pointer to an array needs parentheses; so does one to a function.
        let points = left.last().is_some_and(|&last| last != "(");
        if points && matches!(at.kind, Kind::Array | Kind::FuncProto) {
            left.push("(");
            right.push(')');
        }
        match at.kind {
            Kind::Const => qualifiers.push("const"),
            Kind::Volatile => qualifiers.push("volatile"),
            Kind::Restrict => qualifiers.push("restrict"),
            Kind::TypeTag => {}
            Kind::Ptr => {
                if !(is_parameter && left.is_empty() && right.is_empty()) {
                    left.extend(ordered(&qualifiers).rev());
                }
                qualifiers.clear();
                left.push("*");
            }
            Kind::Array => {
                let (element, length) = array(at)?;
                if is_parameter && depth == 0 {
                    left.push("*");
                } else {
                    right.extend(["[", &length.to_string(), "]"]);
                }
                at = element;
                continue;
            }
            Kind::FuncProto => right.push_str(&parameters(at, steps)?),
            _ => {
                let bare = is_parameter && left.is_empty() && right.is_empty();
                left.extend(name_of(at)?.into_iter().rev());
                if !bare {
                    left.extend(ordered(&qualifiers).rev());
                }
                left.reverse();
                return Some(join(&left, &right));
            }
        }
        at = at.target()?;
    }
    None
}

/// Qualifiers once each and in one order, as source mostly has them: C does not care, and compilers differ.
fn ordered<'q>(qualifiers: &[&'q str]) -> impl DoubleEndedIterator<Item = &'q str> + use<'q> {
    let mut sorted = qualifiers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into_iter()
}

/// `(int, struct page *)`.
fn parameters(of: Type, steps: &mut u32) -> Option<String> {
    let mut texts = Vec::new();
    for [name, id] in of.groups::<2>() {
        texts.push(if [name, id] == [0, 0] {
            "...".into()
        } else {
            declare(of.blob.get(id)?, true, steps)?
        });
    }
    if texts.is_empty() {
        texts.push("void".into());
    }
    Some(format!("({})", texts.join(", ")))
}

/// The words that name a type which is made of nothing else.
fn name_of(of: Type<'_>) -> Option<Vec<&str>> {
    let name = match of.kind {
        Kind::Void => "void",
        _ => of.name()?,
    };
    let keyword = match of.kind {
        Kind::Void | Kind::Typedef | Kind::Float => None,
        Kind::Int => return Some(vec![int_name(name)]),
        Kind::Struct => Some("struct"),
        Kind::Union => Some("union"),
        Kind::Fwd => Some(if of.flag { "union" } else { "struct" }),
        Kind::Enum | Kind::Enum64 => Some("enum"),
        _ => return None,
    };
    let name = match (name, keyword) {
        ("", None) => return None,
        ("", Some(_)) => "{ ... }",
        _ => name,
    };
    Some(keyword.into_iter().chain([name]).collect())
}

/// Compilers name integers in full (`long unsigned int`); kernel source says it shorter.
fn int_name(name: &str) -> &str {
    match name {
        "short int" => "short",
        "short unsigned int" => "unsigned short",
        "long int" => "long",
        "long unsigned int" => "unsigned long",
        "long long int" => "long long",
        "long long unsigned int" => "unsigned long long",
        "_Bool" => "bool",
        other => other,
    }
}

fn join(words: &[&str], right: &str) -> String {
    let mut text = String::new();
    for word in words {
        let tight = text.is_empty() || text.ends_with('(') || (*word == "*" && text.ends_with('*'));
        if !tight {
            text.push(' ');
        }
        text.push_str(word);
    }
    text + right
}
