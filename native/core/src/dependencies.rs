//! Which files the facts of each C file came from, so that after a change only what it touches is read again.
//! Errs on one side only: a file may be named though nothing of it counted, never the other way round.

use serde::{Deserialize, Serialize};

use crate::tree::{FileId, Tree};
use crate::unit::Unit;

/// Where the facts of one kernel tree came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependencies {
    /// Paths of all files that were read as source.
    pub paths: Vec<String>,
    /// Files that every fact depends on, as indices into `paths`.
    pub everywhere: Vec<FileId>,
    /// The C files that make trace points or system calls.
    pub sources: Vec<SourceFiles>,
}

/// What one C file depends on; one without a path stands for facts that are read of every kernel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFiles {
    /// Its path.
    pub path: String,
    /// It is built because of a makefile that does not lie above it.
    pub is_stray: bool,
    /// What it may share with other C files: the systems of its events, and the headers whose trace points it creates.
    pub groups: Vec<String>,
    /// The files that it sees, as stretches `from..=to` of indices into `paths`.
    pub files: Vec<(FileId, FileId)>,
}

impl Dependencies {
    /// Notes a unit that no C file of the list stands for, and whose facts are always read.
    pub fn of_all(&mut self, tree: &Tree, unit: &Unit) {
        let mut seen = SourceFiles::default();
        seen.see(tree, unit);
        self.sources.push(seen);
    }

    /// Gives the files their names, once all were read.
    pub fn name(&mut self, tree: &Tree) {
        self.paths = (0..tree.count() as FileId)
            .map(|id| tree.file(id).path.to_string())
            .collect();
    }
}

impl SourceFiles {
    /// A C file of which nothing is known yet.
    pub fn of(path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// Notes what it may share with other C files.
    pub fn share<'s>(&mut self, groups: impl IntoIterator<Item = &'s str>) {
        for group in groups {
            if !self.groups.iter().any(|known| known == group) {
                self.groups.push(group.to_owned());
            }
        }
    }

    /// Notes all files that a unit sees, together with those noted before.
    pub fn see(&mut self, tree: &Tree, unit: &Unit) {
        for file in (0..tree.count() as FileId).filter(|file| unit.sees(*file)) {
            self.see_file(file);
        }
    }

    fn see_file(&mut self, file: FileId) {
        // A second unit begins again at the first file.
        if self.sees(file) {
            return;
        }
        match self.files.last_mut() {
            Some((_, to)) if to.checked_add(1) == Some(file) => *to = file,
            _ => self.files.push((file, file)),
        }
    }

    /// Whether it depends on a file.
    pub fn sees(&self, file: FileId) -> bool {
        self.files.iter().any(|(from, to)| (*from..=*to).contains(&file))
    }
}
