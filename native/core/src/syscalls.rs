//! System calls as events: `SYSCALL_DEFINEn` makes `syscalls:sys_enter_*` and `sys_exit_*` (kernel/trace/trace_syscalls.c),
//! but only those that the architecture's table wires up are ever listed.

use rustc_hash::FxHashSet;

use crate::expand::Expander;
use crate::index::Use;
use crate::lex::{Interner, Token, lex, spell};
use crate::reading::Table;
use crate::snapshot::{Event, Field, Location, Print};
use crate::tree::{FileId, Tree};
use crate::unit::{Tri, Unit};

/// Longest text of one definition's arguments; the longest of real kernels has 300 bytes.
const MAX_DEFINITION: usize = 4096;

/// A system call as its definition declares it.
#[derive(Debug)]
pub struct Syscall {
    /// Name without `sys_`.
    pub name: String,
    /// Type text and name of each argument.
    pub args: Vec<(String, String)>,
    /// Condition it stands under.
    pub when: Option<String>,
    /// Where it is defined.
    pub location: Location,
}

/// Where an architecture's table of system calls can stand, newest first, and the ABIs of a `.tbl` that are its own.
fn tables(arch: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match arch {
        "x86_64" => (
            &[
                "arch/x86/entry/syscalls/syscall_64.tbl",
                "arch/x86/syscalls/syscall_64.tbl",
                "arch/x86/include/asm/unistd_64.h",
            ],
            &["common", "64"],
        ),
        "i386" => (
            &[
                "arch/x86/entry/syscalls/syscall_32.tbl",
                "arch/x86/syscalls/syscall_32.tbl",
                "arch/x86/kernel/syscall_table_32.S",
            ],
            &["i386"],
        ),
        "arm" => (
            &["arch/arm/tools/syscall.tbl", "arch/arm/kernel/calls.S"],
            &["common", "eabi"],
        ),
        "s390x" => (
            &["arch/s390/kernel/syscalls/syscall.tbl", "arch/s390/kernel/syscalls.S"],
            &["common", "64"],
        ),
        "ppc64le" => (
            &[
                "arch/powerpc/kernel/syscalls/syscall.tbl",
                "arch/powerpc/include/asm/systbl.h",
            ],
            &["common", "64", "nospu"],
        ),
        // arm64 and riscv64 take the generic table, with what their Makefile.syscalls adds.
        _ => (
            &[
                "scripts/syscall.tbl",
                "include/uapi/asm-generic/unistd.h",
                "include/asm-generic/unistd.h",
            ],
            &["common", "64", "renameat", "rlimit", "memfd_secret", "riscv"],
        ),
    }
}

/// The names (without `sys_`) of all system calls in the table of the architecture; `None` if it has no known table.
pub fn wired(tree: &mut Tree, names: &mut Interner) -> Option<FxHashSet<String>> {
    let (paths, abis) = tables(tree.arch.name);
    let path = paths.iter().find(|p| tree.contains(p))?;
    let file = tree.load(path, names)?;
    let text = String::from_utf8_lossy(&tree.file(file).index.text).into_owned();
    let mut found = FxHashSet::default();
    for line in text.lines() {
        if path.rsplit_once('.').is_some_and(|(_, ending)| ending == "tbl") {
            // number, ABI, name, entry point [, compat entry point]
            let mut columns = line.split('#').next().unwrap_or("").split_whitespace();
            let (Some(_), Some(abi), Some(_), Some(entry)) =
                (columns.next(), columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            // `sys_clone/ptregs` enters through a stub of another name, which the lookup by symbol does not recognise.
            if abis.contains(&abi) && !entry.contains('/') {
                found.extend(entry.strip_prefix("sys_").map(str::to_owned));
            }
        } else {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            found.extend(words.filter_map(|w| w.strip_prefix("sys_")).map(str::to_owned));
        }
    }
    found.remove("ni_syscall");
    Some(found)
}

/// The system calls that a file defines, conditions decided as far as they are known.
pub fn defined(tree: &mut Tree, unit: &mut Unit, file: FileId, names: &mut Interner) -> Vec<Syscall> {
    let mut out = Vec::new();
    for definition in tree.file(file).index.syscalls.clone() {
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
            });
        }
    }
    out
}

type Declared = (String, Vec<(String, String)>);

/// Name and arguments of one definition; `None` if it is none.
fn read(tree: &mut Tree, unit: &mut Unit, file: FileId, definition: Use, names: &mut Interner) -> Option<Declared> {
    let text = tree.file(file).index.text.clone();
    let from = definition.at as usize;
    let bytes = &text[from..text.len().min(from + MAX_DEFINITION)];
    let tokens = lex(bytes, file, definition.line, names);
    names
        .text(tokens.first()?.sym)
        .strip_prefix("SYSCALL_DEFINE")?
        .parse::<u32>()
        .ok()?;
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    let mut depth = 0;
    for token in &tokens[1..] {
        match names.text(token.sym) {
            "(" => {
                depth += 1;
                if depth == 1 {
                    continue;
                }
            }
            ")" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            "," if depth == 1 => {
                parts.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            return None;
        }
        if let Some(last) = parts.last_mut() {
            last.push(*token);
        }
    }
    let (name, args) = parts.split_first()?;
    let name = spell(name, names);
    let mut expand = |tokens: &[Token], names: &mut Interner| {
        let out = Expander::default().expand(tokens, &mut Table::plain(tree, unit), names);
        spell(&out, names)
    };
    let args = args.chunks(2).map(|pair| match pair {
        [ty, name] => Some((expand(ty, names), spell(name, names))),
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
