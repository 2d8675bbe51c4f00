//! A BPF C file with the headers that belong to its tool: preprocessed as far as that can be known without the build, and cut
//! into functions. Lines under conditions that are not known are kept, and say so.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::body::Reading;
use super::functions::{Function, functions};
use super::guards::{guard, of_condition};
use super::section::{Named, parse};
use super::variables::Variable;
use super::{Attach, Facts, Gap, Guard, GuardKind, Program, Section, Subject};
use crate::arch;
use crate::expand::Expander;
use crate::lex::{Interner, Token, lex};
use crate::reading::{Line, Reader, Table, Whens};
use crate::tree::{FileId, Files, Tree};
use crate::types::Types;
use crate::unit::{Local, Unit};

/// What of a header's text may be read: far more than people write, and less than a vmlinux.h.
const MAX_BYTES: usize = 16 << 20;

/// Types that every BPF program has from headers that are not its own.
const BUILT_IN: &str = include_str!("built_in.h");
const BUILT_IN_PATH: &str = "<built in>";

/// Names that mean something to the reader, whatever a header makes of them.
const KEPT: [&str; 29] = [
    "SEC",
    "BPF_PROG",
    "BPF_PROG2",
    "TRACEPOINT_PROBE",
    "RAW_TRACEPOINT_PROBE",
    "BPF_CORE_READ",
    "BPF_CORE_READ_INTO",
    "BPF_CORE_READ_STR_INTO",
    "BPF_CORE_READ_USER",
    "BPF_CORE_READ_USER_INTO",
    "BPF_CORE_READ_BITFIELD",
    "BPF_CORE_READ_BITFIELD_PROBED",
    "BPF_PROBE_READ",
    "BPF_PROBE_READ_INTO",
    "BPF_PROBE_READ_STR_INTO",
    "BPF_PROBE_READ_USER",
    "BPF_PROBE_READ_USER_INTO",
    "bpf_core_read",
    "bpf_core_read_str",
    "bpf_core_read_user",
    "bpf_core_field_exists",
    "bpf_core_field_size",
    "bpf_core_type_exists",
    "bpf_core_type_matches",
    "bpf_core_type_size",
    "bpf_core_enum_value_exists",
    "bpf_core_enum_value",
    "bpf_core_cast",
    "KERNEL_VERSION",
];

/// A file to read, with what it includes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Path of the file.
    pub file: String,
    /// Texts by path: the file and those that it includes.
    pub texts: FxHashMap<String, String>,
    /// `[from, name, path]`: what `#include "name"` in `from` means.
    #[serde(default)]
    pub includes: Vec<(String, String, String)>,
    /// Programs whose source does not say what they attach to.
    #[serde(default)]
    pub attached: Vec<Attached>,
    /// What the loader says by the variables that it sets before loading, by name.
    #[serde(default)]
    pub loader_sets: FxHashMap<String, Guard>,
}

/// A function that something outside of the file attaches.
#[derive(Debug, Deserialize)]
pub struct Attached {
    /// Its name.
    pub function: String,
    /// What it is attached to.
    #[serde(flatten)]
    pub section: Section,
}

impl Files for Request {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        if path == BUILT_IN_PATH {
            return Some(Arc::from(BUILT_IN.as_bytes()));
        }
        self.texts.get(path).map(|text| Arc::from(text.as_bytes()))
    }

    fn contains(&self, path: &str) -> bool {
        path == BUILT_IN_PATH || self.texts.contains_key(path)
    }

    fn named(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn included(&self, name: &str, from: &str) -> Option<String> {
        let known = self.includes.iter().find(|(f, n, _)| f == from && n == name);
        Some(known.map_or_else(String::new, |(_, _, path)| path.clone()))
    }
}

/// A file that was read, as the walk over its programs sees it.
pub(super) struct Source<'f> {
    pub tree: Tree<'f>,
    pub unit: Unit,
    pub types: Types,
    pub names: Interner,
    /// What a variable that the loader sets says.
    pub loader_sets: &'f FxHashMap<String, Guard>,
    /// Functions by name, those of headers included.
    pub functions: FxHashMap<String, Rc<Function>>,
    /// The conditions of each file's tokens.
    whens: FxHashMap<FileId, Whens>,
    pub root: FileId,
    /// Structs of which `#if` leaves members out.
    pub conditional: FxHashSet<String>,
    /// Kernel types come from a vmlinux.h, whose members CO-RE finds by name.
    pub has_vmlinux: bool,
}

/// Reads the programs of a file. Never fails; what is not understood is told.
pub fn read_bpf_c(request: &Request) -> Facts {
    let mut facts = Facts::default();
    if request.texts.values().map(String::len).sum::<usize>() > MAX_BYTES {
        facts
            .not_understood
            .push(gap(0, &request.file, "the file and its headers are too large"));
        return facts;
    }
    let Some((mut source, programs)) = Source::new(request, &mut facts) else {
        return facts;
    };
    for function in programs {
        source.program(&function, request, &mut facts);
    }
    facts
}

impl<'f> Source<'f> {
    fn new(request: &'f Request, facts: &mut Facts) -> Option<(Self, Vec<Rc<Function>>)> {
        let mut names = Interner::default();
        let mut tree = Tree::new(request, arch::find("x86_64")?, None);
        tree.is_open = true;
        tree.is_loose = true;
        let root = tree.load(&request.file, &mut names)?;
        let unit = Unit::new(&mut tree, root, &mut names);
        tree.load(BUILT_IN_PATH, &mut names);
        let mut source = Source {
            tree,
            unit,
            types: Types::new(true),
            names,
            loader_sets: &request.loader_sets,
            functions: FxHashMap::default(),
            whens: FxHashMap::default(),
            root,
            conditional: FxHashSet::default(),
            has_vmlinux: false,
        };
        let mut programs = Vec::new();
        for file in 0..source.tree.count() as FileId {
            if !source.unit.sees(file) {
                continue;
            }
            let includes = &source.tree.file(file).index.includes;
            source.has_vmlinux |= includes.iter().any(|include| include.path.contains("vmlinux"));
            let tokens = source.expanded(file, facts);
            for function in functions(&tokens, &source.names) {
                let function = Rc::new(function);
                if function.place.file == root {
                    programs.push(function.clone());
                }
                source.functions.entry(function.name.clone()).or_insert(function);
            }
        }
        Some((source, programs))
    }

    /// The tokens of a file with its macros expanded, each at the line where it was written.
    fn expanded(&mut self, file: FileId, facts: &mut Facts) -> Vec<Token> {
        let text = self.tree.file(file).index.text.clone();
        let tokens = lex(&text, file, 1, &mut self.names);
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', &text).map(|at| at as u32 + 1));
        let mut reader = Reader::new(tokens.into(), Some((file, 0)));
        reader.line_starts = Some(starts.into());
        let mut kept = Local::default();
        for name in KEPT {
            kept.insert(self.names.intern(name), None);
        }
        let mut lines = Vec::new();
        while let Some(line) = reader.next(&mut self.tree, &mut self.unit, &[], &mut self.names) {
            if let Line::Text(tokens) = line {
                lines.extend(tokens);
            }
        }
        self.whens.insert(file, reader.whens);
        let mut expander = Expander::default();
        expander.places_at_call = true;
        let calls = FxHashSet::default();
        let mut table = Table::layered(&mut self.tree, &mut self.unit, &kept, &calls, None, None);
        let tokens = expander.expand(&lines, &mut table, &mut self.names);
        if expander.overflowed {
            let path = self.tree.file(file).path.to_string();
            facts
                .not_understood
                .push(gap(0, &path, "its macros expand to too much"));
        }
        tokens
    }

    /// The conditions of `#if` that a token stands under.
    pub fn conditions_of(&self, token: Token) -> Vec<Guard> {
        let text = self.whens.get(&token.file).and_then(|whens| whens.text(token.when));
        text.map_or_else(Vec::new, |text| of_condition(text, token.line))
    }

    /// Path of a file, if it is not the one that was asked for.
    pub fn other_file(&self, file: FileId) -> Option<String> {
        (file != self.root).then(|| self.tree.file(file).path.to_string())
    }

    /// What a function attaches to: as its section says, else as whoever attaches it says, else as a macro of bcc says.
    fn sections(function: &Function, request: &Request, facts: &mut Facts) -> Vec<(Section, Option<Guard>)> {
        let line = function.place.line;
        let (text, reason) = match &function.section {
            Some(Ok(name)) => match parse(name) {
                Named::Tracepoint(section, optional) => {
                    let text = format!("SEC(\"{name}\")");
                    return vec![(section, optional.then(|| guard(GuardKind::Optional, &text, line, true)))];
                }
                Named::NoEvent => (
                    name,
                    "the section names no event; it is chosen when the program is attached",
                ),
                Named::Other => return Vec::new(),
            },
            Some(Err(text)) => (text, "the section's name is not known here"),
            None => {
                let attached = request.attached.iter().filter(|a| a.function == function.name);
                let sections = attached.map(|a| &a.section).chain(&function.probe);
                return sections.map(|section| (section.clone(), None)).collect();
            }
        };
        facts.not_understood.push(gap(line, text, reason));
        Vec::new()
    }

    /// The uses of one function, if it is a program on a tracepoint.
    fn program(&mut self, function: &Rc<Function>, request: &Request, facts: &mut Facts) {
        for (section, optional) in Self::sections(function, request, facts) {
            let mut guards = self.conditions_of(function.place);
            guards.extend(optional);
            self.attached(function, section, guards, facts);
        }
    }

    fn attached(&mut self, function: &Rc<Function>, section: Section, guards: Vec<Guard>, facts: &mut Facts) {
        let line = function.place.line;
        let mut program = Program {
            name: function.name.clone(),
            line,
            section,
            guards,
            uses: Vec::new(),
        };
        match function.variables(program.section.attach, &self.names) {
            Some(variables) => {
                let mut reading = Reading::new(self, &mut program, &mut facts.not_understood);
                reading.function(function, variables, &[]);
                reading.finish();
            }
            None => {
                let text = format!("{}(...)", function.name);
                facts
                    .not_understood
                    .push(gap(line, &text, "its parameters are not understood"));
            }
        }
        deduplicate(&mut program);
        facts.programs.push(program);
    }
}

/// Keeps the first of several equal uses under the same conditions.
fn deduplicate(program: &mut Program) {
    let of_program = program.guards.clone();
    for found in &mut program.uses {
        found
            .guards
            .retain(|guard| !of_program.iter().any(|other| other.text == guard.text));
    }
    let same = |a: &Subject, b: &Subject| match (a, b) {
        (Subject::Argument { index: a, .. }, Subject::Argument { index: b, .. }) => a == b,
        _ => a == b,
    };
    let all = std::mem::take(&mut program.uses);
    for found in all {
        let known = program.uses.iter().any(|other| {
            let texts = |guards: &[Guard]| guards.iter().map(|g| (g.text.clone(), g.negated)).collect::<Vec<_>>();
            same(&other.subject, &found.subject) && texts(&other.guards) == texts(&found.guards)
        });
        if !known {
            program.uses.push(found);
        }
    }
}

impl Function {
    /// What its parameters are to a program of this kind; `None` if they are not understood.
    fn variables(&self, attach: Attach, names: &Interner) -> Option<FxHashMap<String, Variable>> {
        let parameters = self.parameters(names)?;
        let mut out = FxHashMap::default();
        if self.has_slots {
            out.insert("ctx".to_owned(), Variable::slots());
            for (index, parameter) in parameters.into_iter().enumerate() {
                if let Some(name) = parameter.name.clone() {
                    out.insert(name, Variable::argument(index as u64, parameter));
                }
            }
        } else if let Some(section) = &self.probe {
            let name = if section.attach == Attach::Tp { "args" } else { "ctx" };
            out.insert(name.to_owned(), Variable::of_bcc(section.attach));
        } else if let Some(first) = parameters.into_iter().next()
            && let Some(name) = first.name.clone()
        {
            out.insert(name, Variable::context(first.ty, attach));
        }
        Some(out)
    }
}

/// A gap; its text in one line, and no longer than one.
pub(super) fn gap(line: u32, text: &str, reason: &str) -> Gap {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = text.chars().take(120).collect();
    Gap {
        line,
        text: if short.len() < text.len() {
            format!("{short}...")
        } else {
            short
        },
        reason: reason.to_owned(),
    }
}
