//! Both sides of a change, as far as the change can matter: only C files that see something that differs are read.
//! Both sides are read to the same extent, so what is left out differs on neither.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread;

use rustc_hash::{FxHashMap, FxHashSet};
use tpabi_core::arch::Arch;
use tpabi_core::dependencies::{Dependencies, SourceFiles};
use tpabi_core::extract::Purpose;
use tpabi_core::saved;

use crate::cache::Cache;
use crate::error::TreeError;
use crate::kernel_tree::{ChangedFile, ContentId, KernelTree, Listings, Revision};
use crate::scan::{Marker, Marks, Scan, is_scanned};
use crate::source::{Extracted, Progress, Session, Wanted};

/// Under which dependencies of trees are kept.
const KIND: &str = "dependencies";

/// Which change to read, and how.
pub struct ChangeRequest {
    /// Before and after, in one repository.
    pub before: Revision,
    /// The later side.
    pub after: Revision,
    /// Architectures to read them for, and the text of a `.config` to evaluate conditions with.
    pub targets: Vec<(&'static Arch, Option<String>)>,
    /// Go on without files that the clone lacks.
    pub is_partial: bool,
    /// Where dependencies are kept between runs.
    pub cache: Cache,
}

/// More changed files than this touch everything, as a release does.
const MAX_CHANGED: usize = 2000;

/// Reads both sides of a change, as a JSON array with one entry for each target: `{"before", "after"}`, each with
/// `snapshot` and `causes` ([`tpabi_core::extract::Cause`]), or `null` if it touches no file that a trace point or a system
/// call depends on.
pub fn read_change(request: &ChangeRequest, progress: &Progress<'_>) -> Result<String, TreeError> {
    let Some(changed) = request.after.changed_since(request.before.id()) else {
        return Err(TreeError::MissingObjects {
            what: format!("directories of {} or {}", request.before.name(), request.after.name()),
        });
    };
    let (before, after) = (Lazy::new(&request.before), Lazy::new(&request.after));
    let readings: Vec<Reading> = request
        .targets
        .iter()
        .map(|(arch, config)| Reading {
            arch,
            config: config.as_deref(),
            is_partial: request.is_partial,
            cache: &request.cache,
            progress,
            before: &before,
            after: &after,
        })
        .collect();
    if let [first, _, ..] = readings.as_slice()
        && first.kept(before.revision.id()).is_none()
        && first.latest().is_none()
        && !changed.iter().all(|file| is_prose(&file.path))
    {
        // What one architecture finds in the C files, the others find in the cache.
        let mut session = Session::default();
        session.scan(after.tree()?, first.arch, &request.cache, progress);
        session.close();
    }
    let read = thread::scope(|scope| {
        let running: Vec<_> = readings
            .iter()
            .map(|reading| {
                scope.spawn(|| {
                    let mut session = Session::default();
                    let read = reading.read(&mut session, &changed);
                    session.close();
                    read
                })
            })
            .collect();
        running
            .into_iter()
            .map(|reading| reading.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect::<Result<Vec<_>, _>>()
    })?;
    Ok(format!("[{}]", read.join(",")))
}

/// Files that no compiler sees.
fn is_prose(path: &str) -> bool {
    path.starts_with("Documentation/") || path.starts_with("LICENSES/")
}

/// A revision that is listed when it is needed.
struct Lazy<'r> {
    revision: &'r Revision,
    tree: OnceLock<Box<dyn KernelTree>>,
}

impl<'r> Lazy<'r> {
    fn new(revision: &'r Revision) -> Self {
        Self {
            revision,
            tree: OnceLock::new(),
        }
    }

    fn tree(&self) -> Result<&dyn KernelTree, TreeError> {
        if let Some(tree) = self.tree.get() {
            return Ok(&**tree);
        }
        let tree = self.revision.open(&mut Listings::default())?;
        Ok(&**self.tree.get_or_init(|| tree))
    }
}

/// The reading of a change for one target.
struct Reading<'r> {
    arch: &'static Arch,
    config: Option<&'r str>,
    is_partial: bool,
    cache: &'r Cache,
    progress: &'r Progress<'r>,
    before: &'r Lazy<'r>,
    after: &'r Lazy<'r>,
}

impl Reading<'_> {
    fn read(&self, session: &mut Session, changed: &[ChangedFile]) -> Result<String, TreeError> {
        let untouched = || Ok("null".to_owned());
        if changed.iter().all(|file| is_prose(&file.path)) {
            return untouched();
        }
        // A partial clone has the texts of what is checked out: the later side.
        let (known, other, early) = match self.kept(self.before.revision.id()) {
            Some(kept) => (self.before, self.after, kept),
            None => (self.after, self.before, self.dependencies(session, self.after)?),
        };
        let Some(touched) = self.touched(&early, changed)? else {
            self.keep(other.revision.id(), &early);
            return untouched();
        };
        let watched: FxHashSet<String> = changed.iter().map(|file| file.path.clone()).collect();
        let facts = Purpose::Facts { watched: &watched };
        let read = self.extract(session, other, &touched, facts)?;
        let late = merged(early.clone(), &read.dependencies, &touched);
        self.keep(other.revision.id(), &late);
        let all = closed(touched.clone(), [&early, &late]);
        let read = if all == touched {
            read
        } else {
            self.extract(session, other, &all, facts)?
        };
        let same = self.extract(session, known, &all, facts)?;
        let (before, after) = if std::ptr::eq(known, self.before) {
            (same, read)
        } else {
            (read, same)
        };
        let (before, after) = (side(self.before.revision, before)?, side(self.after.revision, after)?);
        Ok(format!("{{\"before\":{before},\"after\":{after}}}"))
    }

    /// What a tree depends on: as it was kept, or found out from what was kept of an earlier tree, or from scratch.
    fn dependencies(&self, session: &mut Session, side: &Lazy) -> Result<Dependencies, TreeError> {
        let id = side.revision.id();
        if let Some(kept) = self.kept(id) {
            return Ok(kept);
        }
        let purpose = Purpose::Dependencies;
        let earlier = self
            .latest()
            .and_then(|(tree, kept)| Some((kept, side.revision.changed_since(tree)?)));
        let found = match earlier {
            Some((kept, changed)) => match self.touched(&kept, &changed)? {
                None => kept,
                Some(touched) => {
                    let read = self.extract(session, side, &touched, purpose)?;
                    merged(kept, &read.dependencies, &touched)
                }
            },
            None => self.extract(session, side, &Touched::All, purpose)?.dependencies,
        };
        self.keep(id, &found);
        Ok(found)
    }

    /// The C files whose facts a change can touch; `None` if there are none.
    fn touched(&self, known: &Dependencies, changed: &[ChangedFile]) -> Result<Option<Touched>, TreeError> {
        if changed.len() > MAX_CHANGED {
            return Ok(Some(Touched::All));
        }
        let indices: FxHashMap<&str, usize> = known.paths.iter().map(String::as_str).zip(0..).collect();
        let sources: FxHashSet<&str> = known.sources.iter().map(|source| source.path.as_str()).collect();
        let mut hit = vec![false; known.paths.len()];
        let mut found = FxHashSet::default();
        for ChangedFile { path, is_one_sided } in changed {
            if let Some(index) = indices.get(path.as_str()) {
                hit[*index] = true;
            }
            if *is_one_sided && !path.as_bytes().ends_with(b".c") {
                // A new file may come before one of the same name in the search for it.
                for (index, known) in known.paths.iter().enumerate() {
                    hit[index] |= base_name(known) == base_name(path);
                }
            }
            if is_makefile(path) {
                let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
                if directory.is_empty() || directory == format!("arch/{}", self.arch.directory) {
                    return Ok(Some(Touched::All));
                }
                let below = format!("{directory}/");
                let built = |source: &&SourceFiles| source.is_stray || source.path.starts_with(&below);
                found.extend(known.sources.iter().filter(built).map(|source| source.path.clone()));
            }
            if is_scanned(path, self.arch.directory) && !sources.contains(path.as_str()) && self.is_marked(path)? {
                found.insert(path.clone());
            }
        }
        if known.everywhere.iter().any(|index| hit[*index as usize]) {
            return Ok(Some(Touched::All));
        }
        let sees = |source: &&SourceFiles| {
            let mut files = source.files.iter();
            files.any(|(from, to)| hit[*from as usize..=*to as usize].contains(&true))
        };
        found.extend(known.sources.iter().filter(sees).map(|source| source.path.clone()));
        Ok((!found.is_empty()).then_some(Touched::Some(found)))
    }

    /// Whether a C file makes trace points or system calls on either side. A text that the clone lacks may do so.
    fn is_marked(&self, path: &str) -> Result<bool, TreeError> {
        let marker = Marker::new();
        for side in [self.before, self.after] {
            match side.revision.read(path) {
                Some(text) if marker.marks(&text) != Marks::default() => return Ok(true),
                None if !self.is_partial && side.revision.lacks_text(path) => {
                    return Err(TreeError::MissingObjects {
                        what: format!("{path} of {}", side.revision.name()),
                    });
                }
                _ => {}
            }
        }
        Ok(false)
    }

    fn extract(
        &self,
        session: &mut Session,
        side: &Lazy,
        touched: &Touched,
        purpose: Purpose,
    ) -> Result<Extracted, TreeError> {
        let tree = side.tree()?;
        let found = match touched {
            Touched::All => session.scan(tree, self.arch, self.cache, self.progress),
            Touched::Some(paths) => look_at(tree, paths),
        };
        let wanted = Wanted {
            arch: self.arch,
            config: self.config,
            purpose,
        };
        let name = side.revision.name();
        let extracted = session.extract_found(tree, name, found, &wanted, self.progress)?;
        match &extracted.lacks {
            Some(file) if !self.is_partial => Err(TreeError::MissingObjects {
                what: format!("{file} of {name}"),
            }),
            _ => Ok(extracted),
        }
    }

    fn key(&self, tree: &[u8]) -> ContentId {
        let config = self.config.unwrap_or("none");
        ContentId::of([tree, self.arch.name.as_bytes(), b"\0", config.as_bytes()])
    }

    fn kept(&self, tree: ContentId) -> Option<Dependencies> {
        let kept = self.cache.get(KIND, &self.key(&tree.0).0)?;
        serde_json::from_slice(&kept).ok()
    }

    /// The tree that was looked at last, and its dependencies.
    fn latest(&self) -> Option<(ContentId, Dependencies)> {
        let kept = self.cache.get(KIND, &self.key(b"latest").0)?;
        let tree = ContentId(kept.as_slice().try_into().ok()?);
        Some((tree, self.kept(tree)?))
    }

    /// What was found out of a clone that lacks files would be wrong once it has them.
    fn keep(&self, tree: ContentId, found: &Dependencies) {
        if self.is_partial {
            return;
        }
        if let Ok(json) = serde_json::to_vec(found) {
            self.cache.put(KIND, &self.key(&tree.0).0, &json);
            self.cache.put(KIND, &self.key(b"latest").0, &tree.0);
        }
    }
}

/// C files whose facts a change can touch.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Touched {
    /// All of them.
    All,
    /// Those with these paths; the empty path stands for what is read of every kernel.
    Some(FxHashSet<String>),
}

/// The same with all C files that share systems or trace headers with them.
fn closed(touched: Touched, known: [&Dependencies; 2]) -> Touched {
    let Touched::Some(mut paths) = touched else {
        return Touched::All;
    };
    loop {
        let sources = || known.iter().flat_map(|side| &side.sources);
        let groups: FxHashSet<&String> = sources()
            .filter(|source| paths.contains(&source.path))
            .flat_map(|source| &source.groups)
            .collect();
        let more: Vec<String> = sources()
            .filter(|source| !paths.contains(&source.path))
            .filter(|source| source.groups.iter().any(|group| groups.contains(group)))
            .map(|source| source.path.clone())
            .collect();
        if more.is_empty() {
            return Touched::Some(paths);
        }
        paths.extend(more);
    }
}

/// What was known, with what was found out anew about the touched C files.
fn merged(known: Dependencies, found: &Dependencies, touched: &Touched) -> Dependencies {
    let Touched::Some(paths) = touched else {
        return found.clone();
    };
    let mut all = known;
    all.sources
        .retain(|source| !source.path.is_empty() && !paths.contains(&source.path));
    let mut known: FxHashMap<String, u16> = all.paths.iter().cloned().zip(0..).collect();
    let mut number = |path: &String| {
        *known.entry(path.clone()).or_insert_with(|| {
            all.paths.push(path.clone());
            (all.paths.len() - 1) as u16
        })
    };
    let numbers: Vec<u16> = found.paths.iter().map(&mut number).collect();
    all.everywhere = found.everywhere.iter().map(|file| numbers[*file as usize]).collect();
    for source in &found.sources {
        let files = source.files.iter().flat_map(|(from, to)| *from..=*to);
        let mut files: Vec<u16> = files.map(|file| numbers[file as usize]).collect();
        files.sort_unstable();
        all.sources.push(SourceFiles {
            files: stretches(&files),
            ..source.clone()
        });
    }
    all
}

fn stretches(sorted: &[u16]) -> Vec<(u16, u16)> {
    let mut out: Vec<(u16, u16)> = Vec::new();
    for file in sorted {
        match out.last_mut() {
            Some((_, to)) if to.checked_add(1) == Some(*file) => *to = *file,
            _ => out.push((*file, *file)),
        }
    }
    out
}

/// The marks of some files of a tree, looked at anew.
fn look_at(tree: &dyn KernelTree, paths: &FxHashSet<String>) -> Scan {
    let marker = Marker::new();
    let mut reader = tree.reader();
    let mut found = Scan::default();
    let mut sorted: Vec<&String> = paths.iter().collect();
    sorted.sort_unstable();
    for file in sorted.into_iter().filter_map(|path| tree.file(path)) {
        match reader.read(file) {
            Ok(text) => found.marked.push((file.clone(), marker.marks(text))),
            Err(problem) => found.problems.push(problem),
        }
    }
    found
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn is_makefile(path: &str) -> bool {
    let name = base_name(path);
    name.starts_with("Makefile") || name.starts_with("Kbuild")
}

fn side(revision: &Revision, mut extracted: Extracted) -> Result<String, TreeError> {
    extracted.snapshot.kernel.commit = Some(revision.commit());
    let text = saved::encode(&extracted.snapshot).and_then(|snapshot| {
        let causes = serde_json::to_string(&extracted.causes)?;
        Ok(format!("{{\"snapshot\":{snapshot},\"causes\":{causes}}}"))
    });
    text.map_err(|error| TreeError::Io {
        path: revision.name().to_owned(),
        source: error.into(),
    })
}
