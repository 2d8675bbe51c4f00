//! A kernel tree out of the objects of a git repository, through gitoxide: no checkout, no hooks, no git process.
//! Of the repository's configuration nothing counts but what says how objects are stored.

use std::path::{Path, PathBuf};

use gix::objs::{Find, TreeRefIter};
use gix::{ObjectId, ThreadSafeRepository};
use tpabi_core::problem::Problem;

use super::{
    ContentId, FileReader, KernelTree, MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, TreeFile, checked, problem, too_large,
    too_many,
};
use crate::error::TreeError;

/// Decoded delta bases that each reader keeps. More saves nothing on kernel histories, and costs page faults.
const BASE_CACHE_BYTES: usize = 16 << 20;
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

    /// Lists its files.
    pub fn open(&self) -> Result<Box<dyn KernelTree>, TreeError> {
        let local = self.repository.to_thread_local();
        let mut listing = Listing {
            odb: &local.objects,
            root: &self.path,
            files: Vec::with_capacity(100_000),
            problems: Vec::new(),
            entries: 0,
        };
        listing.walk(self.tree, &mut String::new(), 0)?;
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
        odb.set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(BASE_CACHE_BYTES)));
        Box::new(GitReader {
            odb,
            buffer: Vec::new(),
        })
    }
}

struct GitReader {
    odb: gix::OdbHandle,
    buffer: Vec<u8>,
}

impl FileReader for GitReader {
    fn read(&mut self, file: &TreeFile) -> Result<&[u8], Problem> {
        let id = ObjectId::Sha1(file.content.0);
        match self.odb.try_find(&id, &mut self.buffer) {
            Ok(Some(object)) if object.data.len() > MAX_FILE_BYTES => Err(too_large(&file.path)),
            Ok(Some(object)) => Ok(object.data),
            Ok(None) => Err(problem(
                "file-missing",
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
}

/// A walk through a tree, in the order of git, which is that of the bytes of full paths.
struct Listing<'r> {
    odb: &'r gix::OdbHandle,
    root: &'r Path,
    files: Vec<TreeFile>,
    problems: Vec<Problem>,
    entries: usize,
}

impl Listing<'_> {
    fn walk(&mut self, id: ObjectId, prefix: &mut String, depth: usize) -> Result<(), TreeError> {
        let mut buffer = Vec::new();
        let tree = match self.odb.try_find(&id, &mut buffer) {
            Ok(Some(tree)) if tree.kind == gix::objs::Kind::Tree => tree,
            _ => {
                self.lost(id, prefix);
                return Ok(());
            }
        };
        for entry in TreeRefIter::from_bytes(tree.data, tree.object_hash) {
            let Ok(entry) = entry else {
                self.lost(id, prefix);
                break;
            };
            self.entries += 1;
            if self.entries > MAX_ENTRIES || depth > MAX_DEPTH {
                return Err(too_many(self.root));
            }
            let length = prefix.len();
            prefix.push_str(&String::from_utf8_lossy(entry.filename));
            if entry.mode.is_tree() {
                prefix.push('/');
                self.walk(entry.oid.to_owned(), prefix, depth + 1)?;
            } else if entry.mode.is_blob() {
                self.files.push(TreeFile {
                    path: prefix.as_str().into(),
                    content: content(entry.oid),
                });
            }
            prefix.truncate(length);
        }
        Ok(())
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
