//! What is made of one mention of the context: a member, a slot, bytes behind an offset, a call that gets it, a copy of it.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::body::{Nodes, Reading};
use super::guards::asks_kernel;
use super::members::steps;
use super::variables::{Variable, Variables};
use super::{Attach, Guard};
use crate::const_expr::number;
use crate::fragment::{CType, type_named};

/// A pointer that was made of the context.
#[derive(Debug, Clone)]
pub struct Pointer {
    /// What it points to; `void` where the program does not say.
    pub(super) to: CType,
    /// Bytes from the start of the context.
    pub(super) offset: u64,
    /// It points to the slots of a raw tracepoint.
    pub(super) is_slots: bool,
}

impl Pointer {
    /// The start of the context as a type.
    pub fn to(to: CType) -> Self {
        Pointer {
            to,
            offset: 0,
            is_slots: false,
        }
    }

    /// The slots of a raw tracepoint.
    pub fn to_slots() -> Self {
        Pointer {
            is_slots: true,
            ..Pointer::to(CType::Named(vec!["__u64".to_owned()]))
        }
    }

    fn is_untyped(&self) -> bool {
        matches!(&self.to, CType::Named(words) if matches!(words.last().map(String::as_str), Some("void" | "char" | "u8" | "__u8")))
    }
}

/// Macros that read a member through a pointer: their name, and which argument the pointer is.
const READS: [(&str, usize); 13] = [
    ("BPF_CORE_READ", 0),
    ("BPF_CORE_READ_USER", 0),
    ("BPF_CORE_READ_BITFIELD", 0),
    ("BPF_CORE_READ_BITFIELD_PROBED", 0),
    ("BPF_PROBE_READ", 0),
    ("BPF_PROBE_READ_USER", 0),
    ("BPF_CORE_READ_INTO", 1),
    ("BPF_CORE_READ_STR_INTO", 1),
    ("BPF_CORE_READ_USER_INTO", 1),
    ("BPF_PROBE_READ_INTO", 1),
    ("BPF_PROBE_READ_STR_INTO", 1),
    ("BPF_PROBE_READ_USER_INTO", 1),
    ("bpf_core_cast", usize::MAX),
];

/// Macros of bcc that read a dynamic field of `args`, which they do not name.
pub(super) const DATA_LOC_READS: [&str; 3] = ["TP_DATA_LOC_READ", "TP_DATA_LOC_READ_CONST", "TP_DATA_LOC_READ_STR"];

fn reads(callee: &str) -> Option<usize> {
    READS.iter().find(|(name, _)| *name == callee).map(|(_, at)| *at)
}

/// The call that an argument list belongs to: the name of what is called, and its arguments.
pub(super) fn call<'b>(nodes: &Nodes<'b>, list: usize) -> (String, Vec<Node<'b>>) {
    let call = nodes.node(nodes.parent(list));
    let callee = call.child_by_field_name("function");
    let node = nodes.node(list);
    let mut cursor = node.walk();
    let arguments = node.named_children(&mut cursor).collect();
    (
        callee.map_or_else(String::new, |callee| nodes.body.of(callee).to_owned()),
        arguments,
    )
}

impl Reading<'_, '_> {
    /// Whether an identifier is the name of a member within a macro such as `BPF_CORE_READ(p, name)`.
    pub(super) fn is_accessor(nodes: &Nodes, at: usize) -> bool {
        let (mut inner, mut list) = (at, nodes.parent(at));
        while matches!(nodes.node(list).kind(), "subscript_expression" | "field_expression") {
            (inner, list) = (list, nodes.parent(list));
        }
        if nodes.node(list).kind() != "argument_list" {
            return false;
        }
        let (callee, arguments) = call(nodes, list);
        let position = arguments.iter().position(|a| a.id() == nodes.node(inner).id());
        reads(&callee).is_some_and(|pointer| position.is_some_and(|position| position > pointer))
            || (DATA_LOC_READS.contains(&callee.as_str()) && position == Some(1))
    }

    /// Follows one mention of the context outwards.
    pub(super) fn mention(
        &mut self,
        nodes: &mut Nodes,
        at: usize,
        mut pointer: Pointer,
        variables: &mut Variables,
        outer: &[Guard],
    ) {
        if Self::is_declarator(nodes, at) || is_measured(nodes, at) {
            return;
        }
        let mut inner = at;
        loop {
            let parent = nodes.parent(inner);
            let (node, child) = (nodes.node(parent), nodes.node(inner));
            let is = |field: &str| node.child_by_field_name(field).is_some_and(|n| n.id() == child.id());
            match node.kind() {
                "parenthesized_expression" => {}
                "cast_expression" => self.cast(nodes, node, &mut pointer),
                "conditional_expression" if !is("condition") => {}
                "field_expression" => return self.members(nodes, parent, Vec::new(), &pointer, outer),
                "subscript_expression" if is("argument") => return self.element(nodes, parent, &pointer, outer),
                "pointer_expression" if nodes.body.of(node).starts_with('*') => {
                    if matches!(pointer.to, CType::Record(_)) {
                        // `(*ctx).f` goes on; `*ctx` as a whole is a copy.
                        let above = nodes.node(nodes.parent(parent)).kind();
                        if !matches!(above, "parenthesized_expression" | "field_expression") {
                            return self.gap_at(nodes, parent, "the context is copied as a whole");
                        }
                    } else {
                        return self.scalar(nodes, parent, &pointer, 0, outer);
                    }
                }
                "binary_expression" => match self.moved(nodes, node, child, &pointer) {
                    Some(moved) => pointer = moved,
                    None => return self.computed(nodes, node),
                },
                "init_declarator" | "assignment_expression" if !is("left") && !is("declarator") => {
                    return self.assigned(nodes, node, pointer, variables);
                }
                "argument_list" => match self.passed(nodes, parent, child, &mut pointer, variables, outer) {
                    Some(call) => {
                        inner = call;
                        continue;
                    }
                    None => return,
                },
                "ERROR" => return self.gap_at(nodes, parent, "the statement is no C that can be read"),
                _ => return,
            }
            inner = parent;
        }
    }

    pub(super) fn gap_at(&mut self, nodes: &Nodes, at: usize, reason: &str) {
        let node = nodes.node(at);
        let (line, text) = (nodes.body.line(node), nodes.body.of(node).to_owned());
        self.gap(line, &text, reason);
    }

    fn computed(&mut self, nodes: &Nodes, node: Node) {
        let operator = node.child_by_field_name("operator").map_or("", |o| nodes.body.of(o));
        if matches!(operator, "+" | "-") {
            let reason = "the context is read at an offset that is computed";
            let found = super::source::gap(nodes.body.line(node), nodes.body.of(node), reason);
            self.computed.push(found);
        }
    }

    /// What a cast makes of a pointer.
    fn cast(&mut self, nodes: &Nodes, node: Node, pointer: &mut Pointer) {
        let ty = node
            .child_by_field_name("type")
            .and_then(|ty| type_named(ty, &nodes.body.text));
        let is_raw = self.program.section.attach != Attach::Tp;
        match ty {
            Some(CType::Pointer(to)) => self.retype(pointer, *to),
            // `(unsigned long)ctx + 8`: an address that counts bytes.
            Some(CType::Named(_)) => {
                pointer.to = CType::Named(vec!["void".to_owned()]);
                pointer.is_slots &= is_raw;
            }
            _ => {}
        }
    }

    fn retype(&self, pointer: &mut Pointer, to: CType) {
        let is_raw = self.program.section.attach != Attach::Tp;
        let is_void = matches!(&to, CType::Named(words) if words.iter().any(|word| word == "void"));
        let is_word = matches!(&to, CType::Named(words) if words.iter().any(|w| w.ends_with("64") || w == "long"));
        pointer.is_slots = is_raw && (is_word || (is_void && pointer.is_slots));
        pointer.to = to;
    }

    /// The pointer after `+ number` or `- number`; `None` if the number is not known.
    fn moved(&mut self, nodes: &Nodes, node: Node, child: Node, pointer: &Pointer) -> Option<Pointer> {
        let operator = node.child_by_field_name("operator")?;
        let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
        let other = if left.id() == child.id() { right } else { left };
        let count = self.measured(nodes, other)?;
        let size = if pointer.is_untyped() {
            1
        } else {
            self.source.size(&pointer.to).ok()?.size
        };
        let bytes = count.checked_mul(size)?;
        let offset = match nodes.body.of(operator) {
            "+" => pointer.offset.checked_add(bytes)?,
            "-" => pointer.offset.checked_sub(bytes)?,
            _ => return None,
        };
        Some(Pointer {
            offset,
            ..pointer.clone()
        })
    }

    /// `x = ctx`: from here on `x` is the context too.
    fn assigned(&mut self, nodes: &Nodes, node: Node, pointer: Pointer, variables: &mut Variables) {
        let target = node
            .child_by_field_name("left")
            .or(node.child_by_field_name("declarator"));
        let Some(target) = target else { return };
        let name = nodes.body.of(target).trim_start_matches(['*', ' ']).to_owned();
        let mut pointer = pointer;
        match (target.kind(), nodes.local(&name, target)) {
            ("identifier" | "pointer_declarator", Some(CType::Pointer(to))) => {
                let is_void = matches!(&**to, CType::Named(words) if words.iter().any(|word| word == "void"));
                if !is_void {
                    self.retype(&mut pointer, (**to).clone());
                }
            }
            ("identifier" | "pointer_declarator", _) => {}
            _ => {
                let (line, text) = (nodes.body.line(node), nodes.body.of(node).to_owned());
                return self.gap(line, &text, "the context is stored where it is not followed");
            }
        }
        variables.set(&nodes.declared, name, target.start_byte(), Variable::Context(pointer));
    }

    /// A call that gets the context. The number of the call, if its value is the context again.
    fn passed(
        &mut self,
        nodes: &mut Nodes,
        list: usize,
        child: Node,
        pointer: &mut Pointer,
        variables: &mut Variables,
        outer: &[Guard],
    ) -> Option<usize> {
        let (callee, arguments) = call(nodes, list);
        let position = arguments.iter().position(|argument| argument.id() == child.id())?;
        if asks_kernel(&callee) {
            return None;
        }
        if callee == "bpf_core_cast" {
            let tag = arguments
                .get(1)
                .map(|a| nodes.body.of(*a).trim_start_matches("struct$").to_owned())?;
            pointer.to = CType::Record(std::rc::Rc::new(crate::fragment::Record {
                tag: Some(tag),
                ..crate::fragment::Record::default()
            }));
            return Some(nodes.parent(list));
        }
        if matches!(callee.as_str(), "__builtin_preserve_access_index" | "__builtin_expect") {
            return Some(nodes.parent(list));
        }
        if reads(&callee) == Some(position) {
            let path = arguments
                .get(position + 1)
                .map(|a| steps(nodes.body.of(*a)))
                .unwrap_or_default();
            self.read(nodes, list, (&path, callee.starts_with("BPF_CORE")), pointer, outer);
            return None;
        }
        let is_copy = callee.starts_with("bpf_probe_read") || callee.starts_with("bpf_core_read");
        if is_copy && position == 2 {
            if let Some((name, to)) = arguments.first().and_then(|target| copy_of_struct(nodes, *target)) {
                // A copy with a type of its own: what is read of the copy is read of the record.
                let copy = Pointer { to, ..pointer.clone() };
                variables.set(&nodes.declared, name, child.start_byte(), Variable::Context(copy));
                return None;
            }
            match arguments.get(1).and_then(|size| self.measured(nodes, *size)) {
                Some(size) => self.bytes(nodes, list, (pointer.offset, size), None, outer),
                None => self.gap_at(
                    nodes,
                    nodes.parent(list),
                    "how much is read of the context is not known",
                ),
            }
            return None;
        }
        // Methods of bcc's maps, and helpers that need the context to know where they are.
        if HELPERS.contains(&callee.as_str())
            || callee.starts_with("bpf_")
            || callee.starts_with("__builtin")
            || callee.contains(['.', '>'])
        {
            return None;
        }
        let function = self.source.functions.get(&callee).cloned();
        let parameters = function.as_ref().and_then(|f| f.parameters(&self.source.names));
        match (function, parameters) {
            (Some(function), Some(parameters)) => {
                let parameter = parameters.into_iter().nth(position)?;
                let mut pointer = pointer.clone();
                if let CType::Pointer(to) = parameter.ty
                    && !matches!(&*to, CType::Named(words) if words.iter().any(|word| word == "void"))
                {
                    self.retype(&mut pointer, *to);
                }
                if let Some(name) = parameter.name {
                    let guards = self.guards(nodes, list, outer);
                    let variables = FxHashMap::from_iter([(name, Variable::Context(pointer))]);
                    self.function(&function, variables, &guards);
                }
            }
            _ => {
                let reason = format!("the context is passed to '{callee}', whose body was not found");
                self.gap_at(nodes, nodes.parent(list), &reason);
            }
        }
        None
    }

    /// Bytes that `sizeof(x)` or a number says.
    fn measured(&mut self, nodes: &Nodes, node: Node) -> Option<u64> {
        let text = nodes.body.of(node);
        if let Some(value) = number(text) {
            return u64::try_from(value.number).ok();
        }
        if node.kind() != "sizeof_expression" {
            return None;
        }
        // The grammar cannot know whether the word in `sizeof(word)` is a type or a variable.
        let named = node
            .child_by_field_name("type")
            .and_then(|ty| type_named(ty, &nodes.body.text));
        let word = nodes
            .body
            .of(node)
            .trim_start_matches("sizeof")
            .trim_matches(['(', ')', ' ']);
        let ty = nodes.local(word, node).cloned().or(named);
        let ty = ty.unwrap_or_else(|| CType::Named(vec![word.to_owned()]));
        self.source.size(&ty).ok().map(|layout| layout.size)
    }
}

/// The struct variable that `&name` is, and its type.
fn copy_of_struct(nodes: &Nodes, target: Node) -> Option<(String, CType)> {
    let name = nodes
        .body
        .of(target)
        .trim_start_matches(['&', ' ', '('])
        .trim_end_matches(')');
    let ty = nodes.local(name, target)?;
    matches!(ty, CType::Record(_)).then(|| (name.to_owned(), ty.clone()))
}

/// Helpers of the kernel, as tools that declare them themselves name them.
const HELPERS: [&str; 7] = [
    "tail_call",
    "perf_event_output",
    "get_stackid",
    "get_stack",
    "get_attach_cookie",
    "get_func_ip",
    "perf_event_read_value",
];

/// Whether only the size or the type of the mention counts: `sizeof(ctx->comm)`.
fn is_measured(nodes: &Nodes, at: usize) -> bool {
    let mut inner = at;
    for _ in 0..8 {
        inner = nodes.parent(inner);
        match nodes.node(inner).kind() {
            "sizeof_expression" | "alignof_expression" | "type_descriptor" | "macro_type_specifier" => return true,
            "field_expression" | "parenthesized_expression" | "pointer_expression" | "subscript_expression" => {}
            _ => return false,
        }
    }
    false
}
