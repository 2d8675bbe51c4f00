//! The tree's own definitions of the TRACE_EVENT family, as they are at each stage of `include/trace/`.
//! The kernel reads a trace header several times with other macros each time; the same states are taken here, so that
//! every era's and vendor's additions mean what that tree says they mean.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::expand::{Macro, parse_define};
use crate::lex::{Interner, Kind, Sym, lex, spell};
use crate::reading::{Line, Reader};
use crate::tree::{FileId, Tree, directory, join};
use crate::unit::{Local, Unit};

/// Macro states of the stages that tpabi reads headers in. A `None` in a [`Local`] is an `#undef`.
#[derive(Debug, Default)]
pub struct Stages {
    /// `linux/tracepoint.h`: declares tracepoints.
    pub declare: Local,
    /// The first reading of `trace_events.h`: TRACE_EVENT becomes a class and an event.
    pub events: Local,
    /// The reading that describes fields.
    pub fields: Local,
    /// The reading that makes print formats; what is not defined there stays in them as text.
    pub print: Local,
    /// Whether format files print array lengths as numbers (`.len` in the field description), or the text of the macro.
    pub numeric_lengths: bool,
}

/// Where the stages stand, newest first: the files were called otherwise before 4.3 and before 2.6.34.
const EVENT_HEADERS: [&str; 2] = ["include/trace/trace_events.h", "include/trace/ftrace.h"];

/// What every file that creates trace points has included before the stages: called otherwise before 4.2.
const DECLARATIONS: [&str; 2] = ["include/linux/trace_events.h", "include/linux/ftrace_event.h"];

impl Stages {
    /// Reads the stages of a tree; `None` if it has no trace events.
    pub fn read(tree: &mut Tree, names: &mut Interner) -> Option<Stages> {
        let declare = tree.load("include/linux/tracepoint.h", names)?;
        let path = EVENT_HEADERS.into_iter().find(|p| tree.contains(p))?;
        let events = tree.load(path, names)?;
        let mut walk = Walk::new(Unit::new(tree, declare, names), false);
        walk.read(tree, declare, 0, names);
        let declare = walk.state;
        // define_trace.h defines the short forms and then includes the stages.
        let define = tree.load("include/trace/define_trace.h", names).unwrap_or(events);
        // The readings ask for facts that no stage header includes itself, such as BITS_PER_LONG.
        let before = DECLARATIONS.into_iter().find(|p| tree.contains(p));
        let before = before.and_then(|p| tree.load(p, names)).unwrap_or(define);
        let mut walk = Walk::new(Unit::new(tree, before, names), before != define);
        for name in ["CREATE_TRACE_POINTS", "TRACEPOINTS_ENABLED"] {
            walk.define_empty(name, names);
        }
        walk.read(tree, define, 0, names);
        let marks = Marks {
            field: names.intern("__field"),
            array: names.intern("__dynamic_array"),
            print: names.intern("TP_printk"),
        };
        let mut stages = Stages {
            declare,
            ..Stages::default()
        };
        for state in walk.readings {
            let body = |sym: Sym| state.get(&sym).cloned().flatten();
            if stages.events.is_empty() && body(marks.field).is_some() {
                stages.events.clone_from(&state);
            }
            // The description of fields stringifies the type behind "__data_loc ".
            if body(marks.array).is_some_and(|m| has_string(&m, "__data_loc ", names)) {
                stages.numeric_lengths =
                    body(names.intern("__array")).is_some_and(|m| m.body.iter().any(|t| names.text(t.sym) == "len"));
                stages.fields.clone_from(&state);
            }
            if body(marks.print).is_some_and(|m| m.body.iter().any(|t| names.text(t.sym) == "__stringify")) {
                stages.print = state;
            }
        }
        stages.hide_field_macros(names);
        Some(stages)
    }

    /// Says all of it to a hasher, so that equal stages of two trees have equal digests.
    pub fn say(&self, names: &Interner, hasher: &mut impl Hasher) {
        for state in [&self.declare, &self.events, &self.fields, &self.print] {
            let mut said: Vec<(&str, &Option<Rc<Macro>>)> =
                state.iter().map(|(name, body)| (names.text(*name), body)).collect();
            said.sort_unstable_by_key(|(name, _)| *name);
            for (name, definition) in said {
                name.hash(hasher);
                let Some(definition) = definition else { continue };
                if let Some(params) = &definition.params {
                    let words: Vec<&str> = params.names.iter().map(|name| names.text(*name)).collect();
                    (words, params.variadic).hash(hasher);
                }
                spell(&definition.body, names).hash(hasher);
            }
        }
        self.numeric_lengths.hash(hasher);
    }

    /// In the readings that find events, what stands inside of them must pass through wrapper macros untouched:
    /// `__field` and its like mean something only in the readings that open fields and print formats.
    fn hide_field_macros(&mut self, names: &Interner) {
        let inner: Vec<Sym> = [&self.events, &self.fields, &self.print]
            .into_iter()
            .flat_map(|state| state.keys().copied())
            .filter(|&sym| names.text(sym).starts_with("__"))
            .collect();
        for sym in inner {
            self.events.insert(sym, None);
            if !names.text(sym).starts_with("__DECLARE_TRACE") {
                self.declare.insert(sym, None);
            }
        }
    }
}

struct Marks {
    field: Sym,
    array: Sym,
    print: Sym,
}

fn has_string(definition: &Macro, part: &str, names: &Interner) -> bool {
    definition
        .body
        .iter()
        .any(|t| t.kind == Kind::Str && names.text(t.sym).contains(part))
}

/// A reading of the stage headers: the macros so far, and their state at each `#include TRACE_INCLUDE(...)`.
struct Walk {
    state: Local,
    readings: Vec<Local>,
    unit: Unit,
    /// Whether the whole unit comes before what is read, rather than being it.
    behind: bool,
    seen: FxHashSet<FileId>,
}

impl Walk {
    fn new(unit: Unit, behind: bool) -> Self {
        Walk {
            state: Local::default(),
            readings: Vec::new(),
            unit,
            behind,
            seen: FxHashSet::default(),
        }
    }

    fn define_empty(&mut self, name: &str, names: &mut Interner) {
        let name = names.intern(name);
        self.state.insert(
            name,
            Some(Rc::new(Macro {
                name,
                params: None,
                body: Vec::new(),
            })),
        );
    }

    fn read(&mut self, tree: &mut Tree, file: FileId, depth: u32, names: &mut Interner) {
        if depth > 8 || !self.seen.insert(file) {
            return;
        }
        let (path, text) = (tree.file(file).path.clone(), tree.file(file).index.text.clone());
        let at = (!self.behind).then_some((file, 0));
        let mut reader = Reader::new(lex(&text, file, 1, names).into(), at);
        reader.optimistic = true;
        loop {
            let state = std::mem::take(&mut self.state);
            // The guards of these headers are open on the one reading that counts.
            let line = reader.next(tree, &mut self.unit, &[&state], names);
            self.state = state;
            let Some(line) = line else { return };
            match line {
                Line::Define(tokens) => {
                    if let Some(definition) = parse_define(&tokens, names) {
                        self.state.insert(definition.name, Some(Rc::new(definition)));
                    }
                }
                Line::Undefine(name) => {
                    self.state.insert(name, None);
                }
                Line::Include(tokens) => match tokens.first() {
                    Some(first) if first.kind == Kind::Ident => self.readings.push(self.state.clone()),
                    Some(_) => {
                        if let Some(target) = stage_file(tree, &path, &crate::lex::spell(&tokens, names), names) {
                            self.read(tree, target, depth + 1, names);
                        }
                    }
                    None => {}
                },
                Line::Text(_) => {}
            }
        }
    }
}

/// The file of an include that belongs to the stages: those in `include/trace/`, nothing else.
fn stage_file(tree: &mut Tree, from: &str, written: &str, names: &mut Interner) -> Option<FileId> {
    let inner = written.trim_matches(['<', '>', '"', ' ']).replace(' ', "");
    let beside = join(directory(from), &inner)?;
    let path = if written.starts_with('"') && tree.contains(&beside) {
        beside
    } else {
        join("include", &inner)?
    };
    let stage = path.starts_with("include/trace/") && !path.starts_with("include/trace/events/");
    let skipped = path.ends_with("/perf.h") || path.ends_with("/bpf_probe.h") || path.ends_with("/define_trace.h");
    if stage && !skipped {
        tree.load(&path, names)
    } else {
        None
    }
}
