//! C declarations out of valid fragments: macro-expanded text of a struct, an enum, a typedef or a prototype, parsed by
//! tree-sitter. A fragment that does not parse without an error is refused whole, never half understood.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use tree_sitter::{Node, Parser, Tree};

/// A C type as it is declared; names are not resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum CType {
    /// Specifier words in order, without qualifiers: `["unsigned", "long"]`, or one typedef name.
    Named(Vec<String>),
    /// A struct or union, by tag or with its body.
    Record(Rc<Record>),
    /// An enum, by tag or with its body.
    Enum(Rc<Enum>),
    /// A pointer to anything.
    Pointer(Box<CType>),
    /// An array; the length as text, `None` for `[]`.
    Array(Box<CType>, Option<String>),
    /// A function, as in the target of a function pointer.
    Function,
    /// `typeof(...)` with the operand's text.
    Typeof(String),
}

/// A struct or union.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Record {
    /// Members share their place.
    pub is_union: bool,
    /// Tag, if any.
    pub tag: Option<String>,
    /// Members, if the body stands here.
    pub members: Option<Vec<Declaration>>,
    /// Attributes of the type.
    pub attributes: Attributes,
}

/// An enum.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Enum {
    /// Tag, if any.
    pub tag: Option<String>,
    /// Constants with the text of their values, if the body stands here.
    pub constants: Option<Vec<(String, Option<String>)>>,
    /// Attributes of the type.
    pub attributes: Attributes,
}

/// The attributes that change a layout.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes {
    /// `packed`.
    pub packed: bool,
    /// Text of `aligned(...)`; empty for `aligned` without a number.
    pub aligned: Option<String>,
    /// Text of `mode(...)`.
    pub mode: Option<String>,
}

/// One declared name (or an anonymous struct member).
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// The name; `None` for anonymous members and parameters.
    pub name: Option<String>,
    /// Its type.
    pub ty: CType,
    /// Text of a bit-field's width.
    pub bits: Option<String>,
    /// Attributes of the declaration.
    pub attributes: Attributes,
}

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// How deep groups may nest in a fragment, and how many stars it may have: far beyond what people write.
const MAX_NESTING: usize = 200;

/// Whether a text nests so deeply that walking its tree could exhaust the stack.
fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut deepest, mut stars) = (0_usize, 0, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            // A chain of stars is one declarator in another.
            b'*' => stars += 1,
            b';' | b',' => stars = 0,
            _ => {}
        }
        deepest = deepest.max(depth).max(stars);
    }
    deepest > MAX_NESTING
}

/// gcc's named address spaces of x86 qualify a type, and the grammar does not know them: a qualifier of the same length
/// stands for them, so that positions in the tree are those in the text.
fn without_address_spaces(text: &str) -> Cow<'_, str> {
    if !text.contains("__seg_") {
        return text.into();
    }
    text.replace("__seg_gs", "volatile")
        .replace("__seg_fs", "volatile")
        .into()
}

/// The parser of this thread, made when it is first needed.
fn parser(slot: &mut Option<Parser>) -> Option<&mut Parser> {
    if slot.is_none() {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_c::LANGUAGE.into()).ok()?;
        *slot = Some(parser);
    }
    slot.as_mut()
}

/// Calls `f` with the root of the parsed text; `None` if the text is no valid C.
fn parsed<T>(text: &str, f: impl FnOnce(Node) -> Option<T>) -> Option<T> {
    if is_too_deep(text) {
        return None;
    }
    PARSER.with_borrow_mut(|slot| {
        let tree = parser(slot)?.parse(&*without_address_spaces(text), None)?;
        let root = tree.root_node();
        if root.has_error() { None } else { f(root) }
    })
}

/// The syntax tree of a function, given the text of its body from brace to brace, and the text that the tree is of. Statements
/// that are no valid C leave ERROR nodes; `None` if the text nests too deeply.
pub fn function_body(text: &str) -> Option<(Tree, String)> {
    let text = format!("void f(void) {text}");
    if is_too_deep(&text) {
        return None;
    }
    let tree = PARSER.with_borrow_mut(|slot| parser(slot)?.parse(&text, None))?;
    Some((tree, text))
}

/// Bytes that [`function_body`] puts before the text.
pub const BODY_AT: usize = "void f(void) ".len();

/// The names that a `typedef` or an ordinary declaration declares, with their types.
pub fn declarations(text: &str) -> Option<Vec<Declaration>> {
    parsed(text, |root| {
        let mut out = Vec::new();
        let mut cursor = root.walk();
        for node in root.named_children(&mut cursor) {
            match node.kind() {
                "type_definition" | "declaration" | "field_declaration" => declared(node, text, &mut out)?,
                "struct_specifier" | "union_specifier" | "enum_specifier" => {
                    let ty = specifier(node, text)?;
                    out.push(Declaration {
                        name: None,
                        ty,
                        bits: None,
                        attributes: Attributes::default(),
                    });
                }
                "comment" | ";" | "expression_statement" => {}
                _ => return None,
            }
        }
        Some(out)
    })
}

/// The parameters of a prototype, given the text between its parentheses.
pub fn parameters(text: &str) -> Option<Vec<Declaration>> {
    let text = format!("void f({text});");
    parsed(&text, |root| {
        let declaration = root.named_child(0)?;
        let list = declaration
            .child_by_field_name("declarator")?
            .child_by_field_name("parameters")?;
        let mut out = Vec::new();
        let mut cursor = list.walk();
        for node in list.named_children(&mut cursor) {
            match node.kind() {
                "parameter_declaration" => declared(node, &text, &mut out)?,
                "variadic_parameter" | "comment" => {}
                _ => return None,
            }
        }
        Some(out)
    })
}

fn text_of<'t>(node: Node, text: &'t str) -> &'t str {
    text.get(node.byte_range()).unwrap_or("")
}

/// The names that a declaration within a function declares; initializers are left out.
pub fn locals(node: Node, text: &str) -> Vec<Declaration> {
    let mut out = Vec::new();
    // What is understood before a declarator that is not is kept.
    let _ = declared(node, text, &mut out);
    out
}

/// The type that a cast or `sizeof` names (a `type_descriptor`).
pub fn type_named(node: Node, text: &str) -> Option<CType> {
    let base = specifier(node.child_by_field_name("type")?, text)?;
    match node.child_by_field_name("declarator") {
        Some(declarator) => Some(apply(declarator, base, text, &mut Attributes::default())?.1),
        None => Some(base),
    }
}

/// All declarators of one declaration.
fn declared(node: Node, text: &str, out: &mut Vec<Declaration>) -> Option<()> {
    let base = specifier(node.child_by_field_name("type")?, text)?;
    let base = match base {
        CType::Named(mut words) => {
            // `unsigned` before a typedef name or after it belongs to the type: keep every specifier word.
            let mut cursor = node.walk();
            for child in node.children(&mut cursor) {
                if child.kind() == "type_qualifier" {
                    let word = text_of(child, text);
                    if matches!(word, "signed" | "unsigned" | "long" | "short") {
                        words.push(word.to_owned());
                    }
                }
            }
            CType::Named(words)
        }
        other => other,
    };
    let attributes = attributes_of(node, text);
    let mut cursor = node.walk();
    let declarators: Vec<Node> = node.children_by_field_name("declarator", &mut cursor).collect();
    let mut cursor = node.walk();
    let mut bits: Vec<(usize, String)> = Vec::new();
    for child in node.named_children(&mut cursor) {
        if child.kind() == "bitfield_clause" {
            let width = child.named_child(0)?;
            bits.push((child.start_byte(), text_of(width, text).to_owned()));
        }
    }
    if declarators.is_empty() {
        let width = bits.pop().map(|(_, w)| w);
        out.push(Declaration {
            name: None,
            ty: base,
            bits: width,
            attributes,
        });
        return Some(());
    }
    for (i, declarator) in declarators.iter().enumerate() {
        let next = declarators.get(i + 1).map_or(usize::MAX, Node::start_byte);
        let width = bits
            .iter()
            .find(|(at, _)| *at >= declarator.end_byte() && *at < next)
            .map(|(_, w)| w.clone());
        let mut attributes = attributes.clone();
        let (name, ty) = apply(*declarator, base.clone(), text, &mut attributes)?;
        out.push(Declaration {
            name,
            ty,
            bits: width,
            attributes,
        });
    }
    Some(())
}

/// Wraps a base type in what a declarator says, outermost last.
fn apply(node: Node, base: CType, text: &str, attributes: &mut Attributes) -> Option<(Option<String>, CType)> {
    merge(attributes, attributes_of(node, text));
    match node.kind() {
        "identifier" | "field_identifier" | "type_identifier" | "primitive_type" => {
            Some((Some(text_of(node, text).to_owned()), base))
        }
        "init_declarator" => apply(node.child_by_field_name("declarator")?, base, text, attributes),
        "pointer_declarator" | "abstract_pointer_declarator" => {
            let ty = CType::Pointer(Box::new(base));
            match inner_declarator(node) {
                Some(inner) => apply(inner, ty, text, attributes),
                None => Some((None, ty)),
            }
        }
        "array_declarator" | "abstract_array_declarator" => {
            let size = node.child_by_field_name("size").map(|s| text_of(s, text).to_owned());
            let ty = CType::Array(Box::new(base), size);
            match node.child_by_field_name("declarator") {
                Some(inner) => apply(inner, ty, text, attributes),
                None => Some((None, ty)),
            }
        }
        "function_declarator" | "abstract_function_declarator" => match node.child_by_field_name("declarator") {
            Some(inner) => apply(inner, CType::Function, text, attributes),
            None => Some((None, CType::Function)),
        },
        "parenthesized_declarator" | "abstract_parenthesized_declarator" | "attributed_declarator" => {
            match inner_declarator(node) {
                Some(inner) => apply(inner, base, text, attributes),
                None => Some((None, base)),
            }
        }
        _ => None,
    }
}

/// The declarator within a pointer or parenthesised declarator.
fn inner_declarator(node: Node) -> Option<Node> {
    node.child_by_field_name("declarator").or_else(|| {
        let mut cursor = node.walk();
        node.named_children(&mut cursor)
            .find(|c| c.kind().ends_with("declarator") || c.kind().ends_with("identifier"))
    })
}

fn specifier(node: Node, text: &str) -> Option<CType> {
    let tag = || node.child_by_field_name("name").map(|n| text_of(n, text).to_owned());
    match node.kind() {
        "struct_specifier" | "union_specifier" => {
            let members = match node.child_by_field_name("body") {
                None => None,
                Some(body) => {
                    let mut members = Vec::new();
                    let mut cursor = body.walk();
                    for child in body.named_children(&mut cursor) {
                        match child.kind() {
                            "field_declaration" => declared(child, text, &mut members)?,
                            "comment" | "attribute_specifier" => {}
                            _ => return None,
                        }
                    }
                    Some(members)
                }
            };
            let attributes = attributes_of(node, text);
            let is_union = node.kind() == "union_specifier";
            Some(CType::Record(Rc::new(Record {
                is_union,
                tag: tag(),
                members,
                attributes,
            })))
        }
        "enum_specifier" => {
            let constants = node.child_by_field_name("body").map(|body| {
                let mut cursor = body.walk();
                body.named_children(&mut cursor)
                    .filter(|c| c.kind() == "enumerator")
                    .filter_map(|c| {
                        let name = text_of(c.child_by_field_name("name")?, text).to_owned();
                        Some((
                            name,
                            c.child_by_field_name("value").map(|v| text_of(v, text).to_owned()),
                        ))
                    })
                    .collect()
            });
            Some(CType::Enum(Rc::new(Enum {
                tag: tag(),
                constants,
                attributes: attributes_of(node, text),
            })))
        }
        "primitive_type" | "type_identifier" | "sized_type_specifier" => Some(CType::Named(
            text_of(node, text).split_whitespace().map(str::to_owned).collect(),
        )),
        "macro_type_specifier" => {
            let name = text_of(node.child_by_field_name("name")?, text);
            let operand = node.child_by_field_name("type")?;
            matches!(name, "typeof" | "__typeof__" | "__typeof" | "typeof_unqual")
                .then(|| CType::Typeof(text_of(operand, text).to_owned()))
        }
        _ => None,
    }
}

fn merge(into: &mut Attributes, from: Attributes) {
    into.packed |= from.packed;
    into.aligned = from.aligned.or(into.aligned.take());
    into.mode = from.mode.or(into.mode.take());
}

/// The layout attributes among the direct children of a node.
fn attributes_of(node: Node, text: &str) -> Attributes {
    let mut out = Attributes::default();
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        if child.kind() == "attribute_specifier" {
            let mut stack = vec![child];
            while let Some(item) = stack.pop() {
                match item.kind() {
                    "identifier" => attribute(text_of(item, text), None, &mut out),
                    "call_expression" => {
                        let name = item.child_by_field_name("function").map_or("", |f| text_of(f, text));
                        let args = item.child_by_field_name("arguments").map_or("", |a| text_of(a, text));
                        attribute(name, Some(args), &mut out);
                    }
                    _ => {
                        let mut inner = item.walk();
                        stack.extend(item.named_children(&mut inner));
                    }
                }
            }
        } else if child.kind() == "alignas_qualifier" {
            out.aligned = child.named_child(0).map(|n| text_of(n, text).to_owned());
        }
    }
    out
}

fn attribute(name: &str, args: Option<&str>, out: &mut Attributes) {
    let args = args.map(|a| {
        a.trim_start_matches('(')
            .strip_suffix(')')
            .unwrap_or(a)
            .trim()
            .to_owned()
    });
    match name.trim_matches('_') {
        "packed" => out.packed = true,
        "aligned" => out.aligned = Some(args.unwrap_or_default()),
        "mode" => out.mode = args.map(|a| a.trim_matches('_').to_owned()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A compact spelling of a type, to compare with.
    fn spelled(ty: &CType) -> String {
        match ty {
            CType::Named(words) => words.join(" "),
            CType::Record(r) => {
                let body = r
                    .members
                    .as_ref()
                    .map(|m| format!("{{{}}}", m.iter().map(line).collect::<Vec<_>>().join(" ")));
                let packed = if r.attributes.packed { "!" } else { "" };
                let kind = if r.is_union { "union" } else { "struct" };
                format!(
                    "{kind}{packed} {}{}",
                    r.tag.as_deref().unwrap_or(""),
                    body.unwrap_or_default()
                )
            }
            CType::Enum(e) => format!("enum {} {:?}", e.tag.as_deref().unwrap_or(""), e.constants),
            CType::Pointer(t) => format!("{}*", spelled(t)),
            CType::Array(t, n) => format!("{}[{}]", spelled(t), n.as_deref().unwrap_or("")),
            CType::Function => "fn".to_owned(),
            CType::Typeof(t) => format!("typeof({t})"),
        }
    }

    fn line(d: &Declaration) -> String {
        let aligned = d
            .attributes
            .aligned
            .as_ref()
            .map(|a| format!(" @{a}"))
            .unwrap_or_default();
        let bits = d.bits.as_ref().map(|b| format!(":{b}")).unwrap_or_default();
        format!(
            "{} {}{bits}{aligned};",
            spelled(&d.ty),
            d.name.as_deref().unwrap_or("-")
        )
    }

    #[test]
    fn reads_declarations() {
        let cases = [
            ("typedef unsigned long long u64;", "unsigned long long u64;"),
            (
                "typedef struct { int a, *b; char c[4][2]; } t;",
                "struct {int a; int* b; char[2][4] c;} t;",
            ),
            (
                "struct x { unsigned a : 3, b : 5; };",
                "struct x{unsigned a:3; unsigned b:5;} -;",
            ),
            ("struct x { int a; } __attribute__((packed));", "struct! x{int a;} -;"),
            (
                "struct __attribute__((__packed__)) x { int a; };",
                "struct! x{int a;} -;",
            ),
            (
                "struct x { u64 a __attribute__((aligned(16))); };",
                "struct x{u64 a @16;} -;",
            ),
            ("typedef void (*fn_t)(int, char *);", "fn* fn_t;"),
            ("typedef u8 mac_t[6];", "u8[6] mac_t;"),
            (
                "struct x { union { int a; long b; }; struct y *p; enum e k; };",
                "struct x{union {int a; long b;} -; struct y* p; enum e None k;} -;",
            ),
            (
                "enum e { A, B = 1 << 2 };",
                "enum e Some([(\"A\", None), (\"B\", Some(\"1 << 2\"))]) -;",
            ),
            (
                "struct x { const char *s; volatile int v; };",
                "struct x{char* s; int v;} -;",
            ),
            ("void __seg_gs *p;", "void* p;"),
        ];
        for (text, want) in cases {
            let got = declarations(text).map(|d| d.iter().map(line).collect::<Vec<_>>().join(" "));
            assert_eq!(got.as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn reads_prototypes() {
        let cases = [
            ("struct task_struct *p, int prio", "struct task_struct* p; int prio;"),
            ("void", "void -;"),
            ("const u8 *a, unsigned int b[4]", "u8* a; unsigned int[4] b;"),
            ("int (*cb)(void *), bool x", "fn* cb; bool x;"),
            ("struct a *", "struct a* -;"),
            (
                "unsigned long flags, gfp_t gfp_flags",
                "unsigned long flags; gfp_t gfp_flags;",
            ),
        ];
        for (text, want) in cases {
            let got = parameters(text).map(|d| d.iter().map(line).collect::<Vec<_>>().join(" "));
            assert_eq!(got.as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_valid() {
        assert_eq!(declarations("struct x { int a"), None);
        assert_eq!(declarations("TRACE_EVENT(x, TP_PROTO(int a))"), None);
        assert_eq!(parameters("int a, )("), None);
        assert_eq!(
            parameters(&format!("int {}a{}", "(".repeat(50_000), ")".repeat(50_000))),
            None
        );
        assert_eq!(parameters(&format!("int {}a", "*".repeat(50_000))), None);
        assert_eq!(declarations(&"struct { ".repeat(50_000)), None);
    }
}
