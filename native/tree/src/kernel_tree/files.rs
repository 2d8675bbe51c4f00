//! A kernel tree as the parsers want it: by path. What cannot be read is collected on the way as problems.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tpabi_core::problem::Problem;
use tpabi_core::tree::Files;

use super::{FileReader, KernelTree};

/// Reads files of a kernel tree by path, for one thread.
pub struct TreeFiles<'t> {
    tree: &'t dyn KernelTree,
    by_name: FxHashMap<&'t str, Vec<u32>>,
    reader: RefCell<Box<dyn FileReader + 't>>,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> TreeFiles<'t> {
    /// The files of `tree`.
    pub fn new(tree: &'t dyn KernelTree) -> Self {
        let mut by_name: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (index, file) in tree.files().iter().enumerate() {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            by_name.entry(name).or_default().push(index as u32);
        }
        Self {
            tree,
            by_name,
            reader: RefCell::new(tree.reader()),
            problems: RefCell::default(),
        }
    }

    /// The files that could not be read.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

impl Files for TreeFiles<'_> {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        let file = self.tree.file(path)?;
        match self.reader.borrow_mut().read(file) {
            Ok(bytes) => Some(bytes.into()),
            Err(problem) => {
                self.problems.borrow_mut().push(problem);
                None
            }
        }
    }

    fn contains(&self, path: &str) -> bool {
        self.tree.file(path).is_some()
    }

    fn named(&self, name: &str) -> Vec<String> {
        let indices = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        indices
            .iter()
            .map(|&index| self.tree.files()[index as usize].path.to_string())
            .collect()
    }
}
