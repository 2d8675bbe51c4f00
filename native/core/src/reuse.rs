//! Facts of an earlier kernel that hold for the next one. Successive releases differ in a few hundred files, and what one of
//! their C files makes of its trace headers depends on the texts of these headers and on what the names in them mean.
//! So the facts of a unit are kept together with the files it includes and every name that was asked for; they hold until
//! one of its texts changes, one of its files includes something else, or a definition of one of these names changes.
//!
//! Errs on one side only: facts may be found out again though nothing changed, never the other way round. Where a type means
//! something else in one unit than in another, which no kernel wants, each keeps what it found; reading all anew, the first
//! unit that asks decides for all ([`crate::types`]).

mod saved;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use serde::{Deserialize, Serialize};

use crate::index::{ConditionId, FileIndex, Test, TypeKind};
use crate::kbuild::Makefiles;
use crate::lex::{Interner, Sym};
use crate::memory::Content;
use crate::syscalls::{Syscall, text_of};
use crate::tree::{FileId, Noted, Tree};
use crate::unit::Unit;
use crate::unit_facts::HeaderFacts;

/// A trace header whose trace points a unit creates.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Creation {
    /// Its path.
    pub header: String,
    /// The condition under which they are created.
    pub when: Option<String>,
}

/// What a unit was found to make.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// The headers whose trace points it creates.
    pub created: Vec<Creation>,
    /// The facts of those that no unit before it had created.
    pub headers: Vec<HeaderFacts>,
    /// The system calls that it defines.
    pub syscalls: Vec<Syscall>,
}

/// What a unit is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Makes {
    /// The trace points that it creates.
    TracePoints,
    /// The system calls that it defines.
    SystemCalls,
}

/// Which unit, and what it is read for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnitName {
    /// What it is read for.
    pub makes: Makes,
    /// Path of the C file that makes it.
    pub file: String,
    /// Path of the C file that the compiler is called for: the same, or one that includes it.
    pub root: String,
}

/// The facts of a unit with what they depend on.
struct KeptUnit {
    found: Arc<Found>,
    /// The files that it includes.
    sees: FileSet,
    /// The files of which every byte counts.
    texts: Vec<u32>,
    /// The names that were asked for, sorted.
    names: Vec<Sym>,
}

impl KeptUnit {
    /// Puts system calls where they stand now, of which nothing else has changed.
    fn follow(&mut self, now: &FileIndex) {
        let moved = self.found.syscalls.iter().cloned().map(|mut call| {
            if let Some(definition) = now.syscalls.get(call.nth) {
                call.location.line = definition.line;
            }
            call
        });
        self.found = Arc::new(Found {
            syscalls: moved.collect(),
            ..Found::default()
        });
    }
}

/// The facts of one kernel, and its files as far as they depend on them.
#[derive(Default)]
pub struct Kept {
    /// A digest of what all facts depend on.
    common: u64,
    files: Vec<(Arc<str>, Content)>,
    by_path: FxHashMap<Arc<str>, u32>,
    /// Paths as they are included, and whether in quotes: a digest of the files of the tree that it can mean, and who
    /// includes it.
    included: FxHashMap<(String, bool), (u64, FileSet)>,
    /// Constants that would stand for others if they were macros.
    constants: FxHashSet<Sym>,
    units: FxHashMap<UnitName, KeptUnit>,
    /// Files that are there and could not be read.
    unread: Vec<(String, Option<Content>)>,
    /// What its makefiles say.
    pub makefiles: Makefiles,
    /// Numbers of this kernel's files in `files`.
    numbers: Vec<Option<u32>>,
}

impl Kept {
    /// What of an earlier kernel's facts holds for this tree; `common` is a digest of what all facts depend on.
    #[must_use]
    pub fn of_next(mut self, common: u64, tree: &mut Tree, names: &mut Interner) -> Self {
        if self.common != common {
            return Kept {
                common,
                ..Kept::default()
            };
        }
        let (mut touched, mut reshaped) = (FileSet::default(), FileSet::default());
        let mut changes = Changes::default();
        let mut moved: FxHashMap<String, Arc<FileIndex>> = FxHashMap::default();
        for number in 0..self.files.len() as u32 {
            let (path, content) = self.files[number as usize].clone();
            let now = tree.files().content(&path);
            if now == Some(content) {
                continue;
            }
            touched.insert(number);
            let before = tree.recall(content, names);
            let after = now.and_then(|_| tree.peek(&path, names));
            let same_shape = match (&before, &after) {
                (Some(before), Some(after)) => changes.between(before, after),
                _ => false,
            };
            if !same_shape {
                reshaped.insert(number);
            }
            self.files[number as usize].1 = now.unwrap_or_default();
            if let Some(after) = after {
                self.note_includes(number, &after, tree);
                if !after.syscalls.is_empty() {
                    moved.insert(path.to_string(), after);
                }
            }
        }
        for (path, content) in std::mem::take(&mut self.unread) {
            // It is asked for again, so that it is a problem of this kernel, too.
            let is_same = tree.files().content(&path) == content && tree.peek(&path, names).is_none();
            if is_same {
                self.unread.push((path, content));
            } else {
                let same_name = self
                    .included
                    .iter()
                    .filter(|((other, _), _)| last_part(other) == last_part(&path));
                same_name.for_each(|(_, (_, by))| reshaped.extend(by));
            }
        }
        for ((path, quoted), (known, by)) in &mut self.included {
            let now = digest(&tree.candidates(path, *quoted));
            if now != *known {
                *known = now;
                reshaped.extend(by);
            }
        }
        self.numbers.clear();
        if changes.macros.iter().any(|name| self.constants.contains(name)) {
            self.units.clear();
        }
        self.units.retain(|_, unit| {
            !unit.sees.meets(&reshaped)
                && !unit.texts.iter().any(|text| touched.contains(*text))
                && !changes.names.iter().any(|name| unit.names.binary_search(name).is_ok())
        });
        for (name, unit) in &mut self.units {
            if name.makes == Makes::SystemCalls
                && let Some(now) = moved.get(&name.file)
            {
                unit.follow(now);
            }
        }
        self
    }

    /// The facts of a unit, if they still hold.
    pub fn find(&self, name: &UnitName) -> Option<Arc<Found>> {
        self.units.get(name).map(|unit| unit.found.clone())
    }

    /// Keeps the facts of a unit that were found out since `noted`. Files without a content id cannot be told from others,
    /// and then nothing is kept.
    pub fn keep(
        &mut self,
        name: UnitName,
        found: &Arc<Found>,
        tree: &Tree,
        unit: &Unit,
        texts: &[FileId],
        noted: Noted,
    ) {
        let mut sees = FileSet::default();
        for file in (0..tree.count() as FileId).filter(|file| unit.sees(*file)) {
            let Some(number) = self.number(tree, file) else { return };
            sees.insert(number);
        }
        let texts = texts.iter().map(|file| self.number(tree, *file));
        let Some(texts) = texts.collect::<Option<Vec<u32>>>() else {
            return;
        };
        let kept = KeptUnit {
            found: found.clone(),
            sees,
            texts,
            names: tree.asked_since(noted).to_vec(),
        };
        self.units.insert(name, kept);
    }

    /// Ends a kernel: notes which files could not be read, and constants that would stand for others if they were macros.
    pub fn end(&mut self, tree: &Tree, constants: &FxHashSet<Sym>) {
        self.constants.extend(constants);
        for path in tree.unread() {
            if !self.unread.iter().any(|(known, _)| known == path) {
                self.unread.push((path.clone(), tree.files().content(path)));
            }
        }
    }

    fn number(&mut self, tree: &Tree, file: FileId) -> Option<u32> {
        if self.numbers.len() <= file as usize {
            self.numbers.resize(tree.count(), None);
        }
        if let Some(number) = self.numbers[file as usize] {
            return Some(number);
        }
        let path = &*tree.file(file).path;
        let number = match self.by_path.get(path) {
            Some(number) => *number,
            None => {
                let content = tree.files().content(path)?;
                let number = self.files.len() as u32;
                let path: Arc<str> = Arc::from(path);
                self.files.push((path.clone(), content));
                self.by_path.insert(path, number);
                self.note_includes(number, &tree.file(file).index, tree);
                number
            }
        };
        self.numbers[file as usize] = Some(number);
        Some(number)
    }

    fn note_includes(&mut self, number: u32, index: &FileIndex, tree: &Tree) {
        for include in index.includes.iter().filter(|include| !include.path.is_empty()) {
            let (_, by) = self
                .included
                .entry((include.path.clone(), include.quoted))
                .or_insert_with(|| {
                    (
                        digest(&tree.candidates(&include.path, include.quoted)),
                        FileSet::default(),
                    )
                });
            by.insert(number);
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn digest(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// A set of file numbers.
#[derive(Debug, Default, Clone)]
struct FileSet(Vec<u64>);

impl FileSet {
    fn insert(&mut self, number: u32) {
        let word = number as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn contains(&self, number: u32) -> bool {
        self.0
            .get(number as usize / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    fn extend(&mut self, other: &FileSet) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn meets(&self, other: &FileSet) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }
}

/// Names that mean something else in the next kernel.
#[derive(Default)]
struct Changes {
    names: FxHashSet<Sym>,
    /// Those of them that are macros in one of the kernels.
    macros: FxHashSet<Sym>,
}

/// A definition or an include of a file: what it is called, and a digest of all that it says, its conditions included.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Item {
    at: u32,
    key: Key,
    says: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Include,
    SystemCall,
    Macro(Sym),
    Type(TypeKind, Sym),
}

impl Changes {
    /// Notes the names whose definitions differ between two states of a file. False if more than definitions differ: what
    /// it includes, its system calls, its guard, or the order of what stayed.
    fn between(&mut self, before: &FileIndex, after: &FileIndex) -> bool {
        let (old, new) = (items(before), items(after));
        let mut said: FxHashMap<Key, (Vec<u64>, Vec<u64>)> = FxHashMap::default();
        for item in &old {
            said.entry(item.key).or_default().0.push(item.says);
        }
        for item in &new {
            said.entry(item.key).or_default().1.push(item.says);
        }
        let changed: FxHashSet<Key> = said
            .into_iter()
            .filter(|(_, (before, after))| before != after)
            .map(|(key, _)| key)
            .collect();
        for key in &changed {
            match *key {
                Key::Include | Key::SystemCall => {}
                Key::Macro(name) => {
                    self.names.insert(name);
                    self.macros.insert(name);
                }
                Key::Type(_, name) => {
                    self.names.insert(name);
                }
            }
        }
        for index in [before, after] {
            let constants = index.enumerators.iter().filter(|(_, item)| {
                let definition = &index.types[*item as usize];
                changed.contains(&Key::Type(definition.kind, definition.name))
            });
            self.names.extend(constants.map(|(name, _)| *name));
        }
        let stayed = |items: &[Item]| -> Vec<(Key, u64)> {
            let kept = items.iter().filter(|item| !changed.contains(&item.key));
            kept.map(|item| (item.key, item.says)).collect()
        };
        let same = [Key::Include, Key::SystemCall].iter().all(|key| !changed.contains(key));
        same && before.guard == after.guard && stayed(&old) == stayed(&new)
    }
}

/// What a file declares, in order.
fn items(index: &FileIndex) -> Vec<Item> {
    let conditions = conditions(index);
    let text = |(from, to): (u32, u32)| &index.text[from as usize..to as usize];
    let under = |condition: ConditionId| conditions[condition as usize];
    let mut items: Vec<Item> = Vec::new();
    for include in &index.includes {
        items.push(Item {
            at: include.at,
            key: Key::Include,
            says: digest(&(&include.path, include.quoted, under(include.condition))),
        });
    }
    for define in &index.defines {
        items.push(Item {
            at: define.range.0,
            key: Key::Macro(define.name),
            says: digest(&(text(define.range), under(define.condition))),
        });
    }
    for definition in &index.syscalls {
        items.push(Item {
            at: definition.at,
            key: Key::SystemCall,
            says: digest(&(text_of(&index.text, *definition), under(definition.condition))),
        });
    }
    for (name, condition, at) in &index.undefs {
        items.push(Item {
            at: *at,
            key: Key::Macro(*name),
            says: digest(&("#undef", under(*condition))),
        });
    }
    for definition in &index.types {
        items.push(Item {
            at: definition.range.0,
            key: Key::Type(definition.kind, definition.name),
            says: digest(&(text(definition.range), under(definition.condition), definition.pack)),
        });
    }
    items.sort_by_key(|item| item.at);
    items
}

/// A digest of each condition of a file with those that it stands under.
fn conditions(index: &FileIndex) -> Vec<u64> {
    let mut known: Vec<u64> = Vec::with_capacity(index.conditions.len());
    for condition in &index.conditions {
        let test = |test: &Option<Test>| match test {
            None => digest("else"),
            Some(Test::Defined(name)) => digest(&("defined", name)),
            Some(Test::Undefined(name)) => digest(&("undefined", name)),
            Some(Test::Expression(from, to)) => digest(&index.text[*from as usize..*to as usize]),
        };
        let earlier: Vec<u64> = condition
            .earlier
            .iter()
            .map(|id| test(&index.conditions[*id as usize].test))
            .collect();
        // A condition stands behind those that it depends on.
        let parent = known.get(condition.parent as usize).copied().unwrap_or_default();
        known.push(digest(&(parent, earlier, test(&condition.test))));
    }
    known
}
