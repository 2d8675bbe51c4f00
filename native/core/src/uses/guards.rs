//! Conditions that a use stands under, taken apart: what exists in the kernel, which version it has, what the build defines.
//! A condition counts only where it surely holds (or surely does not) at the use.

use tree_sitter::{Node, Tree};

use super::{Guard, GuardKind, without_flavour};
use crate::const_expr::number;
use crate::fragment::{BODY_AT, function_body};

/// How deep the operands of a condition may nest.
const MAX_DEPTH: u32 = 50;

/// Whether a call asks what the kernel has.
pub fn asks_kernel(callee: &str) -> bool {
    matches!(
        callee,
        "bpf_core_field_exists"
            | "bpf_core_field_size"
            | "bpf_core_field_offset"
            | "bpf_core_type_exists"
            | "bpf_core_type_matches"
            | "bpf_core_type_size"
            | "bpf_core_enum_value_exists"
            | "bpf_core_enum_value"
    )
}

/// What a condition's terms are compared with.
pub struct Terms<'t> {
    /// The text that the nodes are of.
    pub text: &'t str,
    /// The tag of the struct that a variable points to, by its name and the byte where that stands.
    pub tag_of: &'t dyn Fn(&str, usize) -> Option<&'t str>,
    /// What functions of the tool answer (the one guard that stands in their body), and variables that its loader sets.
    pub answers: &'t dyn Fn(&str) -> Option<Guard>,
    /// Names stand for macros: the condition is that of an `#if`.
    pub of_macros: bool,
}

/// The conditions of an `#if` that is written as text.
pub fn of_condition(text: &str, line: u32) -> Vec<Guard> {
    let Some((tree, text)) = function_body(&format!("{{ if ({text}); }}")) else {
        return Vec::new();
    };
    let terms = Terms {
        text: &text,
        tag_of: &|_, _| None,
        answers: &|_| None,
        of_macros: true,
    };
    let condition = first_condition(&tree);
    let mut guards = condition.map_or_else(Vec::new, |node| terms.holding(node, true, &|_| line));
    if guards.is_empty() {
        // A condition that says several things at once still tells that the build decides.
        let shown = text[BODY_AT..].trim_start_matches("{ if (").trim_end_matches("); }");
        guards.push(guard(GuardKind::Ifdef, shown, line, true));
    }
    guards
}

fn first_condition(tree: &Tree) -> Option<Node<'_>> {
    let mut node = tree.root_node();
    for _ in 0..MAX_DEPTH {
        if node.kind() == "if_statement" {
            return node.child_by_field_name("condition");
        }
        node = node.named_child(u32::try_from(node.named_child_count()).ok()?.checked_sub(1)?)?;
    }
    None
}

/// A guard without a subject.
pub fn guard(kind: GuardKind, text: &str, line: u32, holds: bool) -> Guard {
    Guard {
        kind,
        text: text.replace('$', " "),
        line,
        negated: !holds,
        subject: None,
        range: None,
    }
}

impl Terms<'_> {
    fn of(&self, node: Node) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The guards that surely hold (each negated as it may be) if the condition is `holds`.
    pub fn holding(&self, condition: Node, holds: bool, line: &dyn Fn(Node) -> u32) -> Vec<Guard> {
        let mut out = Vec::new();
        self.collect(condition, holds, line, 0, &mut out);
        out
    }

    fn collect(&self, node: Node, holds: bool, line: &dyn Fn(Node) -> u32, depth: u32, out: &mut Vec<Guard>) {
        if depth > MAX_DEPTH {
            return;
        }
        match node.kind() {
            "parenthesized_expression" => {
                if let Some(inner) = node.named_child(0) {
                    self.collect(inner, holds, line, depth + 1, out);
                }
            }
            "unary_expression" if self.of(node).starts_with('!') => {
                if let Some(inner) = node.child_by_field_name("argument") {
                    self.collect(inner, !holds, line, depth + 1, out);
                }
            }
            "binary_expression" => {
                let side = |name| node.child_by_field_name(name);
                let (Some(left), Some(right), Some(operator)) = (side("left"), side("right"), side("operator")) else {
                    return;
                };
                match self.of(operator) {
                    // Of `a && b` that fails, and of `a || b` that holds, nobody knows which part did.
                    "&&" | "||" => {
                        if holds == (self.of(operator) == "&&") {
                            self.collect(left, holds, line, depth + 1, out);
                            self.collect(right, holds, line, depth + 1, out);
                        }
                    }
                    operator => out.extend(self.comparison(node, (left, operator, right), holds, line(node))),
                }
            }
            "call_expression" => self.call(node, holds, line, depth, out),
            "identifier" if self.of_macros => {
                let mut found = guard(GuardKind::Ifdef, self.of(node), line(node), holds);
                found.subject = Some(self.of(node).to_owned());
                out.push(found);
            }
            "identifier" => self.answered(self.of(node), holds, out),
            _ => {}
        }
    }

    fn call(&self, node: Node, holds: bool, line: &dyn Fn(Node) -> u32, depth: u32, out: &mut Vec<Guard>) {
        let callee = node.child_by_field_name("function").map_or("", |f| self.of(f));
        let Some(arguments) = node.child_by_field_name("arguments") else {
            return;
        };
        if matches!(callee, "likely" | "unlikely" | "__builtin_expect" | "bool") {
            if let Some(inner) = arguments.named_child(0) {
                self.collect(inner, holds, line, depth + 1, out);
            }
        } else if let Some(mut found) = self.exists(node) {
            (found.negated, found.line) = (!holds, line(node));
            out.push(found);
        } else {
            self.answered(callee, holds, out);
        }
    }

    fn answered(&self, name: &str, holds: bool, out: &mut Vec<Guard>) {
        out.extend((self.answers)(name).map(|answer| Guard {
            negated: answer.negated == holds,
            ..answer
        }));
    }

    /// The guard that a call is, if it asks the kernel.
    pub fn exists(&self, call: Node) -> Option<Guard> {
        let callee = self.of(call.child_by_field_name("function")?);
        let arguments = self.of(call.child_by_field_name("arguments")?);
        if !asks_kernel(callee) {
            return None;
        }
        let kind = if callee.starts_with("bpf_core_field") {
            GuardKind::Field
        } else {
            GuardKind::Type
        };
        let mut found = guard(kind, self.of(call), 0, true);
        found.subject = self.subject(kind, arguments, call.start_byte());
        Some(found)
    }

    /// What `(struct$x, f)`, `(struct$x)`, `(p->f)`, `(((struct x *)0)->f)` or `(enum$x, V)` asks for.
    fn subject(&self, kind: GuardKind, arguments: &str, byte: usize) -> Option<String> {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let inner = arguments.strip_prefix('(')?.strip_suffix(')')?;
        let mut words = inner
            .split(|c: char| !is_word(c))
            .filter(|word| !word.is_empty() && !matches!(*word, "struct" | "union" | "enum" | "typeof" | "const"));
        let first = words.next()?;
        let tag = (self.tag_of)(first, byte).unwrap_or(first);
        if kind == GuardKind::Field {
            let member = inner.split("->").nth(1).or(inner.split(',').nth(1))?.trim();
            let member = member
                .split(|c: char| !is_word(c))
                .next()
                .filter(|word| !word.is_empty())?;
            return Some(format!("{}.{member}", without_flavour(tag)));
        }
        let constant = inner.split(',').nth(1).map(str::trim);
        Some(match constant {
            Some(constant) => format!("{}.{constant}", without_flavour(tag)),
            None => without_flavour(tag).to_owned(),
        })
    }

    /// A comparison of the kernel's version with a constant.
    fn comparison(
        &self,
        node: Node,
        (left, operator, right): (Node, &str, Node),
        holds: bool,
        line: u32,
    ) -> Option<Guard> {
        let is_version = |side: Node| {
            let text = self.of(side);
            text.contains("LINUX_KERNEL_VERSION") || text.contains("LINUX_VERSION_CODE")
        };
        let (operator, other) = match (is_version(left), is_version(right)) {
            (true, false) => (operator, right),
            (false, true) => (mirrored(operator), left),
            _ if self.of_macros => {
                let mut found = guard(GuardKind::Ifdef, self.of(node), line, holds);
                found.subject = Some(self.of(left).to_owned());
                return Some(found);
            }
            _ => return None,
        };
        let mut found = guard(GuardKind::Version, self.of(node), line, holds);
        let prefix = if operator == "==" { "" } else { operator };
        found.range = (operator != "!=")
            .then(|| version(self.of(other)))
            .flatten()
            .map(|version| format!("{prefix}{version}"));
        Some(found)
    }
}

/// The operator that says the same with its operands exchanged.
fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        other => other,
    }
}

/// `KERNEL_VERSION(5, 14, 0)`, or its value, as `5.14.0`.
fn version(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c == '(' || c.is_whitespace());
    if let Some(arguments) = text.strip_prefix("KERNEL_VERSION") {
        let parts: Vec<&str> = arguments
            .trim()
            .trim_matches(['(', ')'])
            .split(',')
            .map(str::trim)
            .collect();
        let all_numbers = parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok());
        return all_numbers.then(|| parts.join("."));
    }
    let code = u32::try_from(number(text)?.number).ok()?;
    Some(format!("{}.{}.{}", code >> 16, code >> 8 & 0xff, code & 0xff))
}
