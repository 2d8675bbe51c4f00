//! What the trace headers of one unit declare, laid out as the unit sees it: plain data by header, in the order of reading.
//! It depends on the unit alone, so that it can be kept for as long as nothing that the unit asked for changes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::arguments::arguments;
use crate::fragment::{Declaration, parameters};
use crate::lex::{Interner, Token, spell};
use crate::print_symbols::symbols;
use crate::problem::Problem;
use crate::record::{LaidOut, Seen, lay_out};
use crate::snapshot::{Event, Location, Print, Tracepoint};
use crate::trace_header::{DeclaredEvent, DeclaredPrint, DeclaredTracepoint, Header};
use crate::tree::{FileId, Used};
use crate::types::Context;

/// What of the watched files a fact comes from: by event (`system:name`, `system:*` for its values, `-:name` for the
/// tracepoint) and field, with an empty name for what is no field.
pub type Causes = BTreeMap<(String, String), BTreeSet<Used>>;

/// Parsed prototypes by their text: many tracepoints have the same.
pub type Prototypes = FxHashMap<String, Option<Rc<Vec<Declaration>>>>;

/// What one header declares, laid out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct HeaderFacts {
    /// Path of the header.
    pub path: String,
    /// Its events; the names in their print formats still wait for values.
    pub events: Vec<Event>,
    /// Its tracepoints.
    pub tracepoints: Vec<Tracepoint>,
    /// Values that the kernel puts into print formats at boot: system, name, value.
    pub values: Vec<(String, String, i64)>,
    /// Constants that its events name.
    pub enums: BTreeMap<String, i64>,
    /// What was not understood. Facts with problems are not kept.
    #[serde(skip)]
    pub problems: Vec<Problem>,
    /// What of the watched files its facts come from; nothing is watched while facts are kept.
    #[serde(skip)]
    pub causes: Causes,
}

/// Lays out what the headers of a unit declare, behind `start` bytes of common fields.
pub fn facts(
    headers: &[(FileId, Header)],
    start: u64,
    context: &mut Context,
    prototypes: &mut Prototypes,
    names: &mut Interner,
) -> Vec<HeaderFacts> {
    let mut reading = Reading {
        headers,
        start,
        context,
        prototypes,
        seen: Seen::default(),
        tables: FxHashMap::default(),
        laid_out: FxHashMap::default(),
    };
    (0..headers.len()).map(|own| reading.header(own, names)).collect()
}

/// A print format that was read.
struct Printed {
    print: Print,
    /// The constants in its tables, and their values.
    names: BTreeMap<String, i64>,
    /// What of the watched files they come from.
    used: Vec<Used>,
}

struct Reading<'r, 'a, 'f> {
    headers: &'r [(FileId, Header)],
    start: u64,
    context: &'r mut Context<'a, 'f>,
    prototypes: &'r mut Prototypes,
    seen: Seen,
    /// Print formats that were read: events of one class share it.
    tables: FxHashMap<*const DeclaredPrint, Rc<Printed>>,
    /// Records by header and class.
    laid_out: FxHashMap<(usize, String), Rc<LaidOut>>,
}

impl Reading<'_, '_, '_> {
    fn header(&mut self, own: usize, names: &mut Interner) -> HeaderFacts {
        let (file, header) = &self.headers[own];
        let mut out = HeaderFacts {
            path: self.context.tree.file(*file).path.to_string(),
            ..HeaderFacts::default()
        };
        for declared in &header.events {
            self.event(declared, own, &mut out, names);
        }
        for declared in &header.tracepoints {
            let noted = self.context.tree.noted();
            self.tracepoint(declared, &mut out, names);
            let id = format!("-:{}", declared.name);
            note(&mut out.causes, &id, "", &self.context.tree.used_since(noted));
            note(&mut out.causes, &id, "", &header.used);
        }
        for (system, name) in &header.enums {
            let noted = self.context.tree.noted();
            let token = Token::named(*name);
            let value = self.context.value(&[token], names);
            if let Some(value) = value.and_then(|v| i64::try_from(v.number).ok()) {
                let text = names.text(*name).to_owned();
                out.enums.insert(text.clone(), value);
                out.values.push((system.clone(), text, value));
            }
            let used = self.context.tree.used_since(noted);
            note(&mut out.causes, &format!("{system}:*"), "", &used);
        }
        for (system, ty) in &header.sizes {
            if let Ok(layout) = self.context.type_name(ty, names)
                && let Ok(size) = i64::try_from(layout.size)
            {
                let text = format!("sizeof({})", spell(ty, names));
                out.values.push((system.clone(), text, size));
            }
        }
        out.problems.extend(header.problems.iter().cloned());
        out
    }

    fn event(&mut self, declared: &DeclaredEvent, own: usize, out: &mut HeaderFacts, names: &mut Interner) {
        let id = format!("{}:{}", declared.system, declared.name);
        // A class may be declared in another header of the same unit.
        let headers = self.headers;
        let mut order = std::iter::once(own).chain(0..headers.len());
        let found = order.find_map(|i| headers[i].1.classes.get(&declared.class).map(|class| (i, class)));
        let Some((i, class)) = found else {
            let message = format!("event class '{}' was not found", declared.class);
            out.problems
                .push(problem("unknown-class", message, &declared.location, Some(id)));
            return;
        };
        let key = (i, class.name.clone());
        let record = match self.laid_out.get(&key) {
            Some(known) => known.clone(),
            None => {
                let record = lay_out(&class.fields, self.start, self.context, &mut self.seen, names);
                for gap in &record.gaps {
                    let field = &class.fields[gap.field];
                    let message = format!("field '{}': {}", field.name, gap.message);
                    out.problems
                        .push(problem(gap.code, message, &field.location, Some(id.clone())));
                }
                let record = Rc::new(record);
                self.laid_out.insert(key, record.clone());
                record
            }
        };
        for (field, used) in record.fields.iter().zip(&record.used) {
            note(&mut out.causes, &id, &field.name, used);
        }
        note(&mut out.causes, &id, "", &headers[own].1.used);
        let print = declared.print.as_ref().or(class.print.as_ref());
        let print = print.map(|print| {
            let printed = self.printed(print, names);
            out.enums
                .extend(printed.names.iter().map(|(name, value)| (name.clone(), *value)));
            note(&mut out.causes, &id, "", &printed.used);
            printed.print.clone()
        });
        out.events.push(Event {
            system: declared.system.clone(),
            name: declared.name.clone(),
            class: Some(declared.class.clone()),
            tracepoint: (declared.system != "ftrace").then(|| declared.name.clone()),
            fields: record.fields.clone(),
            print,
            when: declared.when.clone(),
            location: Some(declared.location.clone()),
        });
    }

    fn printed(&mut self, print: &Rc<DeclaredPrint>, names: &mut Interner) -> Rc<Printed> {
        if let Some(known) = self.tables.get(&Rc::as_ptr(print)) {
            return known.clone();
        }
        let noted = self.context.tree.noted();
        // Lists of labels are macros, and each label stands on a line of its own.
        for token in &print.args {
            self.context.tree.note(token.file, (token.line, token.line));
        }
        let symbols = symbols(&print.args, self.context, names);
        let printed = Rc::new(Printed {
            print: Print {
                format: print.format.clone(),
                args: spell(&print.args, names),
                symbols: symbols.tables,
            },
            names: symbols.names,
            used: self.context.tree.used_since(noted),
        });
        self.tables.insert(Rc::as_ptr(print), printed.clone());
        printed
    }

    fn tracepoint(&mut self, declared: &DeclaredTracepoint, out: &mut HeaderFacts, names: &mut Interner) {
        let text = spell(&declared.proto, names);
        let parsed = self
            .prototypes
            .entry(text.clone())
            .or_insert_with(|| parameters(&text).map(Rc::new))
            .clone();
        let Some(parsed) = parsed else {
            let message = format!(
                "the prototype '{text}' of tracepoint '{}' is not valid C",
                declared.name
            );
            out.problems
                .push(problem("syntax-error", message, &declared.location, None));
            return;
        };
        out.tracepoints.push(Tracepoint {
            name: declared.name.clone(),
            args: arguments(&declared.proto, &parsed, self.context, names),
            when: declared.when.clone(),
            writable: declared.writable,
            location: Some(declared.location.clone()),
            ..Tracepoint::default()
        });
    }
}

fn problem(code: &'static str, message: String, location: &Location, event: Option<String>) -> Problem {
    Problem {
        code,
        message,
        file: Some(location.file.clone()),
        line: Some(location.line),
        event,
    }
}

/// Notes what of the watched files a fact comes from.
pub fn note(causes: &mut Causes, event: &str, subject: &str, used: &[Used]) {
    if !used.is_empty() {
        let key = (event.to_owned(), subject.to_owned());
        causes.entry(key).or_default().extend(used);
    }
}
