//! From the files of a kernel tree to its snapshot: which units create trace points, what their headers declare, how it
//! is laid out. The pipeline of the native side, read top to bottom in [`extract`].

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashSet, FxHasher};
use serde::Serialize;

use crate::arch::Arch;
use crate::arguments::null_args;
use crate::config::Config;
use crate::dependencies::{Dependencies, SourceFiles};
use crate::gather::Gathered;
use crate::index::ConditionId;
use crate::kbuild::{Kbuild, Makefiles, Ways};
use crate::lex::Interner;
use crate::memory::Memory;
use crate::reuse::{Creation, Found, Kept, Makes, UnitName};
use crate::snapshot::{Field, Kernel, Snapshot};
use crate::stages::Stages;
use crate::syscall_context::{self, contexts};
use crate::syscall_table::wired;
use crate::syscalls::{Era, defined};
use crate::trace_header::{Calls, read_ftrace_entries, read_header};
use crate::tree::{FileId, Files, Noted, Tree, directory};
use crate::types::{Context, Types};
use crate::unit::{Point, Tri, Unit};
use crate::unit_facts::{Causes, Prototypes, facts};

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

/// What was extracted, and where it came from.
pub struct Extraction {
    /// Everything that the source text says of tracepoints.
    pub snapshot: Snapshot,
    /// Which files it depends on.
    pub dependencies: Dependencies,
    /// Which definitions in the watched files it comes from.
    pub causes: Vec<Cause>,
    /// How many units' facts were taken over from the last kernel.
    pub taken_over: usize,
}

/// A definition in a watched file that a fact of an event comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// `system:name`; `system:*` for the values that its print formats name, `-:name` for a tracepoint.
    pub event: String,
    /// The field; empty for the rest of the event.
    pub subject: String,
    /// Path of the file.
    pub file: String,
    /// First and last line of the definition.
    pub lines: (u32, u32),
}

/// What an extraction is for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'p> {
    /// Everything. Definitions that facts come from are named for the watched files only: a kernel has too many.
    Facts {
        /// Paths of files.
        watched: &'p FxHashSet<String>,
    },
    /// Which files the facts depend on; records are not laid out, and the snapshot has next to nothing.
    Dependencies,
    /// Everything of one kernel after another: what was found out of the last one in the same scope is not found out again
    /// as far as it holds. Dependencies are not named.
    Successive {
        /// Tells apart what is never compared: architectures and configurations.
        scope: u64,
    },
}

/// What the source text of a kernel says of its tracepoints, and where it comes from; `Err` says why the tree is no kernel.
/// `memory` has what earlier kernels taught and makes this one cheaper; it may be empty.
pub fn extract(
    source: Source,
    purpose: Purpose,
    memory: &mut Memory,
    progress: Progress,
) -> Result<Extraction, String> {
    let Memory { names, indices, kept } = memory;
    let (scope, mut before) = match purpose {
        Purpose::Successive { scope } => (Some(scope), kept.remove(&scope).unwrap_or_default()),
        _ => (None, Kept::default()),
    };
    let mut makefiles: Makefiles = std::mem::take(&mut before.makefiles);
    let mut kbuild = Kbuild::new(source.files, source.arch, source.config.clone(), &mut makefiles);
    let mut tree = Tree::new(source.files, source.arch, source.config).with_indices(indices);
    match purpose {
        Purpose::Facts { watched } => tree.watch(watched.clone()),
        Purpose::Dependencies => {}
        Purpose::Successive { .. } => tree.restart_asked(),
    }
    let mut dependencies = Dependencies::default();
    let version = version(&mut tree, names).ok_or("no Makefile with a kernel version at its top")?;
    let stages = Stages::read(&mut tree, names).ok_or("no include/trace/trace_events.h (or ftrace.h)")?;
    dependencies.everywhere.extend(0..tree.count() as FileId);
    let calls = Calls::new(&stages, names);
    let mut types = Types::new(char_signed(&mut tree, names));
    let mut gathered = Gathered::default();
    let (common_fields, start) = common_fields(&mut tree, &mut types, names, &mut gathered);
    let mut keeping = scope.map(|_| {
        let common = digest(&stages, start, types.char_signed, names);
        before.of_next(common, &mut tree, names)
    });
    for path in [COMMON_FIELDS[0], COMMON_FIELDS[1], syscall_context::FILE] {
        if let Some(root) = tree.load(path, names) {
            let unit = Unit::new(&mut tree, root, names);
            dependencies.of_all(&tree, &unit);
        }
    }
    let mut reader = UnitReader {
        tree: &mut tree,
        kbuild: &mut kbuild,
        types: &mut types,
        gathered: &mut gathered,
        dependencies: &mut dependencies,
        keeping: keeping.as_mut(),
        prototypes: Prototypes::default(),
        names,
        start,
        purpose,
        taken_over: 0,
    };
    for (i, path) in source.creators.iter().enumerate() {
        progress(i, source.creators.len());
        reader.creator(path, &stages, &calls);
    }
    reader.function_tracer();
    reader.syscalls(source.syscalls);
    let taken_over = reader.taken_over;
    missing_parts(&mut kbuild, &mut gathered);
    for context in contexts(&mut tree, &mut types, names) {
        match context {
            Ok(context) => gathered.contexts.push(context),
            Err(why) => gathered.problem("unknown-type", why, syscall_context::FILE, None, None),
        }
    }
    nullable(&mut tree, &mut gathered, names, &mut dependencies);
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
    let causes = named(gathered.take_causes(), &tree);
    dependencies.name(&tree);
    if let (Some(scope), Some(mut now)) = (scope, keeping) {
        now.end(&tree, &types.constants);
        now.makefiles = makefiles;
        kept.insert(scope, now);
    }
    Ok(Extraction {
        snapshot: gathered.finish(kernel, common_fields),
        dependencies,
        causes,
        taken_over,
    })
}

/// Takes in the kernel's own table of arguments that may be NULL, on which all tracepoints depend.
fn nullable(tree: &mut Tree, gathered: &mut Gathered, names: &mut Interner, dependencies: &mut Dependencies) {
    let Some(table) = tree.load("kernel/bpf/btf.c", names) else {
        return;
    };
    dependencies.everywhere.push(table);
    let noted = tree.noted();
    tree.note(table, (1, u32::MAX));
    let text = String::from_utf8_lossy(&tree.file(table).index.text).into_owned();
    gathered.nullable(&null_args(&text), &tree.used_since(noted));
}

/// Causes with the paths of their files.
fn named(causes: Causes, tree: &Tree) -> Vec<Cause> {
    let each = causes.into_iter().flat_map(|((event, subject), used)| {
        used.into_iter()
            .map(move |used| (event.clone(), subject.clone(), used))
            .collect::<Vec<_>>()
    });
    each.map(|(event, subject, used)| Cause {
        event,
        subject,
        file: tree.file(used.file).path.to_string(),
        lines: used.lines,
    })
    .collect()
}

/// `VERSION.PATCHLEVEL.SUBLEVEL EXTRAVERSION` of the top Makefile.
fn version(tree: &mut Tree, names: &mut Interner) -> Option<String> {
    let makefile = tree.load("Makefile", names)?;
    version_of(&tree.file(makefile).index.text)
}

/// The version that a kernel's top Makefile says.
pub fn version_of(makefile: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(makefile);
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

/// Notes which parts of the kernel the tree lacks, as some imports of releases do.
fn missing_parts(kbuild: &mut Kbuild, gathered: &mut Gathered) {
    for directory in kbuild.missing() {
        let message = format!("the makefiles build '{directory}/', which is not there: its events are missing");
        gathered.problem("missing-directory", message, "Makefile", None, None);
        gathered.is_partial = true;
    }
}

/// A digest of what the facts of all units depend on, besides their own files.
fn digest(stages: &Stages, start: u64, char_signed: bool, names: &Interner) -> u64 {
    let mut hasher = FxHasher::default();
    stages.say(names, &mut hasher);
    (start, char_signed).hash(&mut hasher);
    hasher.finish()
}

/// Reads C files in the units in which they are compiled.
struct UnitReader<'r, 'f> {
    tree: &'r mut Tree<'f>,
    kbuild: &'r mut Kbuild<'f>,
    types: &'r mut Types,
    gathered: &'r mut Gathered,
    dependencies: &'r mut Dependencies,
    /// Facts of the last kernel that hold for this one, and those of this one for the next.
    keeping: Option<&'r mut Kept>,
    prototypes: Prototypes,
    names: &'r mut Interner,
    /// Bytes of the common fields.
    start: u64,
    purpose: Purpose<'r>,
    taken_over: usize,
}

impl UnitReader<'_, '_> {
    /// Takes in what a C file creates.
    fn creator(&mut self, path: &str, stages: &Stages, calls: &Calls) {
        let mut seen = SourceFiles::of(path);
        for (root, ways) in self.roots(path) {
            let name = UnitName {
                makes: Makes::TracePoints,
                file: path.to_owned(),
                root,
            };
            if let Some(known) = self.keeping.as_ref().and_then(|kept| kept.find(&name))
                && self.is_next(&known)
            {
                for Creation { header, when } in &known.created {
                    self.gathered.created(header, &ways, when.clone());
                }
                self.gathered.take(&known.headers);
                self.taken_over += 1;
                continue;
            }
            let noted = self.begin();
            let Some((mut unit, file)) = self.unit(&name) else {
                continue;
            };
            let mut found = Found::default();
            let mut texts = Vec::new();
            let mut read = Vec::new();
            for Created { header, at, when } in created(self.tree, &mut unit, file, self.names) {
                let path = self.tree.file(header).path.clone();
                seen.share([&*path]);
                found.created.push(Creation {
                    header: path.to_string(),
                    when: when.clone(),
                });
                if self.gathered.created(&path, &ways, when) {
                    let noted = self.tree.noted();
                    let mut facts = read_header(self.tree, &mut unit, stages, calls, (header, at), self.names);
                    facts.used = self.tree.used_since(noted);
                    seen.share(facts.events.iter().map(|event| event.system.as_str()));
                    texts.append(&mut facts.texts);
                    read.push((header, facts));
                }
            }
            seen.see(self.tree, &unit);
            let mut is_own = true;
            if !matches!(self.purpose, Purpose::Dependencies) {
                let refused = self.types.refused.len();
                let mut context = Context::new(self.tree, &mut unit, self.types);
                found.headers = facts(&read, self.start, &mut context, &mut self.prototypes, self.names);
                // What names lines of other files is said again each time.
                is_own = self.types.refused.len() == refused
                    && found.headers.iter().all(|header| header.problems.is_empty());
                self.gathered.take(&found.headers);
            }
            if let Some(kept) = &mut self.keeping
                && is_own
            {
                kept.keep(name, &Arc::new(found), self.tree, &unit, &texts, noted);
            }
        }
        seen.is_stray = self.kbuild.is_stray(path);
        self.dependencies.sources.push(seen);
    }

    /// Takes in the entries of the function tracer and its like, which no unit creates as trace points.
    fn function_tracer(&mut self) {
        let export = "kernel/trace/trace_export.c";
        let ways = self.kbuild.source(export);
        let Some(root) = self.tree.load(export, self.names) else {
            return;
        };
        let Some(entries) = self.tree.load("kernel/trace/trace_entries.h", self.names) else {
            return;
        };
        if ways.is_empty() {
            return;
        }
        let mut unit = Unit::new(self.tree, root, self.names);
        self.dependencies.everywhere.push(entries);
        self.dependencies.of_all(self.tree, &unit);
        self.gathered.created(&self.tree.file(entries).path, &ways, None);
        let header = read_ftrace_entries(self.tree, &mut unit, entries, self.names);
        let mut context = Context::new(self.tree, &mut unit, self.types);
        let found = facts(
            &[(entries, header)],
            self.start,
            &mut context,
            &mut self.prototypes,
            self.names,
        );
        self.gathered.take(&found);
    }

    /// Takes in the events of all system calls that the architecture wires up and the configuration builds.
    fn syscalls(&mut self, paths: &[String]) {
        let known = self.tree.count() as FileId;
        let (era, wired) = (Era::of(self.tree, self.names), wired(self.tree, self.names));
        let everywhere = known..self.tree.count() as FileId;
        self.dependencies.everywhere.extend(everywhere);
        let Some(era) = era else {
            return;
        };
        let Some(wired) = wired else {
            let message = format!(
                "no table of the system calls of {}: their events are missing",
                self.tree.arch.name
            );
            self.gathered
                .problem("no-syscall-table", message, syscall_context::FILE, None, None);
            self.gathered.is_partial = true;
            return;
        };
        let word = self.tree.arch.word_bits / 8;
        let mut done = FxHashSet::default();
        for path in paths {
            let mut seen = SourceFiles::of(path);
            for (root, ways) in self.roots(path) {
                let name = UnitName {
                    makes: Makes::SystemCalls,
                    file: path.clone(),
                    root,
                };
                let found = self.syscalls_of(name, &mut seen);
                for call in found.iter().flat_map(|found| &found.syscalls) {
                    if wired.contains(&call.name) && done.insert(call.name.clone()) {
                        self.gathered.syscall(call, era, self.start, word, &ways);
                    }
                }
            }
            seen.is_stray = self.kbuild.is_stray(path);
            self.dependencies.sources.push(seen);
        }
    }

    /// The system calls of one unit.
    fn syscalls_of(&mut self, name: UnitName, seen: &mut SourceFiles) -> Option<Arc<Found>> {
        if let Some(known) = self.keeping.as_ref().and_then(|kept| kept.find(&name)) {
            self.taken_over += 1;
            return Some(known);
        }
        let noted = self.begin();
        let (mut unit, file) = self.unit(&name)?;
        seen.see(self.tree, &unit);
        let found = Arc::new(Found {
            syscalls: defined(self.tree, &mut unit, file, self.names),
            ..Found::default()
        });
        if let Some(kept) = &mut self.keeping {
            kept.keep(name, &found, self.tree, &unit, &[], noted);
        }
        Some(found)
    }

    /// Whether the headers that a unit has read when its facts were found out are those that it would read now: each header
    /// is read in the first unit that creates its trace points.
    fn is_next(&self, known: &Found) -> bool {
        let created = known.created.iter().map(|creation| creation.header.as_str());
        let new = created.filter(|header| self.gathered.is_new(header));
        new.eq(known.headers.iter().map(|header| header.path.as_str()))
    }

    /// Begins to find out the facts of a unit.
    fn begin(&mut self) -> Noted {
        if self.keeping.is_some() {
            self.tree.restart_asked();
        }
        self.tree.noted()
    }

    /// The files that the compiler is called for to compile a C file, itself or those that include it, and the ways in
    /// which each is built.
    fn roots(&mut self, path: &str) -> Vec<(String, Ways)> {
        let own = self.kbuild.source(path);
        if own.is_empty() {
            self.kbuild.includers(path)
        } else {
            vec![(path.to_owned(), own)]
        }
    }

    /// A unit, and the number of the C file that it is read for.
    fn unit(&mut self, name: &UnitName) -> Option<(Unit, FileId)> {
        let root = self.tree.load(&name.root, self.names)?;
        let unit = Unit::new(self.tree, root, self.names);
        let file = self.tree.load(&name.file, self.names)?;
        unit.sees(file).then_some((unit, file))
    }
}

/// Where `struct trace_entry` stands, of now and of before 3.19.
const COMMON_FIELDS: [&str; 2] = ["include/linux/trace_events.h", "include/linux/ftrace_event.h"];

/// The fields of `struct trace_entry` and the bytes they take.
fn common_fields(
    tree: &mut Tree,
    types: &mut Types,
    names: &mut Interner,
    gathered: &mut Gathered,
) -> (Vec<Field>, u64) {
    let path = COMMON_FIELDS.into_iter().find(|p| tree.contains(p));
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
    tree.ask(name);
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
