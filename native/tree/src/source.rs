//! From kernel source to a snapshot: the pipeline of the native side, read top to bottom in [`read_source`].
//! What comes out depends on the tree, the architecture and the configuration alone, so it is kept under their digest.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use tpabi_core::arch::Arch;
use tpabi_core::config::Config;
use tpabi_core::dependencies::Dependencies;
use tpabi_core::extract::{Cause, Extraction, Purpose, Source, extract, version_of};
use tpabi_core::memory::Memory;
use tpabi_core::problem::Problem;
use tpabi_core::reuse::Kept;
use tpabi_core::saved;
use tpabi_core::snapshot::Snapshot;

use crate::cache::Cache;
use crate::error::TreeError;
use crate::kernel_tree::{
    ContentId, FILE_MISSING, FILE_TOO_LARGE, KernelTree, Listings, Revision, Texts, TreeFiles, open_directory,
};
use crate::scan::{Marks, Scan, Seen, scan};

/// Under which snapshots are kept.
const KIND: &str = "saved-snapshot";
/// Under which the facts of the newest kernel of each series are kept.
const SERIES: &str = "series";

/// Which kernel source to read, and how.
#[derive(Debug)]
pub struct SourceRequest {
    /// Where it lies.
    pub place: Place,
    /// Architecture to read it for.
    pub arch: &'static Arch,
    /// Text of a `.config` to evaluate conditions with.
    pub config: Option<String>,
    /// Where facts are kept between runs.
    pub cache: Cache,
    /// The caller keeps the snapshot, so that the cache need not.
    pub is_kept: bool,
}

/// Where kernel source lies.
#[derive(Debug)]
pub enum Place {
    /// The top directory of a source tree.
    Directory(PathBuf),
    /// A revision of a git repository.
    Revision {
        /// A directory in the repository.
        repository: PathBuf,
        /// The revision as the user wrote it.
        revision: String,
    },
}

/// Called with the work done, the work in all, and what work it is; from any thread.
pub type Progress<'p> = dyn Fn(usize, usize, &'static str) + Sync + 'p;

/// The snapshot of a kernel as JSON text.
pub fn read_source(request: &SourceRequest, progress: &Progress<'_>) -> Result<String, TreeError> {
    let mut session = Session::default();
    let json = session.snapshot(request, progress);
    session.close();
    json
}

/// Reads kernels one after the other, each distinct file of them once. It is for successive releases: what it has read stays
/// in memory.
#[derive(Default)]
pub struct Session {
    memory: Memory,
    listings: Listings,
    texts: Texts,
    seen: Option<Seen>,
    /// More kernels are to come.
    is_series: bool,
    /// Under which key the facts of each scope are kept for later runs.
    series: FxHashMap<u64, ContentId>,
    cache: Cache,
}

impl Session {
    /// The snapshot of a kernel as JSON text, the same as [`read_source`] gives.
    pub fn read(&mut self, request: &SourceRequest, progress: &Progress<'_>) -> Result<String, TreeError> {
        self.is_series = true;
        self.snapshot(request, progress)
    }

    fn snapshot(&mut self, request: &SourceRequest, progress: &Progress<'_>) -> Result<String, TreeError> {
        match &request.place {
            Place::Directory(path) => {
                let tree = open_directory(path)?;
                let key = key(request, tree.id(), "", "");
                remembered(request, key, |_| true, || self.extract(&*tree, request, progress))
            }
            Place::Revision { repository, revision } => {
                let found = Revision::find(repository, revision)?;
                let key = key(request, found.id(), revision, &found.commit());
                let read = || self.extract_revision(&found, request, progress);
                remembered(request, key, |id| found.lacks(id), read)
            }
        }
    }

    /// Keeps for later runs what costs most to find out.
    pub fn close(self) {
        for (scope, key) in &self.series {
            if let Some(kept) = self.memory.kept.get(scope) {
                self.cache.put(SERIES, &key.0, &kept.to_bytes(&self.memory.names));
            }
        }
        if let Some(seen) = self.seen {
            seen.save();
        }
    }

    /// Looks what an earlier run has kept of the series that a tree belongs to.
    fn recall(&mut self, tree: &dyn KernelTree, scope: u64, cache: &Cache) {
        let makefile = tree.file("Makefile");
        let version = makefile.and_then(|file| tree.reader().read(file).ok().and_then(version_of));
        let version = version.unwrap_or_default();
        let series: Vec<&str> = version.splitn(3, '.').take(2).collect();
        let key = ContentId::of([&scope.to_le_bytes()[..], series.join(".").as_bytes()]);
        self.series.insert(scope, key);
        self.cache = cache.clone();
        if !self.memory.kept.contains_key(&scope) {
            let bytes = cache.get(SERIES, &key.0).unwrap_or_default();
            let kept = Kept::from_bytes(&bytes, &mut self.memory.names).unwrap_or_default();
            self.memory.kept.insert(scope, kept);
        }
    }

    fn extract_revision(
        &mut self,
        revision: &Revision,
        request: &SourceRequest,
        progress: &Progress<'_>,
    ) -> Result<Extracted, TreeError> {
        let tree = revision.open(&mut self.listings)?;
        let mut extracted = self.extract(&*tree, request, progress)?;
        extracted.snapshot.kernel.r#ref = Some(revision.name().to_owned());
        extracted.snapshot.kernel.commit = Some(revision.commit());
        Ok(extracted)
    }

    fn extract(
        &mut self,
        tree: &dyn KernelTree,
        request: &SourceRequest,
        progress: &Progress<'_>,
    ) -> Result<Extracted, TreeError> {
        let watched = FxHashSet::default();
        let scope = scope(request);
        if self.is_series {
            self.recall(tree, scope, &request.cache);
        }
        let found = self.scan(tree, request.arch, &request.cache, progress);
        let wanted = Wanted {
            arch: request.arch,
            config: request.config.as_deref(),
            purpose: if self.is_series {
                Purpose::Successive { scope }
            } else {
                Purpose::Facts { watched: &watched }
            },
        };
        self.extract_found(tree, &request.place.to_string(), found, &wanted, progress)
    }

    /// Finds the C files that make trace points or system calls.
    pub fn scan(&mut self, tree: &dyn KernelTree, arch: &'static Arch, cache: &Cache, progress: &Progress<'_>) -> Scan {
        let seen = self.seen.get_or_insert_with(|| Seen::load(cache));
        scan(tree, arch.directory, seen, &mut self.texts, &|done, total| {
            progress(done, total, "files");
        })
    }

    /// Extracts from the files that a scan has found; `name` is what errors call the tree.
    pub fn extract_found(
        &mut self,
        tree: &dyn KernelTree,
        name: &str,
        Scan { marked, problems }: Scan,
        wanted: &Wanted<'_>,
        progress: &Progress<'_>,
    ) -> Result<Extracted, TreeError> {
        let with = |mark: Marks| -> Vec<String> {
            let marked = marked.iter().filter(|(_, marks)| marks.contains(mark));
            marked.map(|(file, _)| file.path.to_string()).collect()
        };
        let files = TreeFiles::new(tree, &mut self.texts);
        let source = Source {
            files: &files,
            creators: &with(Marks::CREATES_TRACE_POINTS),
            syscalls: &with(Marks::DEFINES_SYSCALLS),
            arch: wanted.arch,
            config: wanted.config.map(Config::parse),
        };
        let extraction = extract(source, wanted.purpose, &mut self.memory, &mut |done, total| {
            progress(done, total, "trace headers");
        });
        let Extraction {
            mut snapshot,
            dependencies,
            causes,
            ..
        } = match extraction {
            Ok(extraction) => extraction,
            Err(reason) => return Err(refusal(name, reason, &files.into_problems())),
        };
        snapshot.kernel.config = wanted.config.map(|text| ContentId::of([text.as_bytes()]).to_string());

        let scanned = problems.len();
        let unread: Vec<Problem> = problems.into_iter().chain(files.into_problems()).collect();
        let content = |problem: &Problem| tree.file(problem.file.as_deref()?).map(|file| file.content);
        let absent = unread.iter().filter(|problem| problem.code != FILE_TOO_LARGE);
        let lacks = tree.problems().iter().chain(absent.clone()).next();
        let lacks = lacks.and_then(|problem| problem.file.clone());
        let missing = if tree.problems().is_empty() {
            absent.map(content).collect()
        } else {
            None
        };
        // A header that could not be read explains what was not found. Where everything was found, nothing needed it.
        let kept = if snapshot.problems.is_empty() {
            scanned
        } else {
            unread.len()
        };
        snapshot.problems.extend_from_slice(tree.problems());
        snapshot.problems.extend(unread.into_iter().take(kept));
        snapshot.sort();
        Ok(Extracted {
            snapshot,
            missing,
            lacks,
            dependencies,
            causes,
        })
    }
}

/// Why a tree is no kernel: perhaps because a partial clone lacks the files that say so.
fn refusal(name: &str, reason: String, unread: &[Problem]) -> TreeError {
    let missing = unread.iter().find(|problem| problem.code == FILE_MISSING);
    match missing.and_then(|problem| problem.file.as_deref()) {
        Some(file) => TreeError::MissingObjects {
            what: format!("{file} of {name}"),
        },
        None => TreeError::NotAKernel {
            path: name.to_owned(),
            reason,
        },
    }
}

/// What to extract of a tree.
pub struct Wanted<'w> {
    /// Architecture to read it for.
    pub arch: &'static Arch,
    /// Text of a `.config`.
    pub config: Option<&'w str>,
    /// What it is for.
    pub purpose: Purpose<'w>,
}

/// What was read, and what it lacks.
pub struct Extracted {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Contents that could not be read, all of which are named here; `None` if not all can be named.
    missing: Option<Vec<ContentId>>,
    /// The first of the files and directories that could not be read.
    pub lacks: Option<String>,
    /// Which files it depends on.
    pub dependencies: Dependencies,
    /// Which definitions in the watched files it comes from.
    pub causes: Vec<Cause>,
}

/// Tells architectures and configurations apart.
fn scope(request: &SourceRequest) -> u64 {
    let mut hasher = FxHasher::default();
    (request.arch.name, &request.config).hash(&mut hasher);
    hasher.finish()
}

fn key(request: &SourceRequest, tree: ContentId, revision: &str, commit: &str) -> ContentId {
    // No text is an empty configuration, so it cannot stand for "none".
    let config = request.config.as_deref().unwrap_or("none");
    let mut parts = vec![tree.0.as_slice()];
    for text in [request.arch.name, config, revision, commit] {
        parts.extend([text.as_bytes(), b"\0"]);
    }
    ContentId::of(parts)
}

/// The snapshot kept under `key`, or else what `read` gives; the latter only, if the caller keeps it. A snapshot that lacks something is good as long as that is
/// still missing: a partial clone can be completed.
///
/// Kept are the number of missing contents (4 bytes, little endian), their ids, and the JSON text.
fn remembered(
    request: &SourceRequest,
    key: ContentId,
    is_missing: impl Fn(ContentId) -> bool,
    read: impl FnOnce() -> Result<Extracted, TreeError>,
) -> Result<String, TreeError> {
    let kept = if request.is_kept {
        None
    } else {
        request.cache.get(KIND, &key.0)
    };
    if let Some(json) = kept.and_then(|kept| unpack(kept, is_missing)) {
        return Ok(json);
    }
    let Extracted { snapshot, missing, .. } = read()?;
    let json = encoded(&snapshot, &request.place)?;
    if let Some(missing) = missing.filter(|_| !request.is_kept) {
        let mut kept = (missing.len() as u32).to_le_bytes().to_vec();
        kept.extend(missing.iter().flat_map(|id| id.0));
        kept.extend_from_slice(json.as_bytes());
        request.cache.put(KIND, &key.0, &kept);
    }
    Ok(json)
}

fn unpack(mut kept: Vec<u8>, is_missing: impl Fn(ContentId) -> bool) -> Option<String> {
    let (count, rest) = kept.split_first_chunk::<4>()?;
    let length = (u32::from_le_bytes(*count) as usize).checked_mul(20)?;
    let (ids, _) = rest.get(..length)?.as_chunks::<20>();
    if !ids.iter().all(|id| is_missing(ContentId(*id))) {
        return None;
    }
    String::from_utf8(kept.split_off(4 + length)).ok()
}

fn encoded(snapshot: &Snapshot, place: &Place) -> Result<String, TreeError> {
    saved::encode(snapshot).map_err(|error| TreeError::Io {
        path: place.to_string(),
        source: error.into(),
    })
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Directory(path) => path.display().fmt(f),
            Self::Revision { revision, .. } => revision.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
