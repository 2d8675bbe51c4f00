//! A kernel tree as the parsers want it: by path. What cannot be read is collected on the way as problems.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tpabi_core::memory::{Content, Recent};
use tpabi_core::problem::Problem;
use tpabi_core::tree::Files;

use super::{ContentId, FileReader, KernelTree, TreeFile};

/// Texts of files that were read, by content.
pub type Texts = Recent<Arc<[u8]>>;

/// How many files of the same name are compared with a path before all files are searched for it.
const MAX_LOOKED_AT: usize = 8;

/// Reads files of a kernel tree by path, for one thread.
pub struct TreeFiles<'t> {
    tree: &'t dyn KernelTree,
    /// The first file with each last part of a path, and for each file the next one with the same.
    by_name: (FxHashMap<&'t str, u32>, Vec<u32>),
    texts: RefCell<&'t mut Texts>,
    reader: RefCell<Box<dyn FileReader + 't>>,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> TreeFiles<'t> {
    /// The files of `tree`, of which those need not be read whose texts are known.
    pub fn new(tree: &'t dyn KernelTree, texts: &'t mut Texts) -> Self {
        let count = tree.files().len();
        let (mut first, mut next) = (FxHashMap::default(), vec![u32::MAX; count]);
        first.reserve(count);
        for (index, file) in tree.files().iter().enumerate().rev() {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            if let Some(later) = first.insert(name, index as u32) {
                next[index] = later;
            }
        }
        Self {
            tree,
            by_name: (first, next),
            texts: RefCell::new(texts),
            reader: RefCell::new(tree.reader()),
            problems: RefCell::default(),
        }
    }

    /// The file at this path. Most paths that are asked for are places where a header might lie, so a look at the few files
    /// of the same name is quicker than a search among all.
    fn file(&self, path: &str) -> Option<&'t TreeFile> {
        let name = path.rsplit('/').next()?;
        let mut same_name = self.same_name(name);
        let looked_at = same_name.by_ref().take(MAX_LOOKED_AT).find(|file| &*file.path == path);
        looked_at.or_else(|| same_name.next().and_then(|_| self.tree.file(path)))
    }

    /// The files with this last part, in the order of their paths.
    fn same_name(&self, name: &str) -> impl Iterator<Item = &'t TreeFile> {
        let (first, next) = &self.by_name;
        let indices = std::iter::successors(first.get(name).copied(), |&index| {
            Some(next[index as usize]).filter(|&later| later != u32::MAX)
        });
        indices.map(|index| &self.tree.files()[index as usize])
    }

    /// The files that could not be read.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

impl Files for TreeFiles<'_> {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        let file = self.file(path)?;
        let mut texts = self.texts.borrow_mut();
        if let Some(known) = texts.get(file.content.0) {
            return Some(known);
        }
        match self.reader.borrow_mut().read(file) {
            Ok(bytes) => {
                let text: Arc<[u8]> = bytes.into();
                texts.insert(file.content.0, text.clone());
                Some(text)
            }
            Err(problem) => {
                self.problems.borrow_mut().push(problem);
                None
            }
        }
    }

    fn content(&self, path: &str) -> Option<Content> {
        Some(self.file(path)?.content.0)
    }

    fn text_of(&self, content: Content) -> Option<Arc<[u8]>> {
        self.reader.borrow_mut().read_content(ContentId(content)).map(Arc::from)
    }

    fn contains(&self, path: &str) -> bool {
        self.file(path).is_some()
    }

    fn named(&self, name: &str) -> Vec<String> {
        self.same_name(name).map(|file| file.path.to_string()).collect()
    }
}
