//! System calls as events: `SYSCALL_DEFINEn` makes `syscalls:sys_enter_*` and `sys_exit_*` (kernel/trace/trace_syscalls.c),
//! but only those that the architecture's table wires up ([`crate::syscall_table`]) are ever listed.

use serde::{Deserialize, Serialize};

use crate::expand::Expander;
use crate::index::Use;
use crate::lex::{Interner, Token, call_arguments, lex, spell, split_at_commas};
use crate::reading::Table;
use crate::snapshot::{Event, Field, Location, Print};
use crate::tree::{FileId, Tree};
use crate::unit::{Tri, Unit};

/// Longest text of one definition's arguments; the longest of real kernels has 300 bytes.
const MAX_DEFINITION: usize = 4096;

/// A system call as its definition declares it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Syscall {
    /// Name without `sys_`.
    pub name: String,
    /// Type text and name of each argument.
    pub args: Vec<(String, String)>,
    /// Condition it stands under.
    pub when: Option<String>,
    /// Where it is defined.
    pub location: Location,
    /// Which of the uses in its file it is ([`crate::index::FileIndex::syscalls`]).
    pub nth: usize,
}

/// The text that a definition's name and arguments are read from.
pub fn text_of(text: &[u8], definition: Use) -> &[u8] {
    let from = definition.at as usize;
    let bytes = &text[from..text.len().min(from + MAX_DEFINITION)];
    // They end where its body begins.
    &bytes[..memchr::memchr(b'{', bytes).unwrap_or(bytes.len())]
}

/// The system calls that a file defines, conditions decided as far as they are known.
pub fn defined(tree: &mut Tree, unit: &mut Unit, file: FileId, names: &mut Interner) -> Vec<Syscall> {
    let mut out = Vec::new();
    for (nth, definition) in tree.file(file).index.syscalls.clone().into_iter().enumerate() {
        if unit.condition(tree, file, definition.condition, names) == Tri::False {
            continue;
        }
        if let Some((name, args)) = read(tree, unit, file, definition, names) {
            let when = unit.condition_text(tree, file, definition.condition, names);
            let location = Location {
                file: tree.file(file).path.to_string(),
                line: definition.line,
            };
            out.push(Syscall {
                name,
                args,
                when,
                location,
                nth,
            });
        }
    }
    out
}

type Declared = (String, Vec<(String, String)>);

/// Name and arguments of one definition; `None` if it is none.
fn read(tree: &mut Tree, unit: &mut Unit, file: FileId, definition: Use, names: &mut Interner) -> Option<Declared> {
    let text = tree.file(file).index.text.clone();
    let tokens = lex(text_of(&text, definition), file, definition.line, names);
    let (head, rest) = tokens.split_first()?;
    let mut expand = |tokens: &[Token], names: &mut Interner| {
        Expander::default().expand(tokens, &mut Table::plain(tree, unit), names)
    };
    // `SYSCALL32_DEFINE6` is another name for `SYSCALL_DEFINE6`, or for the one of compat calls, which make no events.
    let mut form = names.text(head.sym).to_owned();
    if !form.starts_with("SYSCALL_DEFINE") {
        form = spell(&expand(std::slice::from_ref(head), names), names);
    }
    form.strip_prefix("SYSCALL_DEFINE")?.parse::<u32>().ok()?;
    // The name is pasted as it is written, the arguments are expanded: one macro can stand for several of them
    // (`SC_ARG64`).
    let parts = call_arguments(rest, names)?;
    let (name, args) = parts.split_first()?;
    let name = spell(name, names);
    let mut list = Vec::new();
    for arg in args {
        for part in split_at_commas(&expand(arg, names), names) {
            list.push(spell(part, names));
        }
    }
    let args = list.chunks(2).map(|pair| match pair {
        [ty, name] => Some((ty.clone(), name.clone())),
        _ => None,
    });
    Some((name, args.collect::<Option<Vec<_>>>()?))
}

/// How the tree's own code describes system call events.
#[derive(Debug, Clone, Copy)]
pub struct Era {
    /// Name of the field with the number: `nr` until 4.12.
    pub number: &'static str,
}

impl Era {
    /// The era of a tree; `None` if it has no system call events.
    pub fn of(tree: &mut Tree, names: &mut Interner) -> Option<Era> {
        let file = tree.load("kernel/trace/trace_syscalls.c", names)?;
        let text = &tree.file(file).index.text;
        let newer = memchr::memmem::find(text, b"__syscall_nr").is_some();
        Some(Era {
            number: if newer { "__syscall_nr" } else { "nr" },
        })
    }
}

/// The two events of a system call, behind `start` bytes of common fields, on a machine with words of `word` bytes.
pub fn events(call: &Syscall, era: Era, start: u32, word: u32) -> [Event; 2] {
    let field = |name: &str, ty: &str, offset: u32, size: u32, signed: bool| Field {
        name: name.to_owned(),
        r#type: ty.to_owned(),
        offset: Some(offset),
        size: Some(size),
        signed: Some(signed),
        location: Some(call.location.clone()),
        ..Field::default()
    };
    let number = field(era.number, "int", start, 4, true);
    // struct syscall_trace_enter { struct trace_entry ent; int nr; unsigned long args[]; };
    let first = (start + 4).next_multiple_of(word);
    let mut enter = vec![number.clone()];
    for (i, (ty, name)) in call.args.iter().enumerate() {
        enter.push(field(name, ty, first + i as u32 * word, word, false));
    }
    let event = |prefix: &str, fields: Vec<Field>, format: String, args: String| Event {
        system: "syscalls".to_owned(),
        name: format!("{prefix}{}", call.name),
        fields,
        print: Some(Print {
            format,
            args,
            ..Print::default()
        }),
        when: call.when.clone(),
        location: Some(call.location.clone()),
        ..Event::default()
    };
    // __set_enter_print_fmt: `%0<sizeof(unsigned long)>lx`, not the number of digits.
    let format: Vec<String> = call
        .args
        .iter()
        .map(|(_, name)| format!("{name}: 0x%0{word}lx"))
        .collect();
    let args: Vec<String> = call
        .args
        .iter()
        .map(|(_, name)| format!("((unsigned long)(REC->{name}))"))
        .collect();
    [
        event("sys_enter_", enter, format.join(", "), args.join(", ")),
        event(
            "sys_exit_",
            vec![number, field("ret", "long", first, word, true)],
            "0x%lx".to_owned(),
            "REC->ret".to_owned(),
        ),
    ]
}
