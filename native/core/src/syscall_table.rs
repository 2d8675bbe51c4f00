//! Which system calls an architecture wires up: the entries of its table, under the names by which the kernel looks for
//! their definitions (`find_syscall_meta` in kernel/trace/trace_syscalls.c).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arch::Arch;
use crate::expand::{Expander, parse_define};
use crate::lex::{Interner, Kind, Token, lex, spell};
use crate::reading::{Line, Reader, Table};
use crate::tree::{FileId, Tree};
use crate::unit::{Local, Unit};

/// Where an architecture's own table can stand, newest first, and the ABIs of a `.tbl` that are its own.
fn own_tables(arch: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match arch {
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
        _ => return None,
    })
}

/// The table of the architectures that have none of their own (arm64, riscv64), from 6.11 on.
const GENERIC_TABLE: &str = "scripts/syscall.tbl";

/// The same before: headers that call `__SYSCALL` for each entry. An architecture's own adds entries and says which of
/// the generic ones it wants.
const GENERIC_HEADERS: [&str; 2] = ["include/uapi/asm-generic/unistd.h", "include/asm-generic/unistd.h"];

/// The names (without `sys_`) of all system calls in the table of the architecture; `None` if it has no known table.
pub fn wired(tree: &mut Tree, names: &mut Interner) -> Option<FxHashSet<String>> {
    let arch = tree.arch;
    let entries = match own_tables(arch.name) {
        Some((paths, abis)) => {
            let path = paths.iter().find(|p| tree.contains(p))?;
            let text = text(tree, path, names)?;
            let is_list = path.rsplit_once('.').is_some_and(|(_, ending)| ending == "tbl");
            if is_list {
                listed(&text, abis, has_stubs(tree, names))
            } else {
                mentioned(&text)
            }
        }
        None => generic(tree, arch, names)?,
    };
    let symbols = Symbols::of(tree, arch, names);
    let mut found: FxHashSet<String> = entries.iter().filter_map(|entry| symbols.name(entry)).collect();
    found.remove("ni_syscall");
    Some(found)
}

fn text(tree: &mut Tree, path: &str, names: &mut Interner) -> Option<String> {
    let file = tree.load(path, names)?;
    Some(String::from_utf8_lossy(&tree.file(file).index.text).into_owned())
}

/// Whether `sys_clone/ptregs` enters through a stub, `ptregs_sys_clone` (x86 until 4.16), which the lookup by symbol does
/// not recognise.
fn has_stubs(tree: &mut Tree, names: &mut Interner) -> bool {
    text(tree, "arch/x86/entry/syscall_64.c", names).is_some_and(|text| text.contains("ptregs_##sym"))
}

/// The entry points of a `.tbl`: number, ABI, name, entry point [, compat entry point].
fn listed(text: &str, abis: &[&str], has_stubs: bool) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut columns = line.split('#').next().unwrap_or("").split_whitespace();
        let (Some(_), Some(abi), Some(_), Some(entry)) =
            (columns.next(), columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let (symbol, is_stub) = match entry.split_once('/') {
            Some((symbol, _)) => (symbol, has_stubs),
            None => (entry, false),
        };
        if abis.contains(&abi) && !is_stub {
            found.push(symbol.to_owned());
        }
    }
    found
}

/// All words of an assembler table.
fn mentioned(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.map(str::to_owned).collect()
}

/// The entry points that an architecture takes from the generic table.
fn generic(tree: &mut Tree, arch: &Arch, names: &mut Interner) -> Option<Vec<String>> {
    let directory = arch.directory;
    let sources = [
        format!("arch/{directory}/kernel/sys.c"),
        format!("arch/{directory}/kernel/syscall_table.c"),
    ];
    let headers: Vec<String> = [
        format!("arch/{directory}/include/uapi/asm/unistd.h"),
        format!("arch/{directory}/include/asm/unistd.h"),
    ]
    .into_iter()
    .chain(GENERIC_HEADERS.into_iter().map(str::to_owned))
    .filter(|p| tree.contains(p))
    .collect();
    let root = sources.iter().rev().chain(headers.last()).find(|p| tree.contains(p))?;
    let root = tree.load(root, names)?;
    let mut unit = Unit::new(tree, root, names);
    let mut entries = Vec::new();
    if let Some(list) = text(tree, GENERIC_TABLE, names) {
        let added = text(tree, &format!("arch/{directory}/kernel/Makefile.syscalls"), names).unwrap_or_default();
        let mut abis = vec!["common", "64"];
        for line in added.lines() {
            let line = line.split('#').next().unwrap_or("");
            if let Some((_, values)) = line
                .split_once('=')
                .filter(|(name, _)| name.starts_with("syscall_abis_64"))
            {
                abis.extend(values.split_whitespace());
            }
        }
        entries = listed(&list, &abis, false);
    } else {
        for path in &headers {
            if let Some(file) = tree.load(path, names) {
                entries.extend(called(tree, &mut unit, file, names));
            }
        }
    }
    // `#define __arm64_sys_personality __arm64_sys_arm64_personality` beside the table.
    let prefix = format!("__{directory}_");
    for entry in &mut entries {
        let written = format!("{prefix}{entry}");
        let tokens = lex(written.as_bytes(), root, 1, names);
        let meant = spell(
            &Expander::default().expand(&tokens, &mut Table::plain(tree, &mut unit), names),
            names,
        );
        if let Some(other) = meant.strip_prefix(&prefix) {
            other.clone_into(entry);
        }
    }
    Some(entries)
}

/// The entry points that a header hands to `__SYSCALL(number, entry point)`.
fn called(tree: &mut Tree, unit: &mut Unit, file: FileId, names: &mut Interner) -> Vec<String> {
    let text = tree.file(file).index.text.clone();
    let keep = names.intern("__SYSCALL");
    let calls: FxHashSet<_> = [keep].into_iter().collect();
    let mut own = Local::default();
    // The whole unit comes before: it is what says which entries the architecture wants.
    let mut reader = Reader::new(lex(&text, file, 1, names).into(), None);
    let mut pending: Vec<Token> = Vec::new();
    let mut found = Vec::new();
    loop {
        let line = reader.next(tree, unit, &[&own], names);
        if let Some(Line::Text(tokens)) = line {
            pending.extend(tokens);
            continue;
        }
        let mut expander = Expander::default();
        let out = expander.expand(
            &std::mem::take(&mut pending),
            &mut Table::layered(tree, unit, &own, &calls, None, None),
            names,
        );
        for token in out.iter().filter(|t| t.kind == Kind::Opaque) {
            if let Some(entry) = expander.call(*token).args.get(1) {
                found.push(spell(entry, names));
            }
        }
        match line {
            Some(Line::Define(tokens)) => {
                if let Some(definition) = parse_define(&tokens, names).filter(|d| d.name != keep) {
                    own.insert(definition.name, Some(definition.into()));
                }
            }
            Some(Line::Undefine(name)) if name != keep => {
                own.insert(name, None);
            }
            Some(_) => {}
            None => return found,
        }
    }
}

/// How the symbols of entry points are compared with the names of system calls: by `arch_syscall_match_sym_name`, if the
/// architecture has its own.
#[derive(Default)]
struct Symbols {
    /// `sym = "sys_statfs64"` for `"sys_statfs64_wrapper"`.
    renamed: FxHashMap<String, String>,
    comparisons: Vec<Comparison>,
}

/// `!strncmp(sym, "__x64_", 6) && !strcmp(sym + 9, name + 3)`: `__x64_sys_read` is `sys_read`.
struct Comparison {
    prefix: String,
    /// How many characters of the symbol do not count.
    of_symbol: usize,
    /// How many of the name, which begins with `sys_`.
    of_name: usize,
}

impl Symbols {
    fn of(tree: &mut Tree, arch: &Arch, names: &mut Interner) -> Symbols {
        let mut symbols = Symbols::default();
        let path = format!("arch/{}/include/asm/ftrace.h", arch.directory);
        let Some(file) = tree.load(&path, names) else {
            return symbols;
        };
        let text = tree.file(file).index.text.clone();
        // One for each calling convention, where an architecture has several: a symbol tells which one it is of.
        for at in memchr::memmem::find_iter(&text, b"bool arch_syscall_match_sym_name(") {
            let tokens = lex(&text[at..], file, 1, names);
            let end = tokens.iter().position(|t| t.first && names.text(t.sym) == "}");
            symbols.function(&tokens[..end.unwrap_or(tokens.len())], names);
        }
        symbols
    }

    fn function(&mut self, tokens: &[Token], names: &Interner) {
        let mut open: Option<String> = None;
        for (n, token) in tokens.iter().enumerate() {
            let before = |k: usize| n.checked_sub(k).map_or("", |n| names.text(tokens[n].sym));
            if token.kind == Kind::Str {
                let literal = names.text(token.sym).trim_matches('"').to_owned();
                if before(1) == "=" {
                    if let Some(from) = open.take() {
                        self.renamed.insert(from, literal);
                    }
                } else if before(2) == "sym" {
                    open = Some(literal);
                }
            } else if before(1) == "strcmp"
                && let Some((of_symbol, of_name)) = skipped(&tokens[n..], names)
                && let Some(prefix) = open.take()
            {
                self.comparisons.push(Comparison {
                    prefix,
                    of_symbol,
                    of_name,
                });
            }
        }
    }

    /// The name (without `sys_`) of the system call behind an entry point.
    fn name(&self, entry: &str) -> Option<String> {
        let entry = self.renamed.get(entry).map_or(entry, String::as_str);
        if let Some(name) = entry.strip_prefix("sys_") {
            return Some(name.to_owned());
        }
        self.comparisons
            .iter()
            .filter(|comparison| entry.starts_with(&comparison.prefix))
            .find_map(|comparison| {
                let common = "sys_".get(..comparison.of_name)?;
                let name = format!("{common}{}", entry.get(comparison.of_symbol..)?);
                name.strip_prefix("sys_").map(str::to_owned)
            })
    }
}

/// How many characters `(sym + 9, name + 3)` leaves out of each.
fn skipped(tokens: &[Token], names: &Interner) -> Option<(usize, usize)> {
    let mut words = tokens.iter().map(|t| names.text(t.sym)).peekable();
    let mut side = |opening: &str, variable: &str| {
        if words.next()? != opening || words.next()? != variable {
            return None;
        }
        if words.next_if_eq(&"+").is_none() {
            return Some(0);
        }
        words.next()?.parse().ok()
    };
    Some((side("(", "sym")?, side(",", "name")?))
}
