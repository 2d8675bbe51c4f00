//! A kernel tree out of the objects of a git repository, through gitoxide: no checkout, no hooks, no git process.
//! Of the repository's configuration nothing counts but what says how objects are stored.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::objs::{Find, TreeRefIter};
use gix::{ObjectId, ThreadSafeRepository};
use rustc_hash::FxHashMap;
use tpabi_core::problem::Problem;

use super::changes::{ChangedFile, changed_files};
use super::{
    ContentId, FILE_MISSING, FileReader, KernelTree, MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, TreeFile, checked,
    problem, too_large, too_many,
};
use crate::error::TreeError;

/// What one object of a hostile repository may allocate.
const MAX_OBJECT: &str = "gitoxide.objects.allocLimit=67108864";
/// How many names are offered in place of an unknown one.
const MAX_SUGGESTIONS: usize = 3;

/// A revision of a repository, found but not listed yet.
pub struct Revision {
    repository: ThreadSafeRepository,
    path: PathBuf,
    name: String,
    tree: ObjectId,
    commit: ObjectId,
}

impl Revision {
    /// Finds a revision (tag, branch, commit, tree, `HEAD~2`) in the git repository that `path` lies in.
    pub fn find(path: &Path, name: &str) -> Result<Self, TreeError> {
        let repository = discover(path)?;
        let local = repository.to_thread_local();
        let unknown = || unknown_revision(&local, path, name);
        let object = local
            .rev_parse_single(name)
            .map_err(|_| unknown())?
            .object()
            .map_err(|_| unknown())?;
        let tree = object.clone().peel_to_tree().map_err(|_| unknown())?.id;
        let commit = object.peel_to_commit().map_or(tree, |commit| commit.id);
        Ok(Self {
            repository,
            path: path.to_owned(),
            name: name.to_owned(),
            tree,
            commit,
        })
    }

    /// The revision as the user wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names the content of its tree.
    pub fn id(&self) -> ContentId {
        content(&self.tree)
    }

    /// The object id of the commit, or of the tree if it names no commit, in hex.
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// Whether the repository has no object with this id.
    pub fn lacks(&self, id: ContentId) -> bool {
        !self.repository.to_thread_local().has_object(ObjectId::Sha1(id.0))
    }

    /// The files that differ from another tree of the repository; `None` if that cannot be found out, because the tree is
    /// not there.
    pub fn changed_since(&self, other: ContentId) -> Option<Vec<ChangedFile>> {
        let odb = self.repository.to_thread_local().objects;
        changed_files(&odb, ObjectId::Sha1(other.0), self.tree)
    }

    /// The bytes of one of its files; `None` if it has no such file, or if it cannot be read.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let local = self.repository.to_thread_local();
        let tree = local.find_tree(self.tree).ok()?;
        let entry = tree.lookup_entry_by_path(path).ok()??;
        let object = entry
            .object()
            .ok()
            .filter(|object| object.data.len() <= MAX_FILE_BYTES)?;
        Some(object.data.clone())
    }

    /// Whether it has a file of which the repository does not have the text.
    pub fn lacks_text(&self, path: &str) -> bool {
        let local = self.repository.to_thread_local();
        let entry = local
            .find_tree(self.tree)
            .ok()
            .and_then(|tree| tree.lookup_entry_by_path(path).ok().flatten());
        entry.is_some_and(|entry| entry.mode().is_blob() && !local.has_object(entry.object_id()))
    }

    /// Lists its files. What is known of directories from other revisions need not be read again.
    pub fn open(&self, known: &mut Listings) -> Result<Box<dyn KernelTree>, TreeError> {
        let local = self.repository.to_thread_local();
        let mut listing = Listing {
            odb: &local.objects,
            root: &self.path,
            known,
            files: Vec::with_capacity(100_000),
            problems: Vec::new(),
            entries: 0,
        };
        listing.walk(self.tree, &Arc::from(""), 0)?;
        let Listing { files, problems, .. } = listing;
        checked(
            GitTree {
                id: content(&self.tree),
                repository: self.repository.clone(),
                files,
                problems,
            },
            &self.name,
        )
    }
}

/// The files of a revision.
struct GitTree {
    repository: ThreadSafeRepository,
    id: ContentId,
    files: Vec<TreeFile>,
    problems: Vec<Problem>,
}

impl KernelTree for GitTree {
    fn id(&self) -> ContentId {
        self.id
    }

    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn reader(&self) -> Box<dyn FileReader + '_> {
        let mut odb = self.repository.to_thread_local().objects;
        odb.unset_object_cache();
        odb.unset_pack_cache();
        Box::new(GitReader {
            odb,
            buffer: Vec::with_capacity(MAX_FILE_BYTES),
        })
    }
}

struct GitReader {
    odb: gix::OdbHandle,
    /// Has room for the largest file from the start, so that it is never moved; what is not used of it takes no memory.
    buffer: Vec<u8>,
}

impl FileReader for GitReader {
    fn read(&mut self, file: &TreeFile) -> Result<&[u8], Problem> {
        let id = ObjectId::Sha1(file.content.0);
        match self.odb.try_find(&id, &mut self.buffer) {
            Ok(Some(object)) if object.data.len() > MAX_FILE_BYTES => Err(too_large(&file.path)),
            Ok(Some(object)) => Ok(object.data),
            Ok(None) => Err(problem(
                FILE_MISSING,
                format!("blob {id} is not in the repository"),
                &file.path,
            )),
            Err(error) => Err(problem(
                "file-unreadable",
                format!("cannot read blob {id}: {error}"),
                &file.path,
            )),
        }
    }

    fn read_content(&mut self, content: ContentId) -> Option<&[u8]> {
        let found = self.odb.try_find(&ObjectId::Sha1(content.0), &mut self.buffer).ok()??;
        (found.data.len() <= MAX_FILE_BYTES).then_some(found.data)
    }
}

/// More directories than this are not remembered; a kernel has some 5,000.
const MAX_DIRECTORIES: usize = 50_000;

/// Directories that were listed, by their tree object and their path: successive kernels have nearly all in common.
#[derive(Default)]
pub struct Listings {
    directories: FxHashMap<(ObjectId, Arc<str>), Arc<Vec<Entry>>>,
}

impl Listings {
    fn insert(&mut self, key: (ObjectId, Arc<str>), entries: Arc<Vec<Entry>>) {
        if self.directories.len() >= MAX_DIRECTORIES {
            self.directories.clear();
        }
        self.directories.insert(key, entries);
    }
}

/// A file, or a directory with its path.
enum Entry {
    File(TreeFile),
    Directory(ObjectId, Arc<str>),
}

/// A walk through a tree, in the order of git, which is that of the bytes of full paths.
struct Listing<'r> {
    odb: &'r gix::OdbHandle,
    root: &'r Path,
    known: &'r mut Listings,
    files: Vec<TreeFile>,
    problems: Vec<Problem>,
    entries: usize,
}

impl Listing<'_> {
    fn walk(&mut self, id: ObjectId, prefix: &Arc<str>, depth: usize) -> Result<(), TreeError> {
        if depth > MAX_DEPTH {
            return Err(too_many(self.root));
        }
        let key = (id, prefix.clone());
        let directory = match self.known.directories.get(&key) {
            Some(known) => known.clone(),
            None => {
                let Some(read) = self.read(id, prefix) else {
                    return Ok(());
                };
                let read = Arc::new(read);
                self.known.insert(key, read.clone());
                read
            }
        };
        self.entries += directory.len();
        if self.entries > MAX_ENTRIES {
            return Err(too_many(self.root));
        }
        for entry in &*directory {
            match entry {
                Entry::File(file) => self.files.push(file.clone()),
                Entry::Directory(id, prefix) => self.walk(*id, prefix, depth + 1)?,
            }
        }
        Ok(())
    }

    /// The entries of a tree object; `None`, and a problem, if it cannot be read.
    fn read(&mut self, id: ObjectId, prefix: &str) -> Option<Vec<Entry>> {
        let mut buffer = Vec::new();
        let tree = match self.odb.try_find(&id, &mut buffer) {
            Ok(Some(tree)) if tree.kind == gix::objs::Kind::Tree => tree,
            _ => {
                self.lost(id, prefix);
                return None;
            }
        };
        let mut entries = Vec::new();
        for entry in TreeRefIter::from_bytes(tree.data, tree.object_hash) {
            let Ok(entry) = entry else {
                self.lost(id, prefix);
                return None;
            };
            let name = String::from_utf8_lossy(entry.filename);
            if entry.mode.is_tree() {
                let prefix = Arc::from(format!("{prefix}{name}/"));
                entries.push(Entry::Directory(entry.oid.to_owned(), prefix));
            } else if entry.mode.is_blob() {
                entries.push(Entry::File(TreeFile {
                    path: Arc::from(format!("{prefix}{name}")),
                    content: content(entry.oid),
                }));
            }
        }
        Some(entries)
    }

    /// A tree object that a partial clone lacks, or that is damaged.
    fn lost(&mut self, id: ObjectId, prefix: &str) {
        let message = format!("tree {id} is not in the repository");
        self.problems
            .push(problem("directory-missing", message, prefix.trim_end_matches('/')));
    }
}

fn content(id: &gix::oid) -> ContentId {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(&id.as_bytes()[..20]);
    ContentId(bytes)
}

/// The names of all tags of the git repository that `path` lies in, sorted.
pub fn list_tags(path: &Path) -> Result<Vec<String>, TreeError> {
    let repository = discover(path)?.to_thread_local();
    let unreadable = |reason: String| TreeError::NotARepository {
        path: path.display().to_string(),
        reason,
    };
    let references = repository.references().map_err(|error| unreadable(error.to_string()))?;
    let tags = references.tags().map_err(|error| unreadable(error.to_string()))?;
    let mut names: Vec<String> = tags
        .filter_map(Result::ok)
        .map(|tag| tag.name().shorten().to_string())
        .collect();
    names.sort();
    Ok(names)
}

fn discover(path: &Path) -> Result<ThreadSafeRepository, TreeError> {
    std::fs::metadata(path).map_err(|error| TreeError::from_io(path, error))?;
    let options = gix::open::Options::isolated().config_overrides([MAX_OBJECT]);
    let by_trust = gix::sec::trust::Mapping {
        full: options.clone(),
        reduced: options,
    };
    ThreadSafeRepository::discover_opts(path, gix::discover::upwards::Options::default(), by_trust).map_err(|error| {
        TreeError::NotARepository {
            path: path.display().to_string(),
            reason: error.to_string(),
        }
    })
}

fn unknown_revision(repository: &gix::Repository, path: &Path, revision: &str) -> TreeError {
    let mut names: Vec<(usize, String)> = Vec::new();
    if let Ok(platform) = repository.references()
        && let Ok(all) = platform.all()
    {
        let shortened = all
            .filter_map(Result::ok)
            .map(|reference| reference.name().shorten().to_string());
        names.extend(shortened.map(|name| (strsim::damerau_levenshtein(revision, &name), name)));
    }
    names.retain(|(distance, _)| *distance <= 1 + revision.len() / 4);
    names.sort();
    names.truncate(MAX_SUGGESTIONS);
    let meant: Vec<String> = names.into_iter().map(|(_, name)| format!("'{name}'")).collect();
    TreeError::UnknownRevision {
        revision: revision.to_owned(),
        path: path.display().to_string(),
        hint: (!meant.is_empty()).then(|| format!("did you mean {}?", meant.join(" or "))),
    }
}
