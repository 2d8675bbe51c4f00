//! What readings of successive kernels have in common: names, and what files declare, by the content of the file.
//! It makes no difference to what is found: a content always declares the same.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::index::{FileIndex, index};
use crate::lex::Interner;
use crate::reuse::Kept;

/// Names the content of a file: two files with the same one have the same bytes.
pub type Content = [u8; 20];

/// Of how many files something is known without a doubt: a kernel needs up to 9,000.
const RECENT_FILES: usize = 10_000;

/// Room for the names of one kernel, so that the table of them need not be made larger time and again.
const NAMES: usize = 300_000;

/// Names and indices of the files read so far.
pub struct Memory {
    /// The names in them.
    pub names: Interner,
    /// The indices.
    pub indices: Indices,
    /// Facts of the kernel that was read last, by what else they depend on ([`crate::extract::Purpose::Successive`]).
    pub kept: FxHashMap<u64, Kept>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            names: Interner::with_capacity(NAMES),
            indices: Indices::default(),
            kept: FxHashMap::default(),
        }
    }
}

/// Something about files, by content. Known stays what was asked for last, of [`RECENT_FILES`] files at least and of twice as
/// many at most: what kernels long past have had is forgotten.
pub struct Recent<T> {
    young: FxHashMap<Content, T>,
    old: FxHashMap<Content, T>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self {
            young: FxHashMap::default(),
            old: FxHashMap::default(),
        }
    }
}

impl<T: Clone> Recent<T> {
    /// What is known of a file.
    pub fn get(&mut self, content: Content) -> Option<T> {
        if let Some(known) = self.young.get(&content) {
            return Some(known.clone());
        }
        let known = self.old.remove(&content)?;
        self.insert(content, known.clone());
        Some(known)
    }

    /// Remembers something of a file.
    pub fn insert(&mut self, content: Content, known: T) {
        if self.young.len() >= RECENT_FILES {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(content, known);
    }
}

/// What files declare, by content.
#[derive(Default)]
pub struct Indices(Recent<Arc<FileIndex>>);

impl Indices {
    /// The index of a file; `read` gives its text if it is not known. A file without a content id is never kept.
    pub fn get(
        &mut self,
        content: Option<Content>,
        read: impl FnOnce() -> Option<Arc<[u8]>>,
        names: &mut Interner,
    ) -> Option<Arc<FileIndex>> {
        if let Some(known) = content.and_then(|content| self.0.get(content)) {
            return Some(known);
        }
        let found = Arc::new(index(read()?, names));
        if let Some(content) = content {
            self.0.insert(content, found.clone());
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(number: usize) -> Content {
        let mut content = [0; 20];
        content[..8].copy_from_slice(&number.to_le_bytes());
        content
    }

    #[test]
    fn remembers_what_is_asked_for_and_forgets_the_rest() {
        let mut recent = Recent::default();
        for number in 0..4 * RECENT_FILES {
            recent.insert(content(number), number);
            assert_eq!(recent.get(content(0)), Some(0), "asked for each time, after {number}");
        }
        let known = (0..4 * RECENT_FILES).filter(|&number| recent.get(content(number)).is_some());
        let known: Vec<usize> = known.collect();
        assert!(
            (RECENT_FILES..=2 * RECENT_FILES).contains(&known.len()),
            "{}",
            known.len()
        );
        assert!(known[1..].iter().all(|&number| number >= 2 * RECENT_FILES - 1));
    }
}
