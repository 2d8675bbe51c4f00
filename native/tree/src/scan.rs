//! Finds the C files that make trace points or system calls, by looking at every C file of a kernel once.
//! What a content holds never changes, so the answers are kept by content and a file is looked at once per machine.

use std::ops::BitOr;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;
use tpabi_core::problem::Problem;

use crate::cache::{Cache, Facts};
use crate::kernel_tree::{ContentId, KernelTree, Texts, TreeFile};

/// More threads than this do not pay: the work is a second on one.
const MAX_THREADS: usize = 2;
/// How many files are looked at between two reports of progress.
const PROGRESS_STEP: usize = 512;

/// Called with the number of files looked at and their number in all, from any thread.
pub type Progress<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// A file, and what it mentions; with its text, if that is anything. There is one for each file, so the rare problem is boxed.
type Looked<'t> = (&'t TreeFile, Result<(Marks, Option<Arc<[u8]>>), Box<Problem>>);

/// What a C file mentions, as a set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks(pub u8);

impl Marks {
    /// `CREATE_TRACE_POINTS`: it makes the trace points of the headers it includes.
    pub const CREATES_TRACE_POINTS: Self = Self(1);
    /// `SYSCALL_DEFINE`, also as part of `COMPAT_SYSCALL_DEFINE` and the like.
    pub const DEFINES_SYSCALLS: Self = Self(2);
    /// `DECLARE_TRACE` or `DEFINE_TRACE`: trace points outside of trace headers.
    pub const DECLARES_TRACE_POINTS: Self = Self(4);

    /// Whether it has all marks of `other`.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Marks {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Scan {
    /// The files with at least one mark, in the order of the tree.
    pub marked: Vec<(TreeFile, Marks)>,
    /// Files that could not be read.
    pub problems: Vec<Problem>,
}

/// Whether a kernel for the architecture with this directory below `arch/` can have code from the file at `path`.
pub fn is_scanned(path: &str, arch_directory: &str) -> bool {
    let Some((top, rest)) = path.split_once('/') else {
        return false;
    };
    let in_kernel = match top {
        "Documentation" | "tools" | "scripts" => false,
        "arch" => rest
            .strip_prefix(arch_directory)
            .is_some_and(|rest| rest.starts_with('/')),
        _ => true,
    };
    in_kernel && path.as_bytes().ends_with(b".c")
}

/// What was seen in files, by content: in earlier runs, as far as the cache has kept it, and in this one.
#[derive(Default)]
pub struct Seen {
    kept: Option<Facts>,
    news: FxHashMap<ContentId, [u8; 1]>,
}

impl Seen {
    /// What the cache has kept.
    pub fn load(cache: &Cache) -> Self {
        Self {
            kept: Some(cache.facts("scan")),
            news: FxHashMap::default(),
        }
    }

    fn get(&self, content: ContentId) -> Option<u8> {
        let kept = || self.kept.as_ref()?.get(content);
        let fact = self.news.get(&content).map(<[u8; 1]>::as_slice).or_else(kept)?;
        fact.first().copied()
    }

    /// Keeps what is new for later runs.
    pub fn save(self) {
        if let Some(kept) = self.kept {
            kept.put_many(self.news.iter().map(|(content, fact)| (*content, fact.as_slice())));
        }
    }
}

/// Looks at all C files that a kernel for this architecture can be built from, but for those that were seen before.
/// The texts of those with a mark, which will be read next, are added to `texts`.
pub fn scan(
    tree: &dyn KernelTree,
    arch_directory: &str,
    seen: &mut Seen,
    texts: &mut Texts,
    progress: &Progress<'_>,
) -> Scan {
    let mut result = Scan::default();
    let mut unknown = Vec::new();
    for file in tree
        .files()
        .iter()
        .filter(|file| is_scanned(&file.path, arch_directory))
    {
        match seen.get(file.content) {
            Some(0) => {}
            Some(bits) => result.marked.push((file.clone(), Marks(bits))),
            None => unknown.push(file),
        }
    }
    for (file, outcome) in look(tree, &unknown, progress) {
        match outcome {
            Ok((marks, text)) => {
                seen.news.insert(file.content, [marks.0]);
                if let Some(text) = text {
                    texts.insert(file.content.0, text);
                    result.marked.push((file.clone(), marks));
                }
            }
            Err(problem) => result.problems.push(*problem),
        }
    }
    result.marked.sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    result
}

/// The marks of each file. Each thread takes one stretch of the tree, because neighbours are often stored as differences to
/// each other.
fn look<'t>(tree: &dyn KernelTree, files: &[&'t TreeFile], progress: &Progress<'_>) -> Vec<Looked<'t>> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let stretch = files.len().div_ceil(threads).max(1);
    let done = AtomicUsize::new(0);
    let look_at = |part: &[&'t TreeFile]| {
        let mut reader = tree.reader();
        let marker = Marker::new();
        let mut looked = Vec::with_capacity(part.len());
        for file in part {
            let count = done.fetch_add(1, Ordering::Relaxed) + 1;
            if count.is_multiple_of(PROGRESS_STEP) {
                progress(count, files.len());
            }
            let look = |text: &[u8]| {
                let marks = marker.marks(text);
                (marks, (marks != Marks::default()).then(|| text.into()))
            };
            looked.push((*file, reader.read(file).map(look).map_err(Box::new)));
        }
        looked
    };
    thread::scope(|scope| {
        let workers: Vec<_> = files
            .chunks(stretch)
            .map(|part| scope.spawn(|| look_at(part)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Searches texts for all marks; made once per thread.
pub struct Marker {
    trace: Finder<'static>,
    syscall: Finder<'static>,
}

impl Default for Marker {
    fn default() -> Self {
        Self::new()
    }
}

impl Marker {
    /// A marker for this thread.
    pub fn new() -> Self {
        // `E_TRACE` is rare, and part of three of the words.
        Self {
            trace: Finder::new("E_TRACE"),
            syscall: Finder::new("SYSCALL_DEFINE"),
        }
    }

    /// What a text mentions.
    pub fn marks(&self, text: &[u8]) -> Marks {
        let mut marks = Marks::default();
        for at in self.trace.find_iter(text) {
            let (before, after) = text.split_at(at);
            if before.ends_with(b"CREAT") && after.starts_with(b"E_TRACE_POINTS") {
                marks = marks | Marks::CREATES_TRACE_POINTS;
            } else if before.ends_with(b"DECLAR") || before.ends_with(b"DEFIN") {
                marks = marks | Marks::DECLARES_TRACE_POINTS;
            }
        }
        if self.syscall.find(text).is_some() {
            marks = marks | Marks::DEFINES_SYSCALLS;
        }
        marks
    }
}

#[cfg(test)]
mod tests;
