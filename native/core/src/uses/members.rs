//! What a read of the context is noted as: a member, bytes, an argument, a field; by the type that the context has there.

use super::body::{Nodes, Reading, spelled};
use super::guards::{asks_kernel, guard};
use super::layout::{Shape, Step};
use super::reads::{DATA_LOC_READS, Pointer, call};
use super::variables::{Variable, Variables};
use super::{Attach, Guard, GuardKind, Subject, without_flavour};
use crate::const_expr::number;
use crate::fragment::{CType, type_named};

impl Reading<'_, '_> {
    /// `ctx->a`, and on outwards: `ctx->a.b[1]`.
    pub(super) fn members(
        &mut self,
        nodes: &mut Nodes,
        at: usize,
        mut path: Vec<Step>,
        pointer: &Pointer,
        outer: &[Guard],
    ) {
        let mut last = at;
        let mut inner = at;
        let name = |nodes: &Nodes, at: usize| {
            let field = nodes.node(at).child_by_field_name("field");
            Step::Member(field.map_or_else(String::new, |f| nodes.body.of(f).to_owned()))
        };
        path.push(name(nodes, at));
        loop {
            let parent = nodes.parent(inner);
            let (node, child) = (nodes.node(parent), nodes.node(inner));
            let is_argument = node
                .child_by_field_name("argument")
                .is_some_and(|n| n.id() == child.id());
            match node.kind() {
                "parenthesized_expression" => {}
                // What is behind a pointer in the record belongs to the record no more.
                "field_expression"
                    if is_argument
                        && !nodes.body.of(node)[child.end_byte() - node.start_byte()..]
                            .trim_start()
                            .starts_with("->") =>
                {
                    path.push(name(nodes, parent));
                    last = parent;
                }
                "subscript_expression" if is_argument => {
                    let index = node.child_by_field_name("index").and_then(|i| number(nodes.body.of(i)));
                    path.push(Step::Element(index.and_then(|i| u64::try_from(i.number).ok())));
                    last = parent;
                }
                "argument_list" if asks_kernel(&call(nodes, parent).0) => return,
                _ => break,
            }
            inner = parent;
        }
        self.read(nodes, last, (&path, false), pointer, outer);
    }

    /// Notes that the steps are read of the context. Of a struct of which `#if` leaves members out, what a build reads that
    /// defines nothing.
    pub(super) fn read(
        &mut self,
        nodes: &mut Nodes,
        at: usize,
        path: (&[Step], bool),
        pointer: &Pointer,
        outer: &[Guard],
    ) {
        let name = spelled(&pointer.to);
        let depends = self.source.conditional.contains(&name)
            || matches!(self.source.shape(&pointer.to), Err(reason) if reason.ends_with("depend on the configuration"));
        if !depends {
            return self.read_shape(nodes, at, path, pointer, outer);
        }
        let mut guards = outer.to_vec();
        let line = nodes.body.line(nodes.node(at));
        guards.push(guard(GuardKind::Ifdef, &format!("#if in {name}"), line, false));
        self.source.conditional.insert(name);
        self.source.tree.is_open = false;
        self.read_shape(nodes, at, path, pointer, &guards);
        self.source.tree.is_open = true;
    }

    fn read_shape(
        &mut self,
        nodes: &mut Nodes,
        at: usize,
        (path, is_core): (&[Step], bool),
        pointer: &Pointer,
        outer: &[Guard],
    ) {
        let Some(Step::Member(first)) = path.first() else {
            return self.gap_at(nodes, at, "which member is read is not known");
        };
        let first = first.clone();
        match self.source.shape(&pointer.to) {
            Ok(Shape::Kernel(tag)) => self.member(nodes, at, tag, first, outer),
            Ok(Shape::Own(_)) if is_core => {
                let tag = match &pointer.to {
                    CType::Record(record) => record.tag.clone().unwrap_or_default(),
                    _ => String::new(),
                };
                self.member(nodes, at, without_flavour(&tag).to_owned(), first, outer);
            }
            Ok(Shape::Own(record)) => match self.source.bytes(&record, path) {
                Ok((offset, size)) => {
                    let name = path.iter().filter_map(|step| match step {
                        Step::Member(name) => Some(name.as_str()),
                        Step::Element(_) => None,
                    });
                    let name = name.collect::<Vec<_>>().join(".");
                    self.bytes(nodes, at, (pointer.offset + offset, size), Some(name), outer);
                }
                Err(reason) => self.gap_at(nodes, at, &reason),
            },
            Ok(Shape::RawArgs) => match path {
                [Step::Member(_), Step::Element(Some(index)), ..] => self.slot(nodes, at, *index, outer),
                _ => self.gap_at(nodes, at, "which argument is read is not known"),
            },
            Ok(Shape::Bcc) => {
                self.found(nodes, at, Subject::Field { name: first }, outer);
            }
            Err(reason) => self.gap_at(nodes, at, &reason),
        }
    }

    fn member(&mut self, nodes: &mut Nodes, at: usize, of: String, name: String, outer: &[Guard]) {
        // Every record begins with `ent` and ends with `__data`: reading them relies on nothing of the event's own.
        if !matches!(name.as_str(), "ent" | "__data") {
            self.found(nodes, at, Subject::Member { of, name }, outer);
        }
    }

    pub(super) fn bytes(
        &mut self,
        nodes: &mut Nodes,
        at: usize,
        (offset, size): (u64, u64),
        name: Option<String>,
        outer: &[Guard],
    ) {
        if self.program.section.attach == Attach::Tp {
            self.found(nodes, at, Subject::Bytes { offset, size, name }, outer);
        } else {
            let subject = Subject::Argument {
                index: offset / 8,
                name,
                ty: None,
            };
            self.found(nodes, at, subject, outer);
        }
    }

    /// `ctx[n]` of slots, `((u32 *)ctx)[n]` of a record.
    pub(super) fn element(&mut self, nodes: &mut Nodes, at: usize, pointer: &Pointer, outer: &[Guard]) {
        let index = nodes
            .node(at)
            .child_by_field_name("index")
            .and_then(|i| number(nodes.body.of(i)));
        match index.and_then(|index| u64::try_from(index.number).ok()) {
            Some(index) => self.scalar(nodes, at, pointer, index, outer),
            None => self.gap_at(nodes, at, "the index is no number"),
        }
    }

    /// The n-th element behind a pointer to what is no struct.
    pub(super) fn scalar(&mut self, nodes: &mut Nodes, at: usize, pointer: &Pointer, index: u64, outer: &[Guard]) {
        if pointer.is_slots {
            return self.slot(nodes, at, pointer.offset / 8 + index, outer);
        }
        match self.source.size(&pointer.to) {
            Ok(layout) => {
                let offset = pointer.offset.saturating_add(layout.size.saturating_mul(index));
                self.bytes(nodes, at, (offset, layout.size), None, outer);
            }
            Err(reason) => self.gap_at(nodes, at, &reason),
        }
    }

    /// An argument by its number: its type is what the program casts it to or declares.
    fn slot(&mut self, nodes: &mut Nodes, at: usize, index: u64, outer: &[Guard]) {
        let (mut inner, mut name, mut ty) = (at, None, None);
        loop {
            let parent = nodes.parent(inner);
            let node = nodes.node(parent);
            match node.kind() {
                "parenthesized_expression" => {}
                "cast_expression" => {
                    let cast = node
                        .child_by_field_name("type")
                        .and_then(|ty| type_named(ty, &nodes.body.text));
                    ty = ty.or(cast.map(|cast| spelled(&cast)));
                }
                "init_declarator" | "assignment_expression" => {
                    let target = node
                        .child_by_field_name("declarator")
                        .or(node.child_by_field_name("left"));
                    let word = target.map_or("", |t| nodes.body.of(t).trim_start_matches(['*', ' ']));
                    if let Some(local) = nodes.local(word, node) {
                        name = Some(word.to_owned());
                        let is_untyped = ty.as_deref().is_none_or(|ty: &str| ty == "void *");
                        ty = if is_untyped { Some(spelled(local)) } else { ty };
                    }
                    break;
                }
                _ => break,
            }
            inner = parent;
        }
        self.found(nodes, at, Subject::Argument { index, name, ty }, outer);
    }

    /// A mention of an argument that has a name.
    pub(super) fn argument(
        &mut self,
        nodes: &mut Nodes,
        at: usize,
        index: u64,
        (name, ty): (String, String),
        outer: &[Guard],
    ) {
        let subject = Subject::Argument {
            index,
            name: Some(name),
            ty: Some(ty),
        };
        self.found(nodes, at, subject, outer);
    }

    /// `TP_DATA_LOC_READ(dst, field, ..)`, where the tool does not define it: bcc's, which reads `args->data_loc_field`.
    pub(super) fn data_loc_macro(&mut self, nodes: &mut Nodes, at: usize, variables: &Variables, outer: &[Guard]) {
        let node = nodes.node(at);
        let callee = node.child_by_field_name("function").map_or("", |f| nodes.body.of(f));
        if !DATA_LOC_READS.contains(&callee) {
            return;
        }
        let field = node
            .child_by_field_name("arguments")
            .and_then(|list| list.named_child(1));
        match (
            field,
            variables.get(&nodes.declared, "args", node.start_byte()).cloned(),
        ) {
            (Some(field), Some(Variable::Context(pointer))) => {
                let member = Step::Member(format!("data_loc_{}", nodes.body.of(field)));
                self.read(nodes, at, (&[member], false), &pointer, outer);
            }
            _ => self.gap_at(
                nodes,
                at,
                "the macro reads a variable 'args', which is not the context here",
            ),
        }
    }
}

/// `a.b[1]` as steps.
pub(super) fn steps(text: &str) -> Vec<Step> {
    let mut out = Vec::new();
    for part in text.split('.') {
        let mut pieces = part.split('[');
        out.push(Step::Member(pieces.next().unwrap_or_default().trim().to_owned()));
        for index in pieces {
            let index = number(index.trim_end_matches([']', ' ']));
            out.push(Step::Element(index.and_then(|i| u64::try_from(i.number).ok())));
        }
    }
    out
}
