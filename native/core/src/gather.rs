//! What was found in a kernel tree so far: events laid out, tracepoints parsed, and the values that print formats wait for.
//! Becomes a snapshot once every header was read, because a value may be defined after the format that names it.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arguments::arguments;
use crate::fragment::{Declaration, parameters};
use crate::kbuild::{self, Ways};
use crate::lex::{Interner, Kind, Token, spell};
use crate::print_symbols::{Symbols, symbols};
use crate::problem::Problem;
use crate::record::{Seen, lay_out, with_values};
use crate::snapshot::{Event, Field, Kernel, Knows, Location, Print, SCHEMA_VERSION, Snapshot, Tracepoint};
use crate::syscalls::{Era, Syscall, events};
use crate::trace_header::{DeclaredPrint, DeclaredTracepoint, Header};
use crate::tree::FileId;
use crate::types::Context;

/// A print format and what its tables of symbols say.
type Printed = (Rc<DeclaredPrint>, Rc<Symbols>);

/// What was found so far.
#[derive(Default)]
pub struct Gathered {
    events: Vec<Event>,
    /// The header that declares each event, by index; none for system calls.
    origins: Vec<Option<FileId>>,
    /// In which ways the units that create a header's trace points are built, and under which condition they create them.
    made: FxHashMap<FileId, (Ways, Option<String>)>,
    /// Print formats of the events, by index, until all values are known.
    prints: Vec<Option<Printed>>,
    tracepoints: BTreeMap<String, (Tracepoint, FileId)>,
    /// Values that the kernel puts into print formats at boot, by system.
    values: FxHashMap<String, FxHashMap<String, i64>>,
    enums: BTreeMap<String, i64>,
    prototypes: FxHashMap<String, Option<Rc<Vec<Declaration>>>>,
    problems: Vec<Problem>,
}

impl Gathered {
    /// Notes what was not understood.
    pub fn problem(
        &mut self,
        code: &'static str,
        message: String,
        file: &str,
        line: Option<u32>,
        event: Option<String>,
    ) {
        let file = (!file.is_empty()).then(|| file.to_owned());
        self.problems.push(Problem {
            code,
            message,
            file,
            line,
            event,
        });
    }

    /// Takes in the headers of one unit, each with its file.
    pub fn headers(&mut self, headers: &[(FileId, Header)], start: u64, context: &mut Context, names: &mut Interner) {
        let mut seen = Seen::default();
        let mut tables: FxHashMap<*const DeclaredPrint, Rc<Symbols>> = FxHashMap::default();
        let mut laid_out: FxHashMap<(usize, String), Rc<Vec<Field>>> = FxHashMap::default();
        for (own, (file, header)) in headers.iter().enumerate() {
            for declared in &header.events {
                // A class may be declared in another header of the same unit.
                let order = std::iter::once(own).chain(0..headers.len());
                let found = order
                    .into_iter()
                    .find_map(|i| headers[i].1.classes.get(&declared.class).map(|c| (i, c)));
                let Some((i, class)) = found else {
                    let message = format!("event class '{}' was not found", declared.class);
                    let event = format!("{}:{}", declared.system, declared.name);
                    let Location { file, line } = &declared.location;
                    self.problem("unknown-class", message, file, Some(*line), Some(event));
                    continue;
                };
                let key = (i, class.name.clone());
                let fields = match laid_out.get(&key) {
                    Some(known) => known.clone(),
                    None => {
                        let (fields, gaps) = lay_out(&class.fields, start, context, &mut seen, names);
                        for gap in gaps {
                            let field = &class.fields[gap.field];
                            let message = format!("field '{}': {}", field.name, gap.message);
                            let event = Some(format!("{}:{}", declared.system, declared.name));
                            self.problem(
                                gap.code,
                                message,
                                &field.location.file,
                                Some(field.location.line),
                                event,
                            );
                        }
                        let fields = Rc::new(fields);
                        laid_out.insert(key, fields.clone());
                        fields
                    }
                };
                self.origins.push(Some(*file));
                let print = declared.print.clone().or_else(|| class.print.clone()).map(|print| {
                    // Events of one class share its format, and it is read once.
                    let known = tables.entry(Rc::as_ptr(&print)).or_insert_with(|| {
                        let symbols = symbols(&print.args, context, names);
                        self.enums
                            .extend(symbols.names.iter().map(|(name, value)| (name.clone(), *value)));
                        Rc::new(symbols)
                    });
                    (print, known.clone())
                });
                self.prints.push(print);
                self.events.push(Event {
                    system: declared.system.clone(),
                    name: declared.name.clone(),
                    class: Some(declared.class.clone()),
                    tracepoint: (declared.system != "ftrace").then(|| declared.name.clone()),
                    fields: fields.to_vec(),
                    print: None,
                    when: declared.when.clone(),
                    location: Some(declared.location.clone()),
                });
            }
            for declared in &header.tracepoints {
                self.tracepoint(declared, *file, context, names);
            }
            for (system, name) in &header.enums {
                let token = Token {
                    sym: *name,
                    line: 0,
                    file: 0,
                    kind: Kind::Ident,
                    space: false,
                    first: false,
                    painted: false,
                    when: 0,
                };
                let value = context
                    .value(&[token], names)
                    .and_then(|v| i64::try_from(v.number).ok());
                if let Some(value) = value {
                    let text = names.text(*name).to_owned();
                    self.enums.insert(text.clone(), value);
                    self.values.entry(system.clone()).or_default().insert(text, value);
                }
            }
            for (system, ty) in &header.sizes {
                if let Ok(layout) = context.type_name(ty, names)
                    && let Ok(size) = i64::try_from(layout.size)
                {
                    let text = format!("sizeof({})", spell(ty, names));
                    self.values.entry(system.clone()).or_default().insert(text, size);
                }
            }
            self.problems.extend(header.problems.iter().cloned());
        }
    }

    /// Takes in the two events of a system call that is built in these ways.
    pub fn syscall(&mut self, call: &Syscall, era: Era, start: u64, word: u32, ways: &Ways) {
        for mut event in events(call, era, start as u32, word) {
            event.when = both(kbuild::spell(ways), event.when);
            self.prints.push(None);
            self.origins.push(None);
            self.events.push(event);
        }
    }

    /// Notes that a header's trace points are created, under a condition, by a unit that is built in these ways.
    /// True if they were not created before, so that the header has to be read.
    pub fn created(&mut self, header: FileId, ways: &Ways, when: Option<String>) -> bool {
        let is_new = !self.made.contains_key(&header);
        let (all, condition) = self.made.entry(header).or_default();
        all.extend(ways.iter().cloned());
        *condition = if is_new { when } else { condition.take().and(when) };
        is_new
    }

    fn tracepoint(
        &mut self,
        declared: &DeclaredTracepoint,
        header: FileId,
        context: &mut Context,
        names: &mut Interner,
    ) {
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
            let Location { file, line } = &declared.location;
            self.problem("syntax-error", message, file, Some(*line), None);
            return;
        };
        let args = arguments(&declared.proto, &parsed, context, names);
        self.tracepoints.entry(declared.name.clone()).or_insert_with(|| {
            let tracepoint = Tracepoint {
                name: declared.name.clone(),
                args,
                when: declared.when.clone(),
                writable: declared.writable,
                location: Some(declared.location.clone()),
                ..Tracepoint::default()
            };
            (tracepoint, header)
        });
    }

    /// Notes which arguments may be NULL, from the kernel's own table (`raw_tp_null_args`): name and one nibble for each.
    pub fn nullable(&mut self, table: &[(String, u64)]) {
        for (name, mask) in table {
            let Some((tracepoint, _)) = self.tracepoints.get_mut(name) else {
                continue;
            };
            for (i, arg) in tracepoint.args.iter_mut().enumerate().take(16) {
                if mask >> (i * 4) & 1 == 1 {
                    arg.nullable = Some(true);
                }
            }
        }
    }

    /// The snapshot of all that was found.
    pub fn finish(mut self, kernel: Kernel, common_fields: Vec<Field>, names: &Interner) -> Snapshot {
        let none = FxHashMap::default();
        let made: FxHashMap<FileId, Option<String>> = self
            .made
            .iter()
            .map(|(file, (ways, when))| (*file, both(kbuild::spell(ways), when.clone())))
            .collect();
        for (event, origin) in self.events.iter_mut().zip(&self.origins) {
            let built = origin.and_then(|file| made.get(&file).cloned().flatten());
            event.when = both(built, event.when.take());
        }
        for (event, print) in self.events.iter_mut().zip(&self.prints) {
            let Some((print, symbols)) = print else { continue };
            let values = self.values.get(&event.system).unwrap_or(&none);
            event.print = Some(Print {
                format: print.format.clone(),
                args: with_values(&print.format, &spell(&print.args, names), values),
                symbols: symbols.tables.clone(),
            });
        }
        let attached: FxHashSet<&str> = self.events.iter().filter_map(|e| e.tracepoint.as_deref()).collect();
        let tracepoints: Vec<Tracepoint> = self
            .tracepoints
            .into_values()
            .map(|(t, header)| Tracepoint {
                bare: !attached.contains(t.name.as_str()),
                when: both(made.get(&header).cloned().flatten(), t.when),
                ..t
            })
            .collect();
        let mut snapshot = Snapshot {
            schema_version: SCHEMA_VERSION,
            kernel,
            knows: Knows {
                layout: true,
                types: true,
                args: true,
                print_format: true,
                values: true,
                locations: true,
                existence: true,
            },
            common_fields,
            events: self.events,
            tracepoints,
            enums: self.enums,
            problems: self.problems,
            ..Snapshot::default()
        };
        snapshot.sort();
        snapshot
    }
}

/// Two conditions as one.
fn both(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one} && {other}")),
        (one, other) => one.or(other),
    }
}
