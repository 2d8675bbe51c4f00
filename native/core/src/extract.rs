//! From the files of a kernel tree to its snapshot: which units create trace points, what their headers declare, how it
//! is laid out. The pipeline of the native side, read top to bottom in [`extract`].

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arch::Arch;
use crate::config::Config;
use crate::fragment::{Declaration, parameters};
use crate::lex::{Interner, Kind, Token, spell};
use crate::problem::Problem;
use crate::record::{Seen, lay_out, with_values};
use crate::snapshot::{Arg, Event, Field, Kernel, Knows, Location, Print, SCHEMA_VERSION, Snapshot, Tracepoint};
use crate::stages::Stages;
use crate::syscalls::{Era, defined, events, wired};
use crate::trace_header::{Calls, DeclaredPrint, DeclaredTracepoint, Header, read_ftrace_entries, read_header};
use crate::tree::{FileId, Files, Tree};
use crate::types::{Context, Types};
use crate::unit::{Point, Tri, Unit};

/// What to extract from.
pub struct Source<'f> {
    /// The files of the tree.
    pub files: &'f dyn Files,
    /// Paths of the `.c` files in which `CREATE_TRACE_POINTS` stands, sorted.
    pub creators: &'f [String],
    /// Paths of the `.c` files in which `SYSCALL_DEFINE` stands, sorted.
    pub syscalls: &'f [String],
    /// Architecture.
    pub arch: &'static Arch,
    /// Configuration, if conditions are to be evaluated.
    pub config: Option<Config>,
}

/// Called with the number of units done and their number in all.
pub type Progress<'p> = &'p mut dyn FnMut(usize, usize);

/// Everything that the source text of a kernel says of its tracepoints; `Err` says why the tree is no kernel.
pub fn extract(source: Source, progress: Progress) -> Result<Snapshot, String> {
    let mut names = Interner::default();
    let mut tree = Tree::new(source.files, source.arch, source.config);
    let version = version(&mut tree, &mut names).ok_or("no Makefile with a kernel version at its top")?;
    let stages = Stages::read(&mut tree, &mut names).ok_or("no include/trace/trace_events.h (or ftrace.h)")?;
    let calls = Calls::new(&stages, &mut names);
    let mut types = Types::new(char_signed(&mut tree, &mut names));
    let mut work = Work::default();
    let common = common_fields(&mut tree, &mut types, &mut names, &mut work);
    let mut done: FxHashSet<FileId> = FxHashSet::default();
    for (i, path) in source.creators.iter().enumerate() {
        progress(i, source.creators.len());
        let Some(root) = tree.load(path, &mut names) else {
            work.problem(
                "unreadable-file",
                "this file cannot be read".to_owned(),
                path,
                None,
                None,
            );
            continue;
        };
        let mut unit = Unit::new(&mut tree, root, &mut names);
        let headers = created(&mut tree, &mut unit, &mut names);
        let mut read = Vec::new();
        for (header, at) in headers {
            if done.insert(header) {
                read.push(read_header(
                    &mut tree,
                    &mut unit,
                    &stages,
                    &calls,
                    (header, at),
                    &mut names,
                ));
            }
        }
        let mut context = Context {
            tree: &mut tree,
            unit: &mut unit,
            types: &mut types,
            depth: 0,
            pack: 0,
        };
        work.take_in(&read, common.1, &mut context, &mut names);
    }
    if let Some(root) = tree.load("kernel/trace/trace_export.c", &mut names)
        && let Some(entries) = tree.load("kernel/trace/trace_entries.h", &mut names)
    {
        let mut unit = Unit::new(&mut tree, root, &mut names);
        let header = read_ftrace_entries(&mut tree, &mut unit, entries, &mut names);
        let mut context = Context {
            tree: &mut tree,
            unit: &mut unit,
            types: &mut types,
            depth: 0,
            pack: 0,
        };
        work.take_in(&[header], common.1, &mut context, &mut names);
    }
    work.syscalls(&mut tree, source.syscalls, common.1, &mut names);
    progress(source.creators.len(), source.creators.len());
    for site in &types.refused {
        let file = tree.file(site.file);
        let definition = file.index.types[site.item as usize];
        let message = format!(
            "the definition of '{}' is not valid C once its macros are expanded",
            names.text(definition.name)
        );
        work.problem("syntax-error", message, &file.path, Some(definition.line), None);
    }
    let kernel = Kernel {
        version,
        arch: source.arch.name.to_owned(),
        origin: vec!["source".to_owned()],
        ..Kernel::default()
    };
    Ok(work.finish(kernel, common.0, &names))
}

/// `VERSION.PATCHLEVEL.SUBLEVEL EXTRAVERSION` of the top Makefile.
fn version(tree: &mut Tree, names: &mut Interner) -> Option<String> {
    let makefile = tree.load("Makefile", names)?;
    let text = String::from_utf8_lossy(&tree.file(makefile).index.text).into_owned();
    let value = |key: &str| {
        text.lines().take(40).find_map(|l| {
            let (name, value) = l.split_once('=')?;
            (name.trim() == key).then(|| value.trim().to_owned())
        })
    };
    let (major, minor) = (value("VERSION")?, value("PATCHLEVEL")?);
    let patch = value("SUBLEVEL")
        .filter(|s| !s.is_empty())
        .unwrap_or_else(|| "0".to_owned());
    let extra = value("EXTRAVERSION").unwrap_or_default();
    let numeric = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (numeric(&major) && numeric(&minor)).then(|| format!("{major}.{minor}.{patch}{extra}"))
}

/// Whether plain `char` is signed: `-funsigned-char` in the top Makefile (6.2 on) decides, else the architecture.
fn char_signed(tree: &mut Tree, names: &mut Interner) -> bool {
    let flag = tree
        .load("Makefile", names)
        .is_some_and(|makefile| memchr::memmem::find(&tree.file(makefile).index.text, b"-funsigned-char").is_some());
    !flag && tree.arch.char_signed
}

/// The fields of `struct trace_entry` and the bytes they take.
fn common_fields(tree: &mut Tree, types: &mut Types, names: &mut Interner, work: &mut Work) -> (Vec<Field>, u64) {
    let path = ["include/linux/trace_events.h", "include/linux/ftrace_event.h"]
        .into_iter()
        .find(|p| tree.contains(p));
    let found = path.and_then(|path| {
        let root = tree.load(path, names)?;
        let mut unit = Unit::new(tree, root, names);
        let mut context = Context {
            tree,
            unit: &mut unit,
            types,
            depth: 0,
            pack: 0,
        };
        context.members("trace_entry", names).ok()
    });
    let Some((members, size)) = found else {
        work.problem(
            "no-common-fields",
            "struct trace_entry was not found".to_owned(),
            path.unwrap_or(""),
            None,
            None,
        );
        return (Vec::new(), 8);
    };
    let fields = members
        .into_iter()
        .map(|m| Field {
            name: format!("common_{}", m.name),
            r#type: m.text,
            offset: u32::try_from(m.offset).ok(),
            size: u32::try_from(m.layout.size).ok(),
            signed: Some(m.layout.signed),
            ..Field::default()
        })
        .collect();
    (fields, size)
}

/// The trace headers whose trace points a unit creates: those that come in, for the first time or by name, while
/// `CREATE_TRACE_POINTS` is defined. With each comes the point of the unit at which it is read.
fn created(tree: &mut Tree, unit: &mut Unit, names: &mut Interner) -> Vec<(FileId, Point)> {
    let root = unit.root;
    let name = names.intern("CREATE_TRACE_POINTS");
    let index = &tree.file(root).index;
    let mut switches: Vec<(u32, bool, u32)> = index
        .defines
        .iter()
        .filter(|d| d.name == name)
        .map(|d| (d.range.0, true, d.condition))
        .collect();
    switches.extend(
        index
            .undefs
            .iter()
            .filter(|(n, ..)| *n == name)
            .map(|&(_, condition, at)| (at, false, condition)),
    );
    switches.sort_unstable();
    let includes: Vec<(usize, u32, u32)> = index
        .includes
        .iter()
        .enumerate()
        .map(|(n, i)| (n, i.at, i.condition))
        .collect();
    let mut found = Vec::new();
    for (n, at, condition) in includes {
        let mut on = false;
        for &(_, value, under) in switches.iter().take_while(|(s, ..)| *s < at) {
            match unit.condition(tree, root, under, names) {
                Tri::True => on = value,
                // It may be on: better an event under a condition than a lost one.
                Tri::Unknown => on |= value,
                Tri::False => {}
            }
        }
        if !on || unit.condition(tree, root, condition, names) == Tri::False {
            continue;
        }
        let dir = crate::tree::directory(&tree.file(root).path).to_owned();
        let Some(target) = tree.include(root, n, &dir, names) else {
            continue;
        };
        let new = unit.brought_in(tree, (root, at), target);
        // A header that came in earlier is read again here, with all that came in between before it.
        let again = if new.is_empty() {
            Some((target, (root, at)))
        } else {
            None
        };
        for (file, at) in new.into_iter().map(|f| (f, (f, u32::MAX))).chain(again) {
            if is_trace_header(tree, file) && !found.iter().any(|(f, _)| *f == file) {
                found.push((file, at));
            }
        }
    }
    found
}

fn is_trace_header(tree: &Tree, file: FileId) -> bool {
    tree.file(file)
        .index
        .includes
        .iter()
        .any(|i| i.path.ends_with("trace/define_trace.h"))
}

/// What was found so far.
#[derive(Default)]
struct Work {
    events: Vec<Event>,
    /// Print formats of the events, by index, until all values are known.
    prints: Vec<Option<Rc<DeclaredPrint>>>,
    tracepoints: BTreeMap<String, Tracepoint>,
    /// Values that the kernel puts into print formats at boot, by system.
    values: FxHashMap<String, FxHashMap<String, i64>>,
    enums: BTreeMap<String, i64>,
    prototypes: FxHashMap<String, Option<Rc<Vec<Declaration>>>>,
    problems: Vec<Problem>,
}

impl Work {
    fn problem(&mut self, code: &'static str, message: String, file: &str, line: Option<u32>, event: Option<String>) {
        let file = (!file.is_empty()).then(|| file.to_owned());
        self.problems.push(Problem {
            code,
            message,
            file,
            line,
            event,
        });
    }

    /// Takes in the headers of one unit.
    fn take_in(&mut self, headers: &[Header], start: u64, context: &mut Context, names: &mut Interner) {
        let mut seen = Seen::default();
        let mut laid_out: FxHashMap<(usize, String), Rc<Vec<Field>>> = FxHashMap::default();
        for (own, header) in headers.iter().enumerate() {
            for declared in &header.events {
                // A class may be declared in another header of the same unit.
                let order = std::iter::once(own).chain(0..headers.len());
                let found = order
                    .into_iter()
                    .find_map(|i| headers[i].classes.get(&declared.class).map(|c| (i, c)));
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
                self.prints.push(declared.print.clone().or_else(|| class.print.clone()));
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
                self.tracepoint(declared, names);
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

    /// Takes in the events of all system calls that the architecture wires up.
    fn syscalls(&mut self, tree: &mut Tree, paths: &[String], start: u64, names: &mut Interner) {
        let (Some(era), Some(wired)) = (Era::of(tree, names), wired(tree, names)) else {
            return;
        };
        let mut done = FxHashSet::default();
        for path in paths {
            let Some(root) = tree.load(path, names) else { continue };
            let mut unit = Unit::new(tree, root, names);
            for call in defined(tree, &mut unit, root, names) {
                if wired.contains(&call.name) && done.insert(call.name.clone()) {
                    for event in events(&call, era, start as u32, tree.arch.word_bits / 8) {
                        self.prints.push(None);
                        self.events.push(event);
                    }
                }
            }
        }
    }

    fn tracepoint(&mut self, declared: &DeclaredTracepoint, names: &mut Interner) {
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
        let args = arguments(&declared.proto, &parsed, names);
        self.tracepoints
            .entry(declared.name.clone())
            .or_insert_with(|| Tracepoint {
                name: declared.name.clone(),
                args,
                when: declared.when.clone(),
                location: Some(declared.location.clone()),
                ..Tracepoint::default()
            });
    }

    fn finish(mut self, kernel: Kernel, common_fields: Vec<Field>, names: &Interner) -> Snapshot {
        let none = FxHashMap::default();
        for (event, print) in self.events.iter_mut().zip(&self.prints) {
            let Some(print) = print else { continue };
            event.print = Some(Print {
                format: print.format.clone(),
                args: with_values(
                    &print.format,
                    &spell(&print.args, names),
                    self.values.get(&event.system).unwrap_or(&none),
                ),
                ..Print::default()
            });
        }
        let attached: FxHashSet<&str> = self.events.iter().filter_map(|e| e.tracepoint.as_deref()).collect();
        let tracepoints: Vec<Tracepoint> = self
            .tracepoints
            .into_values()
            .map(|t| Tracepoint {
                bare: !attached.contains(t.name.as_str()),
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
        };
        snapshot.sort();
        snapshot
    }
}

/// The arguments of a prototype: names as parsed, types as the tokens without the name.
fn arguments(proto: &[Token], parsed: &[Declaration], names: &mut Interner) -> Vec<Arg> {
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    let mut depth = 0;
    for token in proto {
        match names.text(token.sym) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "," if depth == 0 => {
                parts.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(*token);
        }
    }
    let mut out = Vec::new();
    for (tokens, declaration) in parts.iter().zip(parsed) {
        let name = declaration.name.clone().unwrap_or_default();
        let at = tokens.iter().rposition(|t| names.text(t.sym) == name);
        let kept: Vec<Token> = tokens
            .iter()
            .enumerate()
            .filter(|(i, _)| Some(*i) != at)
            .map(|(_, t)| *t)
            .collect();
        let text = type_text(&kept, names);
        if text != "void" {
            out.push(Arg {
                name,
                r#type: text,
                nullable: None,
            });
        }
    }
    out
}

/// A type as snapshots spell it: one space between words, `*` after a space and stars together.
fn type_text(tokens: &[Token], names: &Interner) -> String {
    let mut out = String::new();
    for token in tokens {
        let text = names.text(token.sym);
        let tight = out.is_empty()
            || out.ends_with(['(', '['])
            || matches!(text, ")" | "]" | "," | "[")
            || (text == "*" && out.ends_with('*'));
        if !tight {
            out.push(' ');
        }
        out.push_str(text);
    }
    out
}
