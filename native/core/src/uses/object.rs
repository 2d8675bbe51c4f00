//! Compiled BPF objects: programs by their sections, members by CO-RE relocations, bytes and arguments by the loads that the
//! instructions make from the context. Nothing is linked or loaded.

use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SymbolKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::embedded::objects;
use super::guards::guard;
use super::instructions::{BYTES, Condition, Instruction, Note, State, Value, states};
use super::section::{Named, parse};
use super::source::gap;
use super::{Attach, Facts, Guard, GuardKind, Program, Section, Subject, Use, without_flavour};
use crate::btf::{Asks, Blob, Relocation, relocations};

/// How deep calls are followed.
const MAX_CALLS: usize = 8;
/// How many functions are walked for one program.
const MAX_WALKS: usize = 400;
/// Helpers that read memory: `bpf_probe_read`, `_str`, `_kernel`, `_kernel_str`.
const READERS: [i32; 4] = [4, 45, 113, 115];

/// The programs of all BPF objects in a file: the file itself, those that an executable carries, those of a skeleton header.
pub fn read_bpf_objects(bytes: &[u8]) -> Facts {
    let mut facts = Facts::default();
    for object in objects(bytes) {
        if let Err(reason) = read_object(&object, &mut facts) {
            facts.not_understood.push(gap(0, "a BPF object", &reason));
        }
    }
    facts
}

fn read_object(bytes: &[u8], facts: &mut Facts) -> Result<(), String> {
    let elf = object::File::parse(bytes).map_err(|error| format!("its ELF is damaged: {error}"))?;
    if !elf.is_little_endian() {
        return Err("it is for a big-endian machine".to_owned());
    }
    let data = |name: &str| elf.section_by_name(name).and_then(|section| section.data().ok());
    let blob = data(".BTF").map(|btf| Blob::parse(btf, None, &mut |_, _| {}));
    let asked = match (&blob, data(".BTF.ext")) {
        (Some(blob), Some(ext)) => relocations(blob, ext),
        _ => Vec::new(),
    };
    let object = Compiled::new(&elf, &asked);
    for section in elf.sections() {
        let name = section.name().unwrap_or_default();
        let (of, optional) = match parse(name) {
            Named::Tracepoint(of, optional) => (of, optional),
            Named::NoEvent => {
                let reason = "the section names no event; it is chosen when the program is attached";
                facts.not_understood.push(gap(0, name, reason));
                continue;
            }
            Named::Other => continue,
        };
        let guards = if optional {
            vec![guard(GuardKind::Optional, &format!("SEC(\"{name}\")"), 0, true)]
        } else {
            Vec::new()
        };
        let symbols = elf
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.section_index() == Some(section.index()));
        for symbol in symbols {
            let mut walk = Walk {
                object: &object,
                program: Program {
                    name: symbol.name().unwrap_or_default().to_owned(),
                    line: 0,
                    section: of.clone(),
                    guards: guards.clone(),
                    uses: Vec::new(),
                },
                facts,
                walked: FxHashSet::default(),
            };
            walk.function(
                (section.index(), symbol.address() as usize / BYTES),
                State::of_program(),
                0,
            );
            let program = walk.program;
            facts.programs.push(program);
        }
    }
    Ok(())
}

/// Where a function begins: its section, and the number of the instruction.
type Entry = (SectionIndex, usize);

/// The parts of an object that a walk looks at.
struct Compiled<'o> {
    code: FxHashMap<SectionIndex, &'o [u8]>,
    /// What CO-RE asks at an instruction.
    asked: FxHashMap<Entry, &'o Relocation>,
    /// What an instruction refers to: name, section and address of a symbol.
    symbols: FxHashMap<Entry, (String, Option<SectionIndex>, u64)>,
    questions: &'o [Relocation],
}

impl<'o> Compiled<'o> {
    fn new(elf: &object::File<'o>, asked: &'o [Relocation]) -> Self {
        let mut out = Compiled {
            code: FxHashMap::default(),
            asked: FxHashMap::default(),
            symbols: FxHashMap::default(),
            questions: asked,
        };
        let mut by_name = FxHashMap::default();
        for section in elf.sections() {
            let name = section.name().unwrap_or_default();
            if section.kind() != object::SectionKind::Text {
                continue;
            }
            by_name.insert(name.to_owned(), section.index());
            out.code.insert(section.index(), section.data().unwrap_or_default());
            for (at, relocation) in section.relocations() {
                let RelocationTarget::Symbol(symbol) = relocation.target() else {
                    continue;
                };
                let Ok(symbol) = elf.symbol_by_index(symbol) else {
                    continue;
                };
                let to = (
                    symbol.name().unwrap_or_default().to_owned(),
                    symbol.section_index(),
                    symbol.address(),
                );
                out.symbols.insert((section.index(), at as usize / BYTES), to);
            }
        }
        for relocation in asked {
            if let Some(&section) = by_name.get(&relocation.section) {
                out.asked.insert((section, relocation.at as usize / BYTES), relocation);
            }
        }
        out
    }

    fn note(&self, at: Entry) -> Option<Note> {
        if let Some(relocation) = self.asked.get(&at) {
            let is_question = matches!(relocation.asks, Asks::MemberExists | Asks::TypeExists);
            let number = self.questions.iter().position(|other| std::ptr::eq(other, *relocation));
            return Some(match number.filter(|_| is_question) {
                Some(number) => Note::Asks(number),
                None => Note::Relocated,
            });
        }
        let (name, ..) = self.symbols.get(&at)?;
        (name == "LINUX_KERNEL_VERSION").then_some(Note::Version)
    }

    /// Kind, text and subject of a question.
    fn question(&self, number: usize) -> (GuardKind, String, String) {
        let asked = &self.questions[number];
        let of = without_flavour(&asked.of);
        match &asked.member {
            Some(member) => {
                let subject = format!("{of}.{member}");
                (
                    GuardKind::Field,
                    format!("bpf_core_field_exists({}.{member})", asked.of),
                    subject,
                )
            }
            None => (
                GuardKind::Type,
                format!("bpf_core_type_exists({})", asked.of),
                of.to_owned(),
            ),
        }
    }
}

/// The walk over one program.
struct Walk<'w, 'o> {
    object: &'w Compiled<'o>,
    program: Program,
    facts: &'w mut Facts,
    walked: FxHashSet<(Entry, String)>,
}

impl Walk<'_, '_> {
    fn function(&mut self, (section, entry): Entry, start: State, depth: usize) {
        let Some(&code) = self.object.code.get(&section) else {
            return;
        };
        if depth > MAX_CALLS || self.walked.len() > MAX_WALKS {
            return self.gap("calls nest too deeply to be followed");
        }
        if !self.walked.insert(((section, entry), format!("{start:?}"))) {
            return;
        }
        let note = |at: usize| self.object.note((section, at));
        let Some(known) = states(code, entry, start, &note) else {
            return self.gap("it has too many instructions to be followed");
        };
        for (&at, ways) in &known {
            let Some(op) = Instruction::at(code, at) else { continue };
            let mut events: Vec<(Event, Vec<Condition>)> = Vec::new();
            for state in ways {
                let Some(event) = self.event((section, at), op, state) else {
                    continue;
                };
                // On several ways to the same: what is checked on all of them.
                match events.iter_mut().find(|(other, _)| *other == event) {
                    Some((_, guards)) => guards.retain(|guard| state.guards.contains(guard)),
                    None => events.push((event, state.guards.clone())),
                }
            }
            for (event, guards) in events {
                match event {
                    Event::Reads(subject) => self.found(subject, &guards),
                    Event::Unclear(reason) => self.gap(reason),
                    Event::Calls(target, arguments) => {
                        self.function(target, State::of_call(arguments, guards), depth + 1);
                    }
                }
            }
        }
    }

    /// What an instruction does with the context, if anything.
    fn event(&self, at: Entry, op: Instruction, state: &State) -> Option<Event> {
        if let Some(&relocation) = self.object.asked.get(&at) {
            return relocated(op, state, relocation);
        }
        if op.is_load() {
            let Some(Value::Context(k)) = state.registers.get(op.from) else {
                return None;
            };
            return self.bytes(k.wrapping_add(i64::from(op.offset)), op.size());
        }
        if op.is_call() && op.from == 1 {
            return self.call(at, op, state);
        }
        if op.is_call() && op.from == 0 && READERS.contains(&op.number) {
            return match (state.registers[3], state.registers[2]) {
                (Value::Context(offset), Value::Constant(size)) if size > 0 => self.bytes(offset, size.cast_unsigned()),
                (Value::Context(_), _) => Some(Event::Unclear("how much is read of the context is not known")),
                _ => None,
            };
        }
        None
    }

    fn bytes(&self, offset: i64, size: u64) -> Option<Event> {
        let offset = u64::try_from(offset).ok()?;
        Some(Event::Reads(match self.program.section.attach {
            Attach::Tp => Subject::Bytes {
                offset,
                size,
                name: None,
            },
            Attach::RawTp | Attach::TpBtf => Subject::Argument {
                index: offset / 8,
                name: None,
                ty: None,
            },
        }))
    }

    /// A call of a function of the object that gets the context.
    fn call(&self, at: Entry, op: Instruction, state: &State) -> Option<Event> {
        let arguments: [Value; 5] = std::array::from_fn(|n| match state.registers[n + 1] {
            value @ (Value::Context(_) | Value::Constant(_)) => value,
            _ => Value::Unknown,
        });
        if !arguments.iter().any(|value| matches!(value, Value::Context(_))) {
            return None;
        }
        let next = i64::from(op.number) + 1;
        let target = match self.object.symbols.get(&at) {
            Some((_, section, address)) => {
                let first = (*address / BYTES as u64).cast_signed();
                section.zip(usize::try_from(first.wrapping_add(next)).ok())
            }
            None => usize::try_from(at.1.cast_signed() as i64 + next)
                .ok()
                .map(|to| (at.0, to)),
        };
        Some(match target {
            Some(target) => Event::Calls(target, arguments),
            None => Event::Unclear("the context is passed to a function that is not in the object"),
        })
    }

    fn found(&mut self, subject: Subject, guards: &[Condition]) {
        let question = |number: usize| self.object.question(number);
        let guards: Vec<Guard> = guards.iter().map(|condition| condition.guard(&question)).collect();
        let found = Use {
            line: 0,
            file: None,
            subject,
            guards,
        };
        let is_known = |other: &Use| other.subject == found.subject && other.guards == found.guards;
        if !self.program.uses.iter().any(is_known) {
            self.program.uses.push(found);
        }
    }

    fn gap(&mut self, reason: &str) {
        let Section { event, .. } = &self.program.section;
        let found = gap(0, &format!("{} ({event})", self.program.name), reason);
        if !self.facts.not_understood.contains(&found) {
            self.facts.not_understood.push(found);
        }
    }
}

/// What an instruction does with the context.
#[derive(Debug, PartialEq)]
enum Event {
    /// It reads this of it.
    Reads(Subject),
    /// It calls a function of the object with it.
    Calls(Entry, [Value; 5]),
    /// It does something that is not understood.
    Unclear(&'static str),
}

/// The member that an instruction asks CO-RE for, if it is one of the context.
fn relocated(op: Instruction, state: &State, relocation: &Relocation) -> Option<Event> {
    let register = if op.is_load() { op.from } else { op.to };
    let is_of_context = matches!(state.registers.get(register), Some(Value::Context(_)));
    let is_of_record = relocation.of.starts_with("trace_event_raw_");
    let member = relocation.member.as_ref().filter(|_| relocation.asks == Asks::Member)?;
    let is_own = (is_of_context || is_of_record) && !matches!(member.as_str(), "ent" | "__data");
    is_own.then(|| {
        Event::Reads(Subject::Member {
            of: without_flavour(&relocation.of).to_owned(),
            name: member.clone(),
        })
    })
}
