//! From the files of a kernel tree to its snapshot: which units create trace points, what their headers declare, how it
//! is laid out. The pipeline of the native side, read top to bottom in [`extract`].

use rustc_hash::FxHashSet;

use crate::arch::Arch;
use crate::arguments::null_args;
use crate::config::Config;
use crate::gather::Gathered;
use crate::index::ConditionId;
use crate::kbuild::{Kbuild, Ways};
use crate::lex::Interner;
use crate::snapshot::{Field, Kernel, Snapshot};
use crate::stages::Stages;
use crate::syscall_table::wired;
use crate::syscalls::{Era, defined};
use crate::trace_header::{Calls, read_ftrace_entries, read_header};
use crate::tree::{FileId, Files, Tree, directory};
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
    let mut kbuild = Kbuild::new(source.files, source.arch, source.config.clone());
    let mut tree = Tree::new(source.files, source.arch, source.config);
    let version = version(&mut tree, &mut names).ok_or("no Makefile with a kernel version at its top")?;
    let stages = Stages::read(&mut tree, &mut names).ok_or("no include/trace/trace_events.h (or ftrace.h)")?;
    let calls = Calls::new(&stages, &mut names);
    let mut types = Types::new(char_signed(&mut tree, &mut names));
    let mut gathered = Gathered::default();
    let (common_fields, start) = common_fields(&mut tree, &mut types, &mut names, &mut gathered);
    for (i, path) in source.creators.iter().enumerate() {
        progress(i, source.creators.len());
        for BuiltUnit { mut unit, file, ways } in units(&mut tree, &mut kbuild, path, &mut names) {
            let mut read = Vec::new();
            for Created { header, at, when } in created(&mut tree, &mut unit, file, &mut names) {
                if gathered.created(header, &ways, when) {
                    let facts = read_header(&mut tree, &mut unit, &stages, &calls, (header, at), &mut names);
                    read.push((header, facts));
                }
            }
            let mut context = Context::new(&mut tree, &mut unit, &mut types);
            gathered.headers(&read, start, &mut context, &mut names);
        }
    }
    let export = "kernel/trace/trace_export.c";
    let ways = kbuild.source(export);
    if let Some(root) = tree.load(export, &mut names)
        && let Some(entries) = tree.load("kernel/trace/trace_entries.h", &mut names)
        && !ways.is_empty()
    {
        let mut unit = Unit::new(&mut tree, root, &mut names);
        gathered.created(entries, &ways, None);
        let header = read_ftrace_entries(&mut tree, &mut unit, entries, &mut names);
        let mut context = Context::new(&mut tree, &mut unit, &mut types);
        gathered.headers(&[(entries, header)], start, &mut context, &mut names);
    }
    syscalls(
        &mut tree,
        &mut kbuild,
        source.syscalls,
        start,
        &mut gathered,
        &mut names,
    );
    if let Some(text) = source.files.read("kernel/bpf/btf.c") {
        gathered.nullable(&null_args(&String::from_utf8_lossy(&text)));
    }
    progress(source.creators.len(), source.creators.len());
    for site in &types.refused {
        let file = tree.file(site.file);
        let definition = file.index.types[site.item as usize];
        let message = format!(
            "the definition of '{}' is not valid C once its macros are expanded",
            names.text(definition.name)
        );
        gathered.problem("syntax-error", message, &file.path, Some(definition.line), None);
    }
    let kernel = Kernel {
        version,
        arch: source.arch.name.to_owned(),
        origin: vec!["source".to_owned()],
        ..Kernel::default()
    };
    Ok(gathered.finish(kernel, common_fields, &names))
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

/// Takes in the events of all system calls that the architecture wires up and the configuration builds.
fn syscalls(
    tree: &mut Tree,
    kbuild: &mut Kbuild,
    paths: &[String],
    start: u64,
    gathered: &mut Gathered,
    names: &mut Interner,
) {
    let (Some(era), Some(wired)) = (Era::of(tree, names), wired(tree, names)) else {
        return;
    };
    let word = tree.arch.word_bits / 8;
    let mut done = FxHashSet::default();
    for path in paths {
        for BuiltUnit { mut unit, file, ways } in units(tree, kbuild, path, names) {
            for call in defined(tree, &mut unit, file, names) {
                if wired.contains(&call.name) && done.insert(call.name.clone()) {
                    gathered.syscall(&call, era, start, word, &ways);
                }
            }
        }
    }
}

/// A unit in which a C file is compiled.
struct BuiltUnit {
    unit: Unit,
    /// The C file; the unit's root or one that the root includes.
    file: FileId,
    /// The ways in which the unit is built.
    ways: Ways,
}

/// The units in which a C file is compiled: its own, or those of the files that include it.
fn units(tree: &mut Tree, kbuild: &mut Kbuild, path: &str, names: &mut Interner) -> Vec<BuiltUnit> {
    let own = kbuild.source(path);
    let roots = if own.is_empty() {
        kbuild.includers(path)
    } else {
        vec![(path.to_owned(), own)]
    };
    let mut out = Vec::new();
    for (root, ways) in roots {
        let Some(root) = tree.load(&root, names) else { continue };
        let unit = Unit::new(tree, root, names);
        if let Some(file) = tree.load(path, names)
            && unit.sees(file)
        {
            out.push(BuiltUnit { unit, file, ways });
        }
    }
    out
}

/// The fields of `struct trace_entry` and the bytes they take.
fn common_fields(
    tree: &mut Tree,
    types: &mut Types,
    names: &mut Interner,
    gathered: &mut Gathered,
) -> (Vec<Field>, u64) {
    let path = ["include/linux/trace_events.h", "include/linux/ftrace_event.h"]
        .into_iter()
        .find(|p| tree.contains(p));
    let found = path.and_then(|path| {
        let root = tree.load(path, names)?;
        let mut unit = Unit::new(tree, root, names);
        let mut context = Context::new(tree, &mut unit, types);
        context.members("trace_entry", names).ok()
    });
    let Some((members, size)) = found else {
        gathered.problem(
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

/// A trace header that a unit creates trace points of.
struct Created {
    header: FileId,
    /// The point of the unit up to which macros are visible to it.
    at: Point,
    /// The condition under which it is created, where that is not known to hold.
    when: Option<String>,
}

/// The trace headers whose trace points a unit creates: those that come in, for the first time or by name, while
/// `CREATE_TRACE_POINTS` is defined in `creator`, the file of the unit that defines it.
fn created(tree: &mut Tree, unit: &mut Unit, creator: FileId, names: &mut Interner) -> Vec<Created> {
    let name = names.intern("CREATE_TRACE_POINTS");
    let index = &tree.file(creator).index;
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
    let mut found: Vec<Created> = Vec::new();
    for (n, at, condition) in includes {
        let mut on = false;
        for &(_, value, under) in switches.iter().take_while(|(s, ..)| *s < at) {
            match unit.condition(tree, creator, under, names) {
                Tri::True => on = value,
                // It may be on: better an event under a condition than a lost one.
                Tri::Unknown => on |= value,
                Tri::False => {}
            }
        }
        if !on || unit.condition(tree, creator, condition, names) == Tri::False {
            continue;
        }
        let dir = directory(&tree.file(unit.root).path).to_owned();
        let Some(target) = tree.include(creator, n, &dir, names) else {
            continue;
        };
        let new = unit.brought_in(tree, (creator, at), target);
        // A header that came in earlier is read again here, with all that came in between before it.
        let again = if new.is_empty() {
            Some((target, (creator, at)))
        } else {
            None
        };
        for (header, at) in new.into_iter().map(|f| (f, (f, u32::MAX))).chain(again) {
            if let Some(condition) = creating_condition(tree, unit, header, names)
                && !found.iter().any(|other| other.header == header)
            {
                let when = unit.condition_text(tree, header, condition, names);
                found.push(Created { header, at, when });
            }
        }
    }
    found
}

/// The condition under which a header includes `define_trace.h`; `None` if it does not.
fn creating_condition(tree: &mut Tree, unit: &mut Unit, header: FileId, names: &mut Interner) -> Option<ConditionId> {
    let includes = &tree.file(header).index.includes;
    let condition = includes
        .iter()
        .find(|i| i.path.ends_with("trace/define_trace.h"))?
        .condition;
    (unit.condition(tree, header, condition, names) != Tri::False).then_some(condition)
}
