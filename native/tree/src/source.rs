//! From kernel source to a snapshot: the pipeline of the native side, read top to bottom in [`read_source`].
//! What comes out depends on the tree, the architecture and the configuration alone, so it is kept under their digest.

use std::path::PathBuf;

use tpabi_core::arch::Arch;
use tpabi_core::config::Config;
use tpabi_core::extract::{Source, extract};
use tpabi_core::problem::Problem;
use tpabi_core::saved;
use tpabi_core::snapshot::Snapshot;

use crate::cache::Cache;
use crate::error::TreeError;
use crate::kernel_tree::{ContentId, FILE_TOO_LARGE, KernelTree, Revision, TreeFiles, open_directory};
use crate::scan::{Marks, Scan, scan};

/// Under which snapshots are kept.
const KIND: &str = "saved-snapshot";

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
    match &request.place {
        Place::Directory(path) => {
            let tree = open_directory(path)?;
            let key = key(request, tree.id(), "", "");
            remembered(request, key, |_| true, || extracted(&*tree, request, progress))
        }
        Place::Revision { repository, revision } => {
            let found = Revision::find(repository, revision)?;
            let key = key(request, found.id(), revision, &found.commit());
            let read = || {
                let mut extracted = extracted(&*found.open()?, request, progress)?;
                extracted.snapshot.kernel.r#ref = Some(revision.clone());
                extracted.snapshot.kernel.commit = Some(found.commit());
                Ok(extracted)
            };
            remembered(request, key, |id| found.lacks(id), read)
        }
    }
}

/// What was read, and what it lacks.
struct Extracted {
    snapshot: Snapshot,
    /// Contents that could not be read, all of which are named here; `None` if not all can be named.
    missing: Option<Vec<ContentId>>,
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

/// The snapshot kept under `key`, or else what `read` gives. A snapshot that lacks something is good as long as that is
/// still missing: a partial clone can be completed.
///
/// Kept are the number of missing contents (4 bytes, little endian), their ids, and the JSON text.
fn remembered(
    request: &SourceRequest,
    key: ContentId,
    is_missing: impl Fn(ContentId) -> bool,
    read: impl FnOnce() -> Result<Extracted, TreeError>,
) -> Result<String, TreeError> {
    if let Some(json) = request
        .cache
        .get(KIND, &key.0)
        .and_then(|kept| unpack(kept, is_missing))
    {
        return Ok(json);
    }
    let Extracted { snapshot, missing } = read()?;
    let json = saved::encode(&snapshot).map_err(|error| TreeError::Io {
        path: request.place.to_string(),
        source: error.into(),
    })?;
    if let Some(missing) = missing {
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

fn extracted(tree: &dyn KernelTree, request: &SourceRequest, progress: &Progress<'_>) -> Result<Extracted, TreeError> {
    let looking = |done, total| progress(done, total, "files");
    let Scan { marked, problems } = scan(tree, request.arch.directory, &request.cache, &looking);
    let with = |mark: Marks| -> Vec<String> {
        let marked = marked.iter().filter(|(_, marks)| marks.contains(mark));
        marked.map(|(file, _)| file.path.to_string()).collect()
    };
    let files = TreeFiles::new(tree);
    let source = Source {
        files: &files,
        creators: &with(Marks::CREATES_TRACE_POINTS),
        syscalls: &with(Marks::DEFINES_SYSCALLS),
        arch: request.arch,
        config: request.config.as_deref().map(Config::parse),
    };
    let mut snapshot =
        extract(source, &mut |done, total| progress(done, total, "trace headers")).map_err(|reason| {
            TreeError::NotAKernel {
                path: request.place.to_string(),
                reason,
            }
        })?;
    snapshot.kernel.config = request
        .config
        .as_ref()
        .map(|text| ContentId::of([text.as_bytes()]).to_string());

    let scanned = problems.len();
    let unread: Vec<Problem> = problems.into_iter().chain(files.into_problems()).collect();
    let content = |problem: &Problem| tree.file(problem.file.as_deref()?).map(|file| file.content);
    let absent = unread.iter().filter(|problem| problem.code != FILE_TOO_LARGE);
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
    Ok(Extracted { snapshot, missing })
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
