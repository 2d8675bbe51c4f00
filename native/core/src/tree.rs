//! The files of one kernel tree as far as they were looked at, and where each macro and type of theirs is defined.
//! Files are indexed once, when something first asks for them; nothing here decides what a file can see (that is [`crate::unit`]).

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::arch::Arch;
use crate::asked::{Asked, Stretch};
use crate::config::Config;
use crate::expand::{Macro, parse_define};
use crate::index::{FileIndex, TypeKind, index};
use crate::lex::{Interner, Sym, lex};
use crate::memory::{Content, Indices};
use crate::sites::{Role, Site, Sites};

/// Gives the texts of a kernel tree. Paths are relative to its root, with `/`.
pub trait Files {
    /// The bytes of a file; `None` if there is none or it cannot be read.
    fn read(&self, path: &str) -> Option<Arc<[u8]>>;
    /// Names the content of a file, if that is known without reading it.
    fn content(&self, _path: &str) -> Option<Content> {
        None
    }
    /// The bytes of a file of another tree, if they are at hand.
    fn text_of(&self, _content: Content) -> Option<Arc<[u8]>> {
        None
    }
    /// Whether there is such a file.
    fn contains(&self, path: &str) -> bool;
    /// Paths of all files with this last part, sorted.
    fn named(&self, name: &str) -> Vec<String>;
    /// The file that `#include "name"` in `from` means, where that is known already; else it is searched for as in a kernel.
    fn included(&self, _name: &str, _from: &str) -> Option<String> {
        None
    }
}

/// Number of a file in a [`Tree`].
pub type FileId = u16;

/// Lines of a watched file that a fact was made from: a definition that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Used {
    /// The file.
    pub file: FileId,
    /// Its first and last line.
    pub lines: (u32, u32),
}

/// One file that was read.
pub struct File {
    /// Its path.
    pub path: Rc<str>,
    /// What it declares.
    pub index: Arc<FileIndex>,
    /// Where each of its includes leads.
    includes: Vec<Target>,
}

/// Where an include leads.
#[derive(Clone, Copy)]
enum Target {
    /// Nobody asked yet.
    Unresolved,
    /// To no file of the tree.
    Nowhere,
    /// To this file.
    To(FileId),
}

/// The files of one kernel tree.
pub struct Tree<'f> {
    /// Architecture whose headers `asm/` means.
    pub arch: &'static Arch,
    /// The configuration, if there is one.
    pub config: Option<Config>,
    /// The build may define macros that no file defines (`-DNAME`), so whether those hold is not known. False for kernels.
    pub is_open: bool,
    /// A file may get what it does not include by other ways, so the only definition in all files is meant. False for kernels.
    pub is_loose: bool,
    files: &'f dyn Files,
    indices: Option<&'f mut Indices>,
    loaded: Vec<File>,
    /// Paths of files that are there and could not be read.
    unread: Vec<String>,
    by_path: FxHashMap<Rc<str>, Option<FileId>>,
    sites: Sites,
    bodies: FxHashMap<Site, Option<Rc<Macro>>>,
    search: [String; 4],
    /// Paths of files of which uses are noted.
    watched: FxHashSet<String>,
    /// The same by number, for the files read so far.
    is_watched: Vec<bool>,
    used: Vec<Used>,
    asked: RefCell<Asked>,
}

/// How much was noted at some point: of uses, and of names that were asked for.
#[derive(Debug, Clone, Copy)]
pub struct Noted {
    used: usize,
    asked: u32,
}

impl<'f> Tree<'f> {
    /// A tree of which nothing was read yet.
    pub fn new(files: &'f dyn Files, arch: &'static Arch, config: Option<Config>) -> Self {
        let search = [
            format!("arch/{}/include/", arch.directory),
            "include/".to_owned(),
            format!("arch/{}/include/uapi/", arch.directory),
            "include/uapi/".to_owned(),
        ];
        Tree {
            arch,
            config,
            is_open: false,
            is_loose: false,
            files,
            indices: None,
            loaded: Vec::new(),
            unread: Vec::new(),
            by_path: FxHashMap::default(),
            sites: Sites::default(),
            bodies: FxHashMap::default(),
            search,
            watched: FxHashSet::default(),
            is_watched: Vec::new(),
            used: Vec::new(),
            asked: RefCell::default(),
        }
    }

    /// The tree, with what is known of files from other trees.
    #[must_use]
    pub fn with_indices(self, indices: &'f mut Indices) -> Self {
        Tree {
            indices: Some(indices),
            ..self
        }
    }

    /// Notes from now on which definitions in these files are used.
    pub fn watch(&mut self, paths: FxHashSet<String>) {
        self.is_watched = self.loaded.iter().map(|file| paths.contains(&*file.path)).collect();
        self.watched = paths;
    }

    /// Notes that a definition was used, if it stands in a watched file.
    pub fn note(&mut self, file: FileId, lines: (u32, u32)) {
        if self.is_watched.get(file as usize) == Some(&true) && lines.0 > 0 {
            let used = Used { file, lines };
            if self.used.last() != Some(&used) {
                self.used.push(used);
            }
        }
    }

    /// Notes that a macro was used.
    pub fn note_body(&mut self, definition: &Macro) {
        if let (Some(first), Some(last)) = (definition.body.first(), definition.body.last()) {
            self.note(first.file, (first.line, last.line));
        }
    }

    /// Notes what was noted when the same was asked before.
    pub fn note_again(&mut self, used: &[Used]) {
        self.used.extend_from_slice(used);
    }

    /// How much was noted so far; for [`Tree::used_since`] and [`Tree::asked_since`].
    pub fn noted(&self) -> Noted {
        Noted {
            used: self.used.len(),
            asked: self.asked.borrow().end(),
        }
    }

    /// Forgets which names were asked for, and keeps from now on which are.
    pub fn restart_asked(&mut self) {
        self.asked.get_mut().restart();
    }

    /// The names of macros, types and constants that were asked for since a point, sorted, each once.
    pub fn asked_since(&self, noted: Noted) -> Rc<[Sym]> {
        self.asked.borrow().since(noted.asked)
    }

    /// What was asked since a point, for [`Tree::ask_again`].
    pub fn stretch_since(&self, noted: Noted) -> Stretch {
        (noted.asked, self.asked.borrow().end())
    }

    /// Notes that a fact depends on what a name means, for whoever looks into the index of a file by itself.
    pub fn ask(&self, name: Sym) {
        self.asked.borrow_mut().name(name);
    }

    /// Notes that something was answered from the memory of a unit.
    pub fn ask_again(&self, stretch: Stretch) {
        self.asked.borrow_mut().again(stretch);
    }

    /// Notes that something was answered from what an earlier unit found out.
    pub fn ask_known(&self, names: &Rc<[Sym]>) {
        self.asked.borrow_mut().known(names);
    }

    /// What was used since a point, without repetitions.
    pub fn used_since(&self, noted: Noted) -> Vec<Used> {
        let mut used = self.used[noted.used..].to_vec();
        used.sort_unstable();
        used.dedup();
        used
    }

    /// The lines that the definition of a type takes.
    pub fn lines_of_type(&self, site: Site) -> (u32, u32) {
        let index = &self.file(site.file).index;
        let definition = index.types[site.item as usize];
        let text = &index.text[definition.range.0 as usize..definition.range.1 as usize];
        let breaks = memchr::memchr_iter(b'\n', text).count() as u32;
        (definition.line, definition.line + breaks)
    }

    /// A file that was read.
    pub fn file(&self, id: FileId) -> &File {
        &self.loaded[id as usize]
    }

    /// Files read so far.
    pub fn count(&self) -> usize {
        self.loaded.len()
    }

    /// Paths of the files that are there and could not be read.
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Whether the tree has a file, read or not.
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Reads and indexes a file; `None` if there is none, or if more files were read than a kernel can need.
    pub fn load(&mut self, path: &str, names: &mut Interner) -> Option<FileId> {
        if let Some(&known) = self.by_path.get(path) {
            return known;
        }
        let id = FileId::try_from(self.loaded.len()).ok().filter(|&n| n < FileId::MAX);
        let files = self.files;
        let index = id.filter(|_| files.contains(path)).and_then(|_| {
            let read = || files.read(path);
            match &mut self.indices {
                Some(indices) => indices.get(files.content(path), read, names),
                None => read().map(|text| Arc::new(index(text, names))),
            }
        });
        if index.is_none() && files.contains(path) {
            self.unread.push(path.to_owned());
        }
        let path: Rc<str> = Rc::from(path);
        let (Some(id), Some(index)) = (id, index) else {
            self.by_path.insert(path, None);
            return None;
        };
        let site = |item: usize| Site {
            file: id,
            item: item as u32,
        };
        for (i, define) in index.defines.iter().enumerate() {
            self.sites.push(Role::Macro, define.name, site(i));
        }
        for (i, (name, ..)) in index.undefs.iter().enumerate() {
            self.sites.push(Role::Undef, *name, site(i));
        }
        for (i, definition) in index.types.iter().enumerate() {
            self.sites.push(Role::Type(definition.kind), definition.name, site(i));
        }
        for (name, item) in &index.enumerators {
            self.sites.push(Role::Enumerator, *name, site(*item as usize));
        }
        self.by_path.insert(path.clone(), Some(id));
        let includes = vec![Target::Unresolved; index.includes.len()];
        self.is_watched.push(self.watched.contains(&*path));
        self.loaded.push(File { path, index, includes });
        Some(id)
    }

    /// What a file declares, without making it one of the files that were read.
    pub fn peek(&mut self, path: &str, names: &mut Interner) -> Option<Arc<FileIndex>> {
        let files = self.files;
        let content = files.content(path);
        self.indices.as_mut()?.get(content, || files.read(path), names)
    }

    /// What was declared in a file of an earlier kernel, as far as its text can still be had.
    pub fn recall(&mut self, content: Content, names: &mut Interner) -> Option<Arc<FileIndex>> {
        let files = self.files;
        self.indices
            .as_mut()?
            .get(Some(content), || files.text_of(content), names)
    }

    /// The files as they lie in the tree.
    pub fn files(&self) -> &'f dyn Files {
        self.files
    }

    /// The file that the n-th include of a file means; `unit_dir` is the directory the compiler runs for (`-I$(src)`).
    pub fn include(&mut self, from: FileId, n: usize, unit_dir: &str, names: &mut Interner) -> Option<FileId> {
        match self.loaded[from as usize].includes[n] {
            Target::Unresolved => {}
            Target::Nowhere => return None,
            Target::To(file) => return Some(file),
        }
        let file = &self.loaded[from as usize];
        let include = &file.index.includes[n];
        let (path, quoted, from_path) = (include.path.clone(), include.quoted, file.path.clone());
        let found = if path.is_empty() {
            None
        } else {
            self.resolve(&path, quoted, &from_path, unit_dir)
        };
        let id = found.and_then(|p| self.load(&p, names));
        self.loaded[from as usize].includes[n] = id.map_or(Target::Nowhere, Target::To);
        id
    }

    /// All files of the tree that an include may mean, whoever includes it; see [`Tree::include`].
    pub fn candidates(&self, path: &str, quoted: bool) -> Vec<String> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let suffix = format!("/{}", path.trim_start_matches("../"));
        let mut found = self.files.named(name);
        found.retain(|file| file.ends_with(&suffix) || file == path);
        if !quoted && is_of_kernel(path) {
            found.retain(|file| {
                self.search
                    .iter()
                    .any(|base| file.strip_prefix(base.as_str()) == Some(path))
            });
        }
        if let Some(rest) = path.strip_prefix("asm/") {
            let generic = GENERIC.map(|base| format!("{base}{rest}"));
            found.extend(generic.into_iter().filter(|file| self.contains(file)));
        }
        found
    }

    fn resolve(&self, path: &str, quoted: bool, from: &str, unit_dir: &str) -> Option<String> {
        let from_dir = directory(from);
        let hit = |candidate: String| self.files.contains(&candidate).then_some(candidate);
        if let Some(known) = self.files.included(path, from) {
            return hit(known);
        }
        if quoted && let Some(found) = hit(join(from_dir, path)?) {
            return Some(found);
        }
        for base in &self.search {
            if let Some(found) = hit(join(base, path)?) {
                return Some(found);
            }
        }
        if let Some(rest) = path.strip_prefix("asm/") {
            // `generic-y += x.h`: the build writes a wrapper that includes the generic header.
            if let Some(found) = GENERIC.into_iter().find_map(|base| hit(format!("{base}{rest}"))) {
                return Some(found);
            }
        }
        if is_of_kernel(path) {
            return None;
        }
        if let Some(found) = join(unit_dir, path).and_then(hit) {
            return Some(found);
        }
        // Directories added by `ccflags-y += -I...`: the file of that name that is nearest to the one that includes it.
        let name = path.rsplit('/').next()?;
        let suffix = format!("/{}", path.trim_start_matches("../"));
        self.files
            .named(name)
            .into_iter()
            .filter(|p| p.ends_with(&suffix))
            .max_by_key(|p| (common_parts(p, from), std::cmp::Reverse(p.clone())))
            .filter(|p| common_parts(p, from) > 0)
    }

    /// All definitions of a macro in the files read so far.
    pub fn macro_sites(&self, name: Sym) -> Vec<Site> {
        self.ask(name);
        self.sites.of(Role::Macro, name)
    }

    /// All places where a macro is undefined, as indices into `undefs`.
    pub fn undef_sites(&self, name: Sym) -> Vec<Site> {
        self.ask(name);
        self.sites.of(Role::Undef, name)
    }

    /// All definitions of a type in the files read so far.
    pub fn type_sites(&self, kind: TypeKind, name: Sym) -> Vec<Site> {
        self.ask(name);
        self.sites.of(Role::Type(kind), name)
    }

    /// The enums that define a constant, as indices into `types`.
    pub fn enumerator_sites(&self, name: Sym) -> Vec<Site> {
        self.ask(name);
        self.sites.of(Role::Enumerator, name)
    }

    /// The parsed definition of a macro; `None` if its text is no definition.
    pub fn macro_body(&mut self, site: Site, names: &mut Interner) -> Option<Rc<Macro>> {
        if let Some(known) = self.bodies.get(&site) {
            return known.clone();
        }
        let file = &self.loaded[site.file as usize];
        let define = file.index.defines[site.item as usize];
        let text = &file.index.text[define.range.0 as usize..define.range.1 as usize];
        let tokens = lex(text, site.file, define.line, names);
        let parsed = parse_define(&tokens, names).map(Rc::new);
        self.bodies.insert(site, parsed.clone());
        parsed
    }
}

/// Where the headers lie that stand for those that an architecture does not have.
const GENERIC: [&str; 2] = ["include/asm-generic/", "include/uapi/asm-generic/"];

/// Whether an include names one of the kernel's own headers, which lie in the directories for them and nowhere else.
fn is_of_kernel(path: &str) -> bool {
    ["generated/", "asm/", "linux/"].iter().any(|dir| path.starts_with(dir))
}

/// The directory part of a path, without the last slash.
pub fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// `base` and `path` as one path, with `.` and `..` taken out; `None` if it leaves the tree.
pub fn join(base: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn common_parts(a: &str, b: &str) -> usize {
    directory(a)
        .split('/')
        .zip(directory(b).split('/'))
        .take_while(|(x, y)| x == y)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths_within_the_tree() {
        let cases = [
            ("fs/xfs", "./xfs_trace.h", Some("fs/xfs/xfs_trace.h")),
            ("fs/xfs/", "../../include/x.h", Some("include/x.h")),
            ("", "a.h", Some("a.h")),
            ("fs", "../../etc/passwd", None),
        ];
        for (base, path, want) in cases {
            assert_eq!(join(base, path).as_deref(), want, "{base} {path}");
        }
    }
}
