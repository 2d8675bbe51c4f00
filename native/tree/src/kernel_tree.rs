//! The source files of one kernel, wherever they lie: a directory, or a revision of a git repository read without a checkout.
//! A tree is listed once, when it is opened; texts are read one at a time, so memory does not grow with the tree.

mod changes;
mod directory;
mod files;
mod git;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use tpabi_core::problem::Problem;

pub use self::changes::ChangedFile;
pub use self::files::{Texts, TreeFiles};
pub use self::git::{Listings, Revision, list_tags};
use crate::error::TreeError;

/// The largest file that is read. Trace headers and the files that make trace points stay far below.
pub const MAX_FILE_BYTES: usize = 4 << 20;
/// Code of the problem of a file beyond that size; unlike the others it does not depend on where the tree lies.
pub const FILE_TOO_LARGE: &str = "file-too-large";
/// Code of the problem of a file that a partial clone has not got.
pub const FILE_MISSING: &str = "file-missing";
/// The most entries a tree may have; Linux has under 100,000.
const MAX_ENTRIES: usize = if cfg!(test) { 20_000 } else { 1_000_000 };
/// How deep directories may nest.
const MAX_DEPTH: usize = 64;

/// Names the content of a file: two files with the same id have the same bytes.
///
/// The object id for git; inode, size and times of change for a file on disk, so those ids hold on one machine only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentId(pub [u8; 20]);

impl ContentId {
    /// The SHA-1 of all `parts`, one after another.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha1);
        parts.into_iter().for_each(|part| hasher.update(part));
        // Finishing fails on bytes made to collide, and then any answer that differs from all others will do.
        let digest = hasher
            .try_finalize()
            .unwrap_or_else(|_| gix::ObjectId::null(gix::hash::Kind::Sha1));
        let mut bytes = [0; 20];
        bytes.copy_from_slice(digest.as_bytes());
        Self(bytes)
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One regular file of a tree. Symbolic links and submodules are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Path from the root of the tree, with `/` between parts.
    pub path: Arc<str>,
    /// What it holds.
    pub content: ContentId,
}

/// All files of one kernel.
pub trait KernelTree: Send + Sync {
    /// Names the content of the whole tree: the tree's object id for git, a digest of the listing for a directory.
    fn id(&self) -> ContentId;

    /// Every file, sorted by path.
    fn files(&self) -> &[TreeFile];

    /// The file at this path.
    fn file(&self, path: &str) -> Option<&TreeFile> {
        let files = self.files();
        files
            .binary_search_by(|file| (*file.path).cmp(path))
            .ok()
            .map(|index| &files[index])
    }

    /// Directories that could not be listed.
    fn problems(&self) -> &[Problem];

    /// A reader with caches of its own; each thread takes one.
    fn reader(&self) -> Box<dyn FileReader + '_>;
}

/// Reads the files of one tree, one at a time.
pub trait FileReader {
    /// The bytes of a file of this tree, valid until the next call.
    /// A file that is missing (a partial clone), too large or unreadable is a problem of that file, not of the tree.
    fn read(&mut self, file: &TreeFile) -> Result<&[u8], Problem>;

    /// The bytes of this content, whichever tree it is part of; `None` if they cannot be had.
    fn read_content(&mut self, _content: ContentId) -> Option<&[u8]> {
        None
    }
}

/// Lists the kernel source in the directory at `path`. See [`Revision`] for that in a git repository.
pub fn open_directory(path: &Path) -> Result<Box<dyn KernelTree>, TreeError> {
    checked(directory::DirectoryTree::open(path)?, &path.display().to_string())
}

/// The tree, if there is a kernel in it.
fn checked<T: KernelTree + 'static>(tree: T, name: &str) -> Result<Box<dyn KernelTree>, TreeError> {
    let has = |prefix: &str| {
        let at = tree.files().partition_point(|file| &*file.path < prefix);
        tree.files().get(at).is_some_and(|file| file.path.starts_with(prefix))
    };
    if has("include/linux/") || has("include/trace/") {
        Ok(Box::new(tree))
    } else {
        let reason = "it has neither include/linux nor include/trace".to_owned();
        Err(TreeError::NotAKernel {
            path: name.to_owned(),
            reason,
        })
    }
}

fn problem(code: &'static str, message: String, path: &str) -> Problem {
    Problem {
        code,
        message,
        file: Some(path.to_owned()),
        line: None,
        event: None,
    }
}

fn too_large(path: &str) -> Problem {
    problem(
        FILE_TOO_LARGE,
        format!("file has more than {} MiB, not read", MAX_FILE_BYTES >> 20),
        path,
    )
}

fn too_many(path: &Path) -> TreeError {
    TreeError::LimitExceeded {
        path: path.display().to_string(),
        what: "has too many files",
        limit: format!("{MAX_ENTRIES} files in {MAX_DEPTH} levels of directories"),
    }
}

#[cfg(test)]
mod tests;
