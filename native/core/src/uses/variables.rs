//! What the variables of a body are to the reader, each within the block that declares it: two blocks may use one name for
//! different things, and an inner block may hide the context itself.

use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::Attach;
use super::body::spelled;
use super::reads::Pointer;
use crate::fragment::{CType, Declaration, Record, locals};

/// What a variable is to the reader.
#[derive(Debug, Clone)]
pub enum Variable {
    /// The context, or a pointer into it.
    Context(Pointer),
    /// An argument of the tracepoint.
    Argument {
        /// From 0.
        index: u64,
        /// As declared.
        name: String,
        /// As declared.
        ty: String,
    },
}

impl Variable {
    /// The `unsigned long long *ctx` of `BPF_PROG`.
    pub fn slots() -> Self {
        Variable::Context(Pointer::to_slots())
    }

    /// `args` of TRACEPOINT_PROBE, `ctx` of RAW_TRACEPOINT_PROBE.
    pub fn of_bcc(attach: Attach) -> Self {
        let tag = if attach == Attach::Tp {
            "tracepoint__"
        } else {
            "bpf_raw_tracepoint_args"
        };
        Variable::Context(Pointer::to(CType::Record(Rc::new(Record {
            tag: Some(tag.to_owned()),
            ..Record::default()
        }))))
    }

    /// The n-th parameter of a `BPF_PROG`.
    pub fn argument(index: u64, declared: Declaration) -> Self {
        Variable::Argument {
            index,
            name: declared.name.unwrap_or_default(),
            ty: spelled(&declared.ty),
        }
    }

    /// The first parameter of a program.
    pub fn context(ty: CType, attach: Attach) -> Self {
        match ty {
            CType::Pointer(to) | CType::Array(to, _) => match (*to, attach) {
                (CType::Named(words), Attach::RawTp | Attach::TpBtf) if is_scalar(&words) => Variable::slots(),
                (to, _) => Variable::Context(Pointer::to(to)),
            },
            _ => Variable::Context(Pointer::to(CType::Named(vec!["void".to_owned()]))),
        }
    }
}

/// Whether a type name is of a word, as far as the context of a raw tracepoint goes.
fn is_scalar(words: &[String]) -> bool {
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "long" | "__u64" | "u64" | "uint64_t" | "void" | "__s64" | "s64"
        )
    })
}

/// What a body declares, and the parameters of its function.
#[derive(Debug, Default)]
pub struct Declared {
    /// Of the function; empty where only the body is looked at.
    pub parameters: Vec<Declaration>,
    /// In the order of the text, each with the bytes where it is seen.
    locals: Vec<(Declaration, Range<usize>)>,
}

impl Declared {
    /// Adds what a `declaration` node in `block` declares: it is seen from there to the end of the block.
    pub fn add(&mut self, declaration: Node, block: Node, text: &str) {
        let seen = declaration.start_byte()..block.end_byte();
        let found = locals(declaration, text).into_iter();
        self.locals.extend(found.map(|local| (local, seen.clone())));
    }

    /// Number of the local variable that a name means at a byte: the innermost is the one declared last.
    fn number(&self, name: &str, byte: usize) -> Option<usize> {
        self.locals
            .iter()
            .rposition(|(local, seen)| local.name.as_deref() == Some(name) && seen.contains(&byte))
    }

    /// The declared type of the local variable that a name means at a byte.
    pub fn local(&self, name: &str, byte: usize) -> Option<&CType> {
        self.number(name, byte).map(|number| &self.locals[number].0.ty)
    }

    /// The tag of the struct that a variable, or else a parameter, points to.
    pub fn tag(&self, name: &str, byte: usize) -> Option<&str> {
        let parameter = || self.parameters.iter().find(|one| one.name.as_deref() == Some(name));
        let ty = self.local(name, byte).or_else(|| parameter().map(|one| &one.ty))?;
        match ty {
            CType::Pointer(to) => match &**to {
                CType::Record(record) => record.tag.as_deref(),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The variables that the reader follows.
pub struct Variables {
    parameters: FxHashMap<String, Variable>,
    /// By number.
    locals: FxHashMap<usize, Variable>,
}

impl Variables {
    /// Those that a function begins with.
    pub fn new(parameters: FxHashMap<String, Variable>) -> Self {
        Variables {
            parameters,
            locals: FxHashMap::default(),
        }
    }

    /// What a name means at a byte, if it is followed.
    pub fn get(&self, declared: &Declared, name: &str, byte: usize) -> Option<&Variable> {
        match declared.number(name, byte) {
            Some(number) => self.locals.get(&number),
            None => self.parameters.get(name),
        }
    }

    /// Follows what a name means at a byte from now on.
    pub fn set(&mut self, declared: &Declared, name: String, byte: usize, variable: Variable) {
        match declared.number(&name, byte) {
            Some(number) => self.locals.insert(number, variable),
            None => self.parameters.insert(name, variable),
        };
    }
}
