//! Walks the body of a program, and of the functions that it hands its context to, and notes what is read of the context.
//! Each mention of the context is followed outwards to what is made of it; one that leads nowhere known is told as a gap.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::{Node, Tree};

use super::functions::Function;
use super::guards::Terms;
use super::source::{Source, gap};
use super::variables::{Declared, Variable, Variables};
use super::{Gap, Guard, Program, Use};
use crate::fragment::{BODY_AT, CType, function_body};
use crate::lex::{Interner, Token};

/// How deep calls are followed.
const MAX_CALLS: usize = 12;
/// How many functions are walked for one program.
const MAX_WALKS: usize = 400;
/// How long a body may be, in bytes.
const MAX_BODY: usize = 1 << 20;

/// A type in C, as far as a report shows it.
pub fn spelled(ty: &CType) -> String {
    match ty {
        CType::Named(words) => words.join(" "),
        CType::Record(record) => {
            let keyword = if record.is_union { "union" } else { "struct" };
            format!("{keyword} {}", record.tag.as_deref().unwrap_or("{...}"))
        }
        CType::Enum(e) => format!("enum {}", e.tag.as_deref().unwrap_or("{...}")),
        CType::Pointer(to) => {
            let to = spelled(to);
            let gap = if to.ends_with('*') { "" } else { " " };
            format!("{to}{gap}*")
        }
        CType::Array(of, length) => format!("{}[{}]", spelled(of), length.as_deref().unwrap_or("")),
        CType::Function => "void (*)()".to_owned(),
        CType::Typeof(text) => format!("typeof({text})"),
    }
}

/// The walk over one program.
pub struct Reading<'s, 'f> {
    pub(super) source: &'s mut Source<'f>,
    pub(super) program: &'s mut Program,
    gaps: &'s mut Vec<Gap>,
    /// Reads at offsets that are computed: understood if they follow a `__data_loc` that the program has read.
    pub(super) computed: Vec<Gap>,
    calls: Vec<String>,
    walked: FxHashSet<String>,
}

/// One body as a tree.
pub struct Body {
    tree: Tree,
    /// The text that the tree is of.
    pub text: String,
    tokens: Rc<[Token]>,
    /// Where each token begins in the text.
    starts: Vec<u32>,
}

/// All nodes of a body, each with the number of its parent.
pub struct Nodes<'b> {
    /// The body.
    pub body: &'b Body,
    list: Vec<(Node<'b>, usize)>,
    /// The variables declared in it.
    pub declared: Declared,
    /// Per block, the conditions under which it is left early: where, and what holds behind that.
    leaves: FxHashMap<usize, Vec<(usize, Vec<Guard>)>>,
}

impl Body {
    fn new(tokens: &Rc<[Token]>, names: &Interner) -> Option<Self> {
        let mut text = String::new();
        let mut starts = Vec::with_capacity(tokens.len());
        let word = |at: usize| tokens.get(at).map_or("", |t| names.text(t.sym));
        for (i, token) in tokens.iter().enumerate() {
            if i > 0 && token.space {
                // `f(struct x, ...)` is no C, only an argument of a macro: one word for the tree.
                let is_operand = matches!(word(i - 1), "struct" | "union" | "enum")
                    && i > 1
                    && matches!(word(i - 2), "(" | ",")
                    && matches!(word(i + 1), "," | ")")
                    && (word(i - 2) == "," || i > 2 && word(i - 3).starts_with("bpf_core_"));
                text.push(if is_operand { '$' } else { ' ' });
            }
            starts.push((text.len() + BODY_AT) as u32);
            text.push_str(names.text(token.sym));
            if text.len() > MAX_BODY {
                return None;
            }
        }
        let (tree, text) = function_body(&text)?;
        Some(Body {
            tree,
            text,
            tokens: tokens.clone(),
            starts,
        })
    }

    /// The text of a node.
    pub fn of(&self, node: Node) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The token that a node begins with.
    pub fn token(&self, node: Node) -> Option<Token> {
        let after = self
            .starts
            .partition_point(|&start| start as usize <= node.start_byte());
        self.tokens.get(after.checked_sub(1)?).copied()
    }

    /// The line of a node.
    pub fn line(&self, node: Node) -> u32 {
        self.token(node).map_or(0, |token| token.line)
    }

    fn nodes(&self) -> Nodes<'_> {
        let mut list = Vec::new();
        let mut parents = Vec::new();
        let mut cursor = self.tree.walk();
        loop {
            list.push((cursor.node(), parents.last().copied().unwrap_or(0)));
            if cursor.goto_first_child() {
                parents.push(list.len() - 1);
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return Nodes::new(self, list);
                }
                parents.pop();
            }
        }
    }
}

impl<'b> Nodes<'b> {
    fn new(body: &'b Body, list: Vec<(Node<'b>, usize)>) -> Self {
        let mut declared = Declared::default();
        for (node, parent) in list.iter().filter(|(node, _)| node.kind() == "declaration") {
            let mut block = *parent;
            while block != list[block].1 && !matches!(list[block].0.kind(), "compound_statement" | "for_statement") {
                block = list[block].1;
            }
            declared.add(*node, list[block].0, &body.text);
        }
        Nodes {
            body,
            list,
            declared,
            leaves: FxHashMap::default(),
        }
    }

    /// A node.
    pub fn node(&self, at: usize) -> Node<'b> {
        self.list[at].0
    }

    /// The number of a node's parent; the root is its own.
    pub fn parent(&self, at: usize) -> usize {
        self.list[at].1
    }

    /// The declared type of the local variable that a name means at a node.
    pub fn local(&self, name: &str, node: Node) -> Option<&CType> {
        self.declared.local(name, node.start_byte())
    }
}

impl<'s, 'f> Reading<'s, 'f> {
    /// A walk that adds to the uses of `program`.
    pub fn new(source: &'s mut Source<'f>, program: &'s mut Program, gaps: &'s mut Vec<Gap>) -> Self {
        Reading {
            source,
            program,
            gaps,
            computed: Vec::new(),
            calls: Vec::new(),
            walked: FxHashSet::default(),
        }
    }

    /// Walks a function whose parameters are these, called under these guards.
    pub fn function(&mut self, function: &Rc<Function>, variables: FxHashMap<String, Variable>, outer: &[Guard]) {
        let key = format!("{} {variables:?} {outer:?}", function.name);
        if self.calls.len() >= MAX_CALLS || self.walked.len() >= MAX_WALKS {
            return self.gap(
                function.place.line,
                &function.name,
                "calls nest too deeply to be followed",
            );
        }
        if self.calls.contains(&function.name) || !self.walked.insert(key) {
            return;
        }
        let Some(body) = Body::new(&function.body, &self.source.names) else {
            return self.gap(
                function.place.line,
                &function.name,
                "its body is too long or nests too deeply",
            );
        };
        self.calls.push(function.name.clone());
        let mut nodes = body.nodes();
        nodes.declared.parameters = function.parameters(&self.source.names).unwrap_or_default();
        self.body(&mut nodes, Variables::new(variables), outer);
        self.calls.pop();
    }

    fn body(&mut self, nodes: &mut Nodes, mut variables: Variables, outer: &[Guard]) {
        for at in 0..nodes.list.len() {
            let node = nodes.node(at);
            match node.kind() {
                "identifier" => {}
                "call_expression" => {
                    self.data_loc_macro(nodes, at, &variables, outer);
                    continue;
                }
                _ => continue,
            }
            match variables
                .get(&nodes.declared, nodes.body.of(node), node.start_byte())
                .cloned()
            {
                Some(Variable::Context(pointer)) => self.mention(nodes, at, pointer, &mut variables, outer),
                Some(Variable::Argument { index, name, ty }) if !Self::is_declarator(nodes, at) => {
                    self.argument(nodes, at, index, (name, ty), outer);
                }
                _ => {}
            }
        }
    }

    /// Whether the identifier is being declared, or is a word within a macro that no variable stands for.
    pub(super) fn is_declarator(nodes: &Nodes, at: usize) -> bool {
        let parent = nodes.node(nodes.parent(at));
        let declares = parent
            .child_by_field_name("declarator")
            .is_some_and(|d| d.id() == nodes.node(at).id());
        declares || Self::is_accessor(nodes, at)
    }

    /// All guards at a node: those of the caller, of `#if`, and of the statements around it.
    pub(super) fn guards(&mut self, nodes: &mut Nodes, at: usize, outer: &[Guard]) -> Vec<Guard> {
        let mut out = outer.to_vec();
        if let Some(token) = nodes.body.token(nodes.node(at)) {
            out.extend(self.source.conditions_of(token));
        }
        let mut around = Vec::new();
        let mut inner = at;
        while nodes.parent(inner) != inner {
            let parent = nodes.parent(inner);
            around.push(self.guards_between(nodes, parent, inner));
            inner = parent;
        }
        out.extend(around.into_iter().rev().flatten());
        let mut seen = FxHashSet::default();
        out.retain(|guard| seen.insert((guard.text.clone(), guard.negated)));
        out
    }

    /// What a parent node says of the child that the use stands in.
    fn guards_between(&mut self, nodes: &mut Nodes, parent: usize, child: usize) -> Vec<Guard> {
        let (outer, inner) = (nodes.node(parent), nodes.node(child));
        let is = |field: &str| outer.child_by_field_name(field).is_some_and(|n| n.id() == inner.id());
        match outer.kind() {
            "if_statement" | "conditional_expression" => {
                let Some(condition) = outer.child_by_field_name("condition").filter(|_| !is("condition")) else {
                    return Vec::new();
                };
                self.holding(nodes, condition, is("consequence"))
            }
            "binary_expression" if is("right") => {
                let operator = outer.child_by_field_name("operator").map_or("", |o| nodes.body.of(o));
                match (operator, outer.child_by_field_name("left")) {
                    ("&&" | "||", Some(left)) => self.holding(nodes, left, operator == "&&"),
                    _ => Vec::new(),
                }
            }
            "compound_statement" => {
                if !nodes.leaves.contains_key(&parent) {
                    let leaves = self.leaves(nodes, outer);
                    nodes.leaves.insert(parent, leaves);
                }
                let before = nodes.leaves[&parent]
                    .iter()
                    .filter(|(end, _)| *end <= inner.start_byte());
                before.flat_map(|(_, guards)| guards.clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The statements of a block that leave it unless something holds: `if (!exists) return 0;`.
    fn leaves(&mut self, nodes: &Nodes, block: Node) -> Vec<(usize, Vec<Guard>)> {
        let mut cursor = block.walk();
        let mut out = Vec::new();
        for statement in block.named_children(&mut cursor) {
            let field = |name| statement.child_by_field_name(name);
            if statement.kind() != "if_statement" || field("alternative").is_some() {
                continue;
            }
            if let (Some(condition), Some(consequence)) = (field("condition"), field("consequence"))
                && always_leaves(consequence)
            {
                let guards = self.holding(nodes, condition, false);
                if !guards.is_empty() {
                    out.push((statement.end_byte(), guards));
                }
            }
        }
        out
    }

    fn holding(&mut self, nodes: &Nodes, condition: Node, holds: bool) -> Vec<Guard> {
        let (source, body) = (&*self.source, nodes.body);
        let terms = Terms {
            text: &body.text,
            tag_of: &|name, byte| nodes.declared.tag(name, byte),
            answers: &|name| answer(source, name),
            of_macros: false,
        };
        terms.holding(condition, holds, &|node| body.line(node))
    }

    /// Notes a use.
    pub(super) fn found(&mut self, nodes: &mut Nodes, at: usize, subject: super::Subject, outer: &[Guard]) {
        let guards = self.guards(nodes, at, outer);
        let token = nodes.body.token(nodes.node(at));
        self.program.uses.push(Use {
            line: token.map_or(0, |token| token.line),
            file: token.and_then(|token| self.source.other_file(token.file)),
            subject,
            guards,
        });
    }

    /// Notes what was not understood.
    pub(super) fn gap(&mut self, line: u32, text: &str, reason: &str) {
        let found = gap(line, text, reason);
        if !self.gaps.contains(&found) {
            self.gaps.push(found);
        }
    }

    /// Ends the walk: reads at computed offsets are those of strings, if the program has asked where these are.
    pub fn finish(mut self) {
        let follows_location = self.program.uses.iter().any(|found| match &found.subject {
            super::Subject::Bytes { name: Some(name), .. }
            | super::Subject::Member { name, .. }
            | super::Subject::Field { name } => name.contains("loc"),
            _ => false,
        });
        if !follows_location {
            for computed in std::mem::take(&mut self.computed) {
                self.gap(computed.line, &computed.text, &computed.reason);
            }
        }
    }
}

/// Whether a statement never comes to its end.
fn always_leaves(statement: Node) -> bool {
    match statement.kind() {
        "return_statement" | "goto_statement" | "break_statement" | "continue_statement" => true,
        "compound_statement" => {
            let last = u32::try_from(statement.named_child_count())
                .ok()
                .and_then(|n| n.checked_sub(1));
            last.and_then(|last| statement.named_child(last))
                .is_some_and(|last| !matches!(last.kind(), "compound_statement") && always_leaves(last))
        }
        _ => false,
    }
}

/// The guard that a function of the tool stands for, `static bool has_x(void) { return bpf_core_field_exists(..); }`, or a
/// variable that its loader sets.
fn answer(source: &Source, name: &str) -> Option<Guard> {
    if let Some(known) = source.loader_sets.get(name) {
        return Some(known.clone());
    }
    let function = source.functions.get(name)?;
    // A wrapper is short; what is longer does more than to answer.
    if function.body.len() > 60 {
        return None;
    }
    let body = Body::new(&function.body, &source.names)?;
    let nodes = body.nodes();
    let terms = Terms {
        text: &body.text,
        tag_of: &|name, byte| nodes.declared.tag(name, byte),
        answers: &|_| None,
        of_macros: false,
    };
    let calls = nodes.list.iter().filter(|(node, _)| node.kind() == "call_expression");
    let mut asked = calls.filter_map(|(node, _)| {
        let found = terms.exists(*node)?;
        Some(Guard {
            line: body.line(*node),
            ..found
        })
    });
    let only = asked.next()?;
    asked.next().is_none().then_some(only)
}
