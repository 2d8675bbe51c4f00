//! What readings of successive kernels have in common: names, and what files declare, by the content of the file.
//! It makes no difference to what is found: a content always declares the same.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::index::{FileIndex, index};
use crate::lex::Interner;
use crate::reuse::Kept;

/// Names the content of a file: two files with the same one have the same bytes.
pub type Content = [u8; 20];

/// With more files than this, those of kernels long past are forgotten; a kernel needs some 5,000.
const MAX_FILES: usize = 40_000;

/// Names and indices of the files read so far.
#[derive(Default)]
pub struct Memory {
    /// The names in them.
    pub names: Interner,
    /// The indices.
    pub indices: Indices,
    /// Facts of the kernel that was read last, by what else they depend on ([`crate::extract::Purpose::Successive`]).
    pub kept: FxHashMap<u64, Kept>,
}

/// What files declare, by content.
#[derive(Default)]
pub struct Indices {
    known: FxHashMap<Content, Arc<FileIndex>>,
}

impl Indices {
    /// The index of a file; `read` gives its text if it is not known. A file without a content id is never kept.
    pub fn get(
        &mut self,
        content: Option<Content>,
        read: impl FnOnce() -> Option<Arc<[u8]>>,
        names: &mut Interner,
    ) -> Option<Arc<FileIndex>> {
        if let Some(known) = content.and_then(|content| self.known.get(&content)) {
            return Some(known.clone());
        }
        let found = Arc::new(index(read()?, names));
        if let Some(content) = content {
            if self.known.len() >= MAX_FILES {
                self.known.clear();
            }
            self.known.insert(content, found.clone());
        }
        Some(found)
    }
}
