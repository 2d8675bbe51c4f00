//! One trace header, read as `define_trace.h` makes the compiler read it: its classes, events and tracepoints.
//! Nothing is laid out here: types and lengths come out as tokens for [`crate::record`].

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::expand::{Call, Expander, parse_define};
use crate::lex::{Interner, Kind, Sym, Token, lex, spell};
use crate::problem::Problem;
use crate::reading::{Line, Reader, Table, Whens};
use crate::snapshot::{FieldKind, Location};
use crate::stages::Stages;
use crate::tree::{FileId, Tree, Used};
use crate::unit::{Local, Point, Unit};

/// How deep a header may include further parts of itself.
const MAX_PARTS: u32 = 16;

/// A field as declared.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct DeclaredField {
    /// Member name, without `__data_loc_`.
    pub name: String,
    /// Tokens of the (element) type, macros expanded.
    pub ty: Vec<Token>,
    /// How it is stored.
    pub kind: FieldKind,
    /// Tokens of the array length, macros expanded.
    pub length: Vec<Token>,
    /// Whether the format file prints the length as a number, whatever the tokens are.
    pub has_numeric_length: bool,
    /// `__field_struct`: never signed.
    pub is_struct: bool,
    /// `__cpumask`: its type text is not an array's.
    pub is_cpumask: bool,
    /// `__field_packed`: follows the field before it without padding.
    pub is_packed: bool,
    /// Condition it stands under.
    pub when: Option<String>,
    /// Where it is declared.
    pub location: Location,
}

/// A print format before values are put in.
#[derive(Debug, Clone)]
pub struct DeclaredPrint {
    /// The literal's value.
    pub format: String,
    /// The argument tokens as the format file spells them.
    pub args: Vec<Token>,
}

/// An event class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Name.
    pub name: String,
    /// Fields in order.
    pub fields: Rc<Vec<DeclaredField>>,
    /// Print format.
    pub print: Option<Rc<DeclaredPrint>>,
}

/// An event of a class.
#[derive(Debug, Clone)]
pub struct DeclaredEvent {
    /// `TRACE_SYSTEM` where it is declared.
    pub system: String,
    /// Name.
    pub name: String,
    /// Name of its class.
    pub class: String,
    /// A print format of its own (`DEFINE_EVENT_PRINT`).
    pub print: Option<Rc<DeclaredPrint>>,
    /// Condition it stands under.
    pub when: Option<String>,
    /// Where it is declared.
    pub location: Location,
}

/// A tracepoint.
#[derive(Debug, Clone)]
pub struct DeclaredTracepoint {
    /// Name.
    pub name: String,
    /// Tokens of its prototype, macros expanded.
    pub proto: Vec<Token>,
    /// BPF programs may write to the buffer of its first argument.
    pub writable: bool,
    /// Condition it stands under.
    pub when: Option<String>,
    /// Where it is declared.
    pub location: Location,
}

/// What a header declares.
#[derive(Debug, Default)]
pub struct Header {
    /// Classes by name.
    pub classes: FxHashMap<String, Class>,
    /// Events in order.
    pub events: Vec<DeclaredEvent>,
    /// Tracepoints in order.
    pub tracepoints: Vec<DeclaredTracepoint>,
    /// `TRACE_DEFINE_ENUM`: system and name.
    pub enums: Vec<(String, Sym)>,
    /// `TRACE_DEFINE_SIZEOF`: system and type tokens.
    pub sizes: Vec<(String, Vec<Token>)>,
    /// What was not understood.
    pub problems: Vec<Problem>,
    /// What of the watched files it was made from, such as macros that wrap TRACE_EVENT.
    pub used: Vec<Used>,
    /// The files whose whole text counted.
    pub texts: Vec<FileId>,
}

/// Names that are kept whole while a header is read.
pub struct Calls {
    /// The parts of an event, opened when they are needed.
    parts: FxHashSet<Sym>,
    /// What declares tracepoints.
    declare: FxHashSet<Sym>,
    /// What declares classes and events.
    events: FxHashSet<Sym>,
    /// What declares fields.
    fields: FxHashSet<Sym>,
}

const PARTS: [&str; 7] = [
    "TP_PROTO",
    "TP_ARGS",
    "TP_CONDITION",
    "TP_STRUCT__entry",
    "TP_fast_assign",
    "TP_perf_assign",
    "TP_printk",
];
/// What makes a tracepoint writable: the template of an event or none, then the name.
const WRITABLE: [&str; 2] = ["DEFINE_EVENT_WRITABLE", "DECLARE_TRACE_WRITABLE"];
const EVENTS: [&str; 5] = [
    "DECLARE_EVENT_CLASS",
    "DEFINE_EVENT",
    "DEFINE_EVENT_PRINT",
    "TRACE_DEFINE_ENUM",
    "TRACE_DEFINE_SIZEOF",
];
const FIELDS: [&str; 9] = [
    "__field",
    "__field_ext",
    "__field_struct",
    "__field_struct_ext",
    "__array",
    "__dynamic_array",
    "__rel_dynamic_array",
    "__cpumask",
    "__rel_cpumask",
];

/// The family of `kernel/trace/trace_entries.h`.
const FTRACE: [&str; 7] = [
    "FTRACE_ENTRY",
    "FTRACE_ENTRY_DUP",
    "FTRACE_ENTRY_REG",
    "FTRACE_ENTRY_PACKED",
    "FTRACE_ENTRY_FN",
    "F_STRUCT",
    "F_printk",
];
const FTRACE_FIELDS: [&str; 12] = [
    "__field",
    "__field_ext",
    "__field_fn",
    "__field_packed",
    "__field_desc",
    "__field_desc_packed",
    "__field_struct",
    "__array",
    "__stack_array",
    "__array_desc",
    "__dynamic_array",
    "F_STRUCT",
];

impl Calls {
    /// The calls for a tree with these stages.
    pub fn new(stages: &Stages, names: &mut Interner) -> Self {
        let set = |list: &[&str], names: &mut Interner| list.iter().map(|n| names.intern(n)).collect::<FxHashSet<_>>();
        let parts = set(&PARTS, names);
        let mut events = set(&EVENTS, names);
        events.extend(set(&WRITABLE, names));
        // Before 2.6.34 there were no classes: TRACE_EVENT itself makes the record.
        let class = names.intern("DECLARE_EVENT_CLASS");
        if !stages.events.contains_key(&class) {
            events.insert(names.intern("TRACE_EVENT"));
        }
        let mut declare: FxHashSet<Sym> = stages
            .declare
            .keys()
            .copied()
            .filter(|&s| names.text(s).starts_with("__DECLARE_TRACE"))
            .collect();
        if declare.is_empty() {
            declare.insert(names.intern("DECLARE_TRACE"));
        }
        events.extend(&parts);
        declare.extend(&parts);
        let mut fields = set(&FIELDS, names);
        fields.insert(names.intern("TP_STRUCT__entry"));
        Calls {
            parts,
            declare,
            events,
            fields,
        }
    }

    /// The calls of `trace_entries.h`.
    fn ftrace(names: &mut Interner) -> Self {
        let set = |list: &[&str], names: &mut Interner| list.iter().map(|n| names.intern(n)).collect::<FxHashSet<_>>();
        Calls {
            parts: set(&["F_STRUCT", "F_printk"], names),
            declare: FxHashSet::default(),
            events: set(&FTRACE, names),
            fields: set(&FTRACE_FIELDS, names),
        }
    }
}

/// Which of the readings of a header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Declare,
    Events,
    Writable,
    Ftrace,
}

/// Where a declaration stands.
struct Place<'w> {
    /// Its first and last line.
    lines: (u32, u32),
    /// The conditions of its header.
    whens: &'w Whens,
    /// The condition that the whole declaration stands under.
    outer: u16,
}

struct HeaderReader<'a, 'f> {
    tree: &'a mut Tree<'f>,
    unit: &'a mut Unit,
    stages: &'a Stages,
    calls: &'a Calls,
    expander: Expander,
    own: Local,
    /// The stage of [`Pass::Writable`].
    writable: Rc<Local>,
    pass: Pass,
    file: FileId,
    at: Point,
    pending: Vec<Token>,
    /// The tokens of the files that were read, for the next pass.
    tokens: FxHashMap<FileId, Rc<[Token]>>,
    header: Header,
}

/// Reads a trace header as part of a unit that creates its trace points. `header` is the file, and the point of the unit
/// up to which macros are visible to it.
pub fn read_header(
    tree: &mut Tree,
    unit: &mut Unit,
    stages: &Stages,
    calls: &Calls,
    header: (FileId, Point),
    names: &mut Interner,
) -> Header {
    let (file, at) = header;
    let mut reader = HeaderReader {
        tree,
        unit,
        stages,
        calls,
        expander: Expander::default(),
        own: Local::default(),
        writable: Rc::default(),
        pass: Pass::Events,
        file,
        at,
        pending: Vec::new(),
        tokens: FxHashMap::default(),
        header: Header::default(),
    };
    // The first reading comes with CREATE_TRACE_POINTS, which define_trace.h takes back before it reads again; what the
    // header defined then is still there (trace/events/module.h sets TRACE_SYSTEM only the first time).
    // The include guard is passed over in both readings.
    let flag = |name: &[u8], names: &mut Interner| parse_define(&lex(name, file, 1, names), names).map(Rc::new);
    reader.own.insert(
        names.intern("TRACE_HEADER_MULTI_READ"),
        flag(b"TRACE_HEADER_MULTI_READ", names),
    );
    for pass in [Pass::Declare, Pass::Events] {
        reader.pass = pass;
        let create = if pass == Pass::Declare {
            flag(b"CREATE_TRACE_POINTS", names)
        } else {
            None
        };
        reader.own.insert(names.intern("CREATE_TRACE_POINTS"), create);
        reader.read(file, 0, names);
    }
    // `DEFINE_EVENT_WRITABLE` exists only while bpf_probe.h reads, and headers ask for it by name.
    if memchr::memmem::find(&reader.tree.file(file).index.text, b"_WRITABLE").is_some() {
        reader.pass = Pass::Writable;
        let mut writable = stages.events.clone();
        for name in WRITABLE {
            writable.insert(names.intern(name), flag(name.as_bytes(), names));
        }
        reader.writable = Rc::new(writable);
        reader.read(file, 0, names);
    }
    reader.header
}

/// Reads the entries of the function tracer and its like (`FTRACE_ENTRY`, kernel/trace/trace_entries.h).
pub fn read_ftrace_entries(tree: &mut Tree, unit: &mut Unit, file: FileId, names: &mut Interner) -> Header {
    let calls = Calls::ftrace(names);
    let define = |text: &[u8], names: &mut Interner| parse_define(&lex(text, file, 1, names), names).map(Rc::new);
    let mut stages = Stages {
        numeric_lengths: true,
        ..Stages::default()
    };
    // trace_export.c, before it makes the print formats.
    stages
        .print
        .insert(names.intern("__entry"), define(b"__entry REC", names));
    for name in FTRACE_FIELDS {
        stages.events.insert(names.intern(name), None);
    }
    stages.events.insert(names.intern("__entry"), None);
    let mut reader = HeaderReader {
        tree,
        unit,
        stages: &stages,
        calls: &calls,
        expander: Expander::default(),
        own: Local::default(),
        writable: Rc::default(),
        pass: Pass::Ftrace,
        file,
        at: (file, u32::MAX),
        pending: Vec::new(),
        tokens: FxHashMap::default(),
        header: Header::default(),
    };
    reader
        .own
        .insert(names.intern("TRACE_SYSTEM"), define(b"TRACE_SYSTEM ftrace", names));
    reader.read(file, 0, names);
    reader.header
}

impl HeaderReader<'_, '_> {
    fn read(&mut self, file: FileId, depth: u32, names: &mut Interner) {
        let text = &self.tree.file(file).index.text;
        self.header.texts.push(file);
        let outer = std::mem::replace(&mut self.file, file);
        let tokens = self
            .tokens
            .entry(file)
            .or_insert_with(|| lex(text, file, 1, names).into());
        let mut reader = Reader::new(tokens.clone(), Some(self.at));
        let (open, close) = (names.intern("("), names.intern(")"));
        let mut parens = 0_i64;
        loop {
            let stage = match self.pass {
                Pass::Declare => &self.stages.declare,
                Pass::Events | Pass::Ftrace => &self.stages.events,
                Pass::Writable => &self.writable,
            };
            let line = reader.next(self.tree, self.unit, &[&self.own, stage], names);
            let Some(line) = line else { break };
            match line {
                Line::Text(tokens) => {
                    for token in &tokens {
                        if token.kind == Kind::Punct {
                            parens += i64::from(token.sym == open) - i64::from(token.sym == close);
                        }
                    }
                    self.pending.extend(tokens);
                    if parens <= 0 {
                        parens = 0;
                        self.flush(&reader.whens, names);
                    }
                }
                Line::Define(tokens) => {
                    if let Some(definition) = parse_define(&tokens, names) {
                        // Of two definitions the first has what an option switches on: without a configuration its
                        // events are wanted, not the stubs that `#else` has in their place.
                        let is_stub =
                            reader.is_alternative() && matches!(self.own.get(&definition.name), Some(Some(_)));
                        if !is_stub {
                            self.own.insert(definition.name, Some(Rc::new(definition)));
                        }
                    } else {
                        let line = tokens.first().map_or(0, |t| t.line);
                        self.problem(
                            "bad-define",
                            "a macro definition is not understood".to_owned(),
                            line,
                            None,
                        );
                    }
                }
                Line::Undefine(name) => {
                    self.own.insert(name, None);
                }
                Line::Include(_) if depth >= MAX_PARTS => {}
                Line::Include(tokens) => {
                    if let Some(part) = self.part(file, &tokens, names) {
                        self.read(part, depth + 1, names);
                    }
                }
            }
        }
        if parens > 0 && self.pass == Pass::Events {
            let line = self.pending.first().map_or(0, |t| t.line);
            let message = "a bracket of the declaration that begins here is not closed".to_owned();
            self.problem("unclosed-bracket", message, line, None);
        }
        self.flush(&reader.whens, names);
        self.file = outer;
    }

    /// The file of an include that belongs to the header's own text: one without a guard, read again each time.
    fn part(&mut self, file: FileId, tokens: &[Token], names: &mut Interner) -> Option<FileId> {
        let written = spell(tokens, names).replace(' ', "");
        let path = written.trim_matches(['<', '>', '"']).to_owned();
        let n = self
            .tree
            .file(file)
            .index
            .includes
            .iter()
            .position(|i| i.path == path)?;
        if path.ends_with("define_trace.h") {
            return None;
        }
        let dir = crate::tree::directory(&self.tree.file(self.unit.root).path).to_owned();
        let target = self.tree.include(file, n, &dir, names)?;
        self.header.texts.push(target);
        let index = &self.tree.file(target).index;
        let text = &index.text;
        let guarded = index.guard.is_some() || memchr::memmem::find(text, b"define_trace.h").is_some();
        let declares = ["EVENT", "EM(", "TRACE_"]
            .iter()
            .any(|w| memchr::memmem::find(text, w.as_bytes()).is_some());
        (!guarded && declares && target != file).then_some(target)
    }

    fn problem(&mut self, code: &'static str, message: String, line: u32, event: Option<String>) {
        let file = Some(self.tree.file(self.file).path.to_string());
        self.header.problems.push(Problem {
            code,
            message,
            file,
            line: Some(line),
            event,
        });
    }

    fn expand(&mut self, tokens: &[Token], calls: &FxHashSet<Sym>, stage: &Local, names: &mut Interner) -> Vec<Token> {
        let mut table = Table::layered(self.tree, self.unit, &self.own, calls, Some(stage), Some(self.at));
        self.expander.expand(tokens, &mut table, names)
    }

    /// Expands what was collected and takes in the declarations that come out.
    fn flush(&mut self, whens: &Whens, names: &mut Interner) {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return;
        }
        let writable = self.writable.clone();
        let (calls, stage) = match self.pass {
            Pass::Declare => (&self.calls.declare, &self.stages.declare),
            Pass::Events | Pass::Ftrace => (&self.calls.events, &self.stages.events),
            Pass::Writable => (&self.calls.events, &*writable),
        };
        let lines = (pending[0].line, pending[pending.len() - 1].line);
        let out = self.expand(&pending, calls, stage, names);
        for token in out {
            if token.kind == Kind::Opaque {
                let call = self.expander.call(token);
                self.declaration(&call, lines, whens, names);
            }
        }
        if self.expander.overflowed {
            let message = "macros expand to more than the limit; the rest of this declaration was left out".to_owned();
            self.problem("expansion-limit", message, lines.0, None);
        }
        self.expander.reset();
        self.pending = pending;
        self.pending.clear();
    }

    /// Where a token of a declaration stands: its own line if it is in this text, else where the declaration begins.
    fn location(&self, token: Token, lines: (u32, u32)) -> Location {
        let here = token.file == self.file && token.line >= lines.0 && token.line <= lines.1;
        let line = if here { token.line } else { lines.0 };
        Location {
            file: self.tree.file(self.file).path.to_string(),
            line,
        }
    }

    fn system(&mut self, names: &mut Interner) -> String {
        let name = names.intern("TRACE_SYSTEM");
        let body = self
            .own
            .get(&name)
            .cloned()
            .flatten()
            .map(|m| m.body.clone())
            .unwrap_or_default();
        let none = FxHashSet::default();
        let out = self.expand(&body, &none, &Local::default(), names);
        spell(&out, names)
    }

    fn declaration(&mut self, call: &Call, lines: (u32, u32), whens: &Whens, names: &mut Interner) {
        let kind = names.text(call.name.sym).to_owned();
        let when = whens.text(call.name.when).map(str::to_owned);
        let place = Place {
            lines,
            whens,
            outer: call.name.when,
        };
        let arg = |n: usize| call.args.get(n).map_or(&[][..], Vec::as_slice);
        let word = |n: usize, names: &Interner| spell(arg(n), names);
        let at = |n: usize| arg(n).first().copied().unwrap_or(call.name);
        match (&*kind, self.pass) {
            (_, Pass::Writable) => self.writable_call(call, names),
            ("DECLARE_EVENT_CLASS", _) => {
                let name = word(0, names);
                self.class(name, arg(3), &call.rest(5), &place, names);
            }
            (_, Pass::Ftrace) if !self.calls.parts.contains(&call.name.sym) => {
                // FTRACE_ENTRY(name, struct, id, structure, print)
                let (name, location) = (word(0, names), self.location(call.name, lines));
                self.class(name.clone(), arg(3), arg(4), &place, names);
                let system = self.system(names);
                self.header.events.push(DeclaredEvent {
                    system,
                    class: name.clone(),
                    name,
                    print: None,
                    when,
                    location,
                });
            }
            ("TRACE_EVENT", _) => {
                let name = word(0, names);
                self.class(name.clone(), arg(3), &call.rest(5), &place, names);
                let system = self.system(names);
                let location = self.location(at(0), lines);
                self.header.events.push(DeclaredEvent {
                    system,
                    class: name.clone(),
                    name,
                    print: None,
                    when,
                    location,
                });
            }
            ("DEFINE_EVENT" | "DEFINE_EVENT_PRINT", _) => {
                let (class, name) = (word(0, names), word(1, names));
                let print = if call.args.len() > 4 {
                    self.print(&call.rest(4), names)
                } else {
                    None
                };
                let system = self.system(names);
                if !is_name(&name) || !is_name(&system) {
                    let message = format!("'{kind}({class}, {name})' in TRACE_SYSTEM '{system}' names no event");
                    self.problem("bad-event", message, lines.0, None);
                    return;
                }
                let location = self.location(at(1), lines);
                self.header.events.push(DeclaredEvent {
                    system,
                    name,
                    class,
                    print,
                    when,
                    location,
                });
            }
            ("TRACE_DEFINE_ENUM", Pass::Events) => {
                if let [only] = arg(0) {
                    let system = self.system(names);
                    self.header.enums.push((system, only.sym));
                }
            }
            ("TRACE_DEFINE_SIZEOF", Pass::Events) => {
                let system = self.system(names);
                self.header.sizes.push((system, arg(0).to_vec()));
            }
            (_, Pass::Declare)
                if self.calls.declare.contains(&call.name.sym) && !self.calls.parts.contains(&call.name.sym) =>
            {
                let name = word(0, names);
                let proto = self.opened(arg(1), names);
                let none = FxHashSet::default();
                let proto = self.expand(&proto, &none, &self.stages.declare, names);
                let location = self.location(at(0), lines);
                if is_name(&name) {
                    self.header.tracepoints.push(DeclaredTracepoint {
                        name,
                        proto,
                        writable: false,
                        when,
                        location,
                    });
                }
            }
            _ => {}
        }
    }

    /// Marks the tracepoint that `DEFINE_EVENT_WRITABLE(template, name, ...)` or `DECLARE_TRACE_WRITABLE(name, ...)` names.
    fn writable_call(&mut self, call: &Call, names: &Interner) {
        let kind = names.text(call.name.sym);
        let Some(at) = WRITABLE.iter().rev().position(|known| *known == kind) else {
            return;
        };
        let name = call.args.get(at).map(|arg| spell(arg, names)).unwrap_or_default();
        for tracepoint in self.header.tracepoints.iter_mut().filter(|t| t.name == name) {
            tracepoint.writable = true;
        }
    }

    /// The tokens inside `TP_PROTO(...)`, `TP_STRUCT__entry(...)` and their like, however they are wrapped.
    fn opened(&mut self, tokens: &[Token], names: &mut Interner) -> Vec<Token> {
        let out = self.expand(tokens, &self.calls.parts, &self.stages.events, names);
        match out.iter().find(|t| t.kind == Kind::Opaque) {
            Some(&token) => self.expander.call(token).rest(0),
            None => out,
        }
    }

    fn class(&mut self, name: String, structure: &[Token], print: &[Token], place: &Place, names: &mut Interner) {
        let inner = self.opened(structure, names);
        let out = self.expand(&inner, &self.calls.fields, &self.stages.fields, names);
        let mut fields = Vec::new();
        for token in out {
            if token.kind == Kind::Opaque {
                let call = self.expander.call(token);
                if self.pass == Pass::Ftrace && names.text(call.name.sym) == "__field_struct" {
                    // Only names the struct that __field_desc describes piece by piece.
                    continue;
                }
                match self.field(&call, place, names) {
                    Some(field) => fields.push(field),
                    None => {
                        let line = self.location(call.name, place.lines).line;
                        let message = format!("'{}' of class '{name}' declares no field", spell(&[call.name], names));
                        self.problem("bad-field", message, line, None);
                    }
                }
            } else if token.kind == Kind::Ident {
                let message = format!(
                    "'{}' in the fields of class '{name}' is no field macro",
                    names.text(token.sym)
                );
                let line = self.location(token, place.lines).line;
                self.problem("unknown-field-macro", message, line, None);
            }
        }
        let print = self.print(print, names);
        self.header.classes.insert(
            name.clone(),
            Class {
                name,
                fields: Rc::new(fields),
                print,
            },
        );
    }

    fn field(&mut self, call: &Call, place: &Place, names: &mut Interner) -> Option<DeclaredField> {
        let macro_name = names.text(call.name.sym).to_owned();
        let none = FxHashSet::default();
        let cpumask = matches!(macro_name.as_str(), "__cpumask" | "__rel_cpumask");
        // In trace_entries.h the struct that a field lies in may come second: __field_desc(type, container, item).
        let contained = self.pass == Pass::Ftrace
            && (macro_name.contains("_desc") || (macro_name.contains("_packed") && call.args.len() > 2));
        let open_ended = self.pass == Pass::Ftrace && macro_name == "__dynamic_array";
        let n = usize::from(contained);
        let (ty, item, length) = if cpumask {
            (
                lex(b"cpumask_t", call.name.file, call.name.line, names),
                call.args.first()?,
                None,
            )
        } else {
            let ty = self.expand(call.args.first()?, &none, &self.stages.fields, names);
            (ty, call.args.get(1 + n)?, call.args.get(2 + n))
        };
        let item = self.expand(item, &none, &self.stages.fields, names);
        let kind = match macro_name.as_str() {
            "__array" | "__stack_array" | "__array_desc" => FieldKind::Array,
            "__dynamic_array" if open_ended => FieldKind::Array,
            "__dynamic_array" | "__cpumask" => FieldKind::Dynamic,
            "__rel_dynamic_array" | "__rel_cpumask" => FieldKind::Relative,
            _ => FieldKind::Scalar,
        };
        // `__field(nid_t, nid[3])`: the item itself is an array.
        let bracket = item.iter().position(|t| names.text(t.sym) == "[");
        let (item, in_item) = match bracket {
            Some(at) if names.text(item[item.len() - 1].sym) == "]" => {
                (item[..at].to_vec(), Some(item[at + 1..item.len() - 1].to_vec()))
            }
            _ => (item, None),
        };
        let kind = if in_item.is_some() { FieldKind::Array } else { kind };
        let length = match length {
            _ if in_item.is_some() => in_item.unwrap_or_default(),
            Some(length) if kind == FieldKind::Array => self.expand(length, &none, &self.stages.fields, names),
            _ if open_ended => lex(b"0", call.name.file, call.name.line, names),
            _ => Vec::new(),
        };
        let name = spell(&item, names);
        let when = place
            .whens
            .text_within(item.first()?.when, place.outer)
            .map(str::to_owned);
        let location = self.location(*item.first()?, place.lines);
        let is_struct = macro_name.starts_with("__field_struct");
        let is_packed = macro_name.contains("_packed");
        is_name(&name).then_some(DeclaredField {
            name,
            ty,
            kind,
            length,
            has_numeric_length: self.stages.numeric_lengths,
            is_struct,
            is_cpumask: cpumask,
            is_packed,
            when,
            location,
        })
    }

    fn print(&mut self, tokens: &[Token], names: &mut Interner) -> Option<Rc<DeclaredPrint>> {
        let raw = self.pass == Pass::Ftrace;
        let only: FxHashSet<Sym> = [names.intern(if raw { "F_printk" } else { "TP_printk" })]
            .into_iter()
            .collect();
        let out = self.expand(tokens, &only, &self.stages.print, names);
        let call = out
            .iter()
            .find(|t| t.kind == Kind::Opaque)
            .map(|&t| self.expander.call(t))?;
        let none = FxHashSet::default();
        let literal = self.expand(call.args.first()?, &none, &self.stages.print, names);
        // TP_printk concatenates string literals; F_printk stringifies them, so that escapes stay as they are written.
        let format = if raw {
            spell(&literal, names).trim_matches('"').to_owned()
        } else {
            literal
                .iter()
                .filter(|t| t.kind == Kind::Str)
                .map(|t| unescaped(names.text(t.sym)))
                .collect()
        };
        let args = self.expand(&call.rest(1), &none, &self.stages.print, names);
        Some(Rc::new(DeclaredPrint { format, args }))
    }
}

/// Whether a text is one C identifier (event names may begin with a digit, as `9p` shows).
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// The value of a string literal: quotes off, escapes resolved.
pub fn unescaped(literal: &str) -> String {
    let inner = literal.strip_prefix('"').unwrap_or(literal);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('x') => {
                let mut code = 0_u32;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) {
                    code = code.wrapping_mul(16).wrapping_add(digit);
                    chars.next();
                }
                out.extend(char::from_u32(code));
            }
            Some(first @ '0'..='7') => {
                let mut code = first.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    if let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) {
                        code = code * 8 + digit;
                        chars.next();
                    }
                }
                out.extend(char::from_u32(code));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_escapes() {
        let cases = [
            (r#""a\"b""#, "a\"b"),
            (r#""\\n\n""#, "\\n\n"),
            (r#""\x41\102""#, "AB"),
            ("\"", ""),
        ];
        for (literal, want) in cases {
            assert_eq!(unescaped(literal), want, "{literal}");
        }
    }
}
