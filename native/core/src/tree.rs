//! The files of one kernel tree as far as they were looked at, and where each macro and type of theirs is defined.
//! Files are indexed once, when something first asks for them; nothing here decides what a file can see (that is [`crate::unit`]).

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::arch::Arch;
use crate::config::Config;
use crate::expand::{Macro, parse_define};
use crate::index::{FileIndex, TypeKind, index};
use crate::lex::{Interner, Sym, lex};

/// Gives the texts of a kernel tree. Paths are relative to its root, with `/`.
pub trait Files {
    /// The bytes of a file; `None` if there is none or it cannot be read.
    fn read(&self, path: &str) -> Option<Arc<[u8]>>;
    /// Whether there is such a file.
    fn contains(&self, path: &str) -> bool;
    /// Paths of all files with this last part, sorted.
    fn named(&self, name: &str) -> Vec<String>;
}

/// Number of a file in a [`Tree`].
pub type FileId = u16;

/// A definition: the file and the index in the list of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Site {
    /// The file.
    pub file: FileId,
    /// Index into `defines` or `types` of the file.
    pub item: u32,
}

/// One file that was read.
pub struct File {
    /// Its path.
    pub path: Rc<str>,
    /// What it declares.
    pub index: FileIndex,
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
    files: &'f dyn Files,
    loaded: Vec<File>,
    by_path: FxHashMap<Rc<str>, Option<FileId>>,
    macros: FxHashMap<Sym, Vec<Site>>,
    undefs: FxHashMap<Sym, Vec<Site>>,
    types: FxHashMap<(TypeKind, Sym), Vec<Site>>,
    enumerators: FxHashMap<Sym, Vec<Site>>,
    bodies: FxHashMap<Site, Option<Rc<Macro>>>,
    search: [String; 4],
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
            files,
            loaded: Vec::new(),
            by_path: FxHashMap::default(),
            macros: FxHashMap::default(),
            undefs: FxHashMap::default(),
            types: FxHashMap::default(),
            enumerators: FxHashMap::default(),
            bodies: FxHashMap::default(),
            search,
        }
    }

    /// A file that was read.
    pub fn file(&self, id: FileId) -> &File {
        &self.loaded[id as usize]
    }

    /// Files read so far.
    pub fn count(&self) -> usize {
        self.loaded.len()
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
        let text = id.and_then(|_| {
            if self.files.contains(path) {
                self.files.read(path)
            } else {
                None
            }
        });
        let path: Rc<str> = Rc::from(path);
        let (Some(id), Some(text)) = (id, text) else {
            self.by_path.insert(path, None);
            return None;
        };
        let index = index(text, names);
        let site = |item: usize| Site {
            file: id,
            item: item as u32,
        };
        for (i, define) in index.defines.iter().enumerate() {
            self.macros.entry(define.name).or_default().push(site(i));
        }
        for (i, (name, ..)) in index.undefs.iter().enumerate() {
            self.undefs.entry(*name).or_default().push(site(i));
        }
        for (i, definition) in index.types.iter().enumerate() {
            self.types
                .entry((definition.kind, definition.name))
                .or_default()
                .push(site(i));
        }
        for (name, item) in &index.enumerators {
            self.enumerators.entry(*name).or_default().push(site(*item as usize));
        }
        self.by_path.insert(path.clone(), Some(id));
        let includes = vec![Target::Unresolved; index.includes.len()];
        self.loaded.push(File { path, index, includes });
        Some(id)
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

    fn resolve(&self, path: &str, quoted: bool, from: &str, unit_dir: &str) -> Option<String> {
        let from_dir = directory(from);
        let hit = |candidate: String| self.files.contains(&candidate).then_some(candidate);
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
            let generic = ["include/asm-generic/", "include/uapi/asm-generic/"];
            if let Some(found) = generic.into_iter().find_map(|base| hit(format!("{base}{rest}"))) {
                return Some(found);
            }
        }
        if path.starts_with("generated/") || path.starts_with("asm/") || path.starts_with("linux/") {
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
    pub fn macro_sites(&self, name: Sym) -> &[Site] {
        self.macros.get(&name).map_or(&[], Vec::as_slice)
    }

    /// All places where a macro is undefined, as indices into `undefs`.
    pub fn undef_sites(&self, name: Sym) -> &[Site] {
        self.undefs.get(&name).map_or(&[], Vec::as_slice)
    }

    /// All definitions of a type in the files read so far.
    pub fn type_sites(&self, kind: TypeKind, name: Sym) -> &[Site] {
        self.types.get(&(kind, name)).map_or(&[], Vec::as_slice)
    }

    /// The enums that define a constant, as indices into `types`.
    pub fn enumerator_sites(&self, name: Sym) -> &[Site] {
        self.enumerators.get(&name).map_or(&[], Vec::as_slice)
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
