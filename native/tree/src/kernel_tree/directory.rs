//! A kernel tree on disk. Symbolic links are neither followed nor listed, so nothing outside the directory is ever read.

use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustc_hash::FxHasher;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;
use tpabi_core::problem::Problem;

use super::{
    ContentId, FileReader, KernelTree, MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, TreeFile, problem, too_large, too_many,
};
use crate::error::TreeError;

/// A kernel tree on disk.
pub(super) struct DirectoryTree {
    root: OwnedFd,
    id: ContentId,
    files: Vec<TreeFile>,
    problems: Vec<Problem>,
}

impl DirectoryTree {
    /// Lists the tree at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, TreeError> {
        // The path of the root may be a symbolic link of the user's; nothing below it may.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY;
        let root = openat(CWD, path, flags, Mode::empty()).map_err(|error| TreeError::from_io(path, error))?;
        let mut listing = Listing {
            path: path.to_owned(),
            files: Vec::new(),
            problems: Vec::new(),
            entries: 0,
        };
        listing.walk(&root, &mut String::new(), 0)?;
        let Listing {
            mut files, problems, ..
        } = listing;
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let listed = files.iter().flat_map(|file| [file.path.as_bytes(), &file.content.0]);
        let id = ContentId::of(listed);
        Ok(Self {
            root,
            id,
            files,
            problems,
        })
    }
}

impl KernelTree for DirectoryTree {
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
        Box::new(DirectoryReader {
            root: &self.root,
            buffer: Vec::new(),
        })
    }
}

struct DirectoryReader<'t> {
    root: &'t OwnedFd,
    buffer: Vec<u8>,
}

impl FileReader for DirectoryReader<'_> {
    fn read(&mut self, file: &TreeFile) -> Result<&[u8], Problem> {
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => problem("file-missing", "file is gone".into(), &file.path),
            _ => problem("file-unreadable", format!("cannot read file: {error}"), &file.path),
        };
        let opened = open_at(self.root, &file.path, OFlags::NONBLOCK).map_err(|error| unreadable(error.into()))?;
        self.buffer.clear();
        let mut bounded = File::from(opened).take(MAX_FILE_BYTES as u64 + 1);
        bounded.read_to_end(&mut self.buffer).map_err(unreadable)?;
        if self.buffer.len() > MAX_FILE_BYTES {
            Err(too_large(&file.path))
        } else {
            Ok(&self.buffer)
        }
    }
}

struct Listing {
    path: PathBuf,
    files: Vec<TreeFile>,
    problems: Vec<Problem>,
    entries: usize,
}

impl Listing {
    fn walk(&mut self, directory: &OwnedFd, prefix: &mut String, depth: usize) -> Result<(), TreeError> {
        let entries = match Dir::read_from(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => {
                self.lost(error, prefix);
                return Ok(());
            }
        };
        for entry in entries {
            // A name that is not UTF-8 is not one of Linux.
            let Ok(name) = entry.file_name().to_str() else { continue };
            if matches!(name, "." | ".." | ".git") {
                continue;
            }
            self.entries += 1;
            if self.entries > MAX_ENTRIES || depth > MAX_DEPTH {
                return Err(too_many(&self.path));
            }
            let length = prefix.len();
            prefix.push_str(name);
            if let Err(error) = self.visit(directory, name, entry.file_type(), prefix, depth)? {
                self.lost(error, prefix);
            }
            prefix.truncate(length);
        }
        Ok(())
    }

    /// Takes one entry of `parent`; the inner error is that of the entry alone.
    fn visit(
        &mut self,
        parent: &OwnedFd,
        name: &str,
        file_type: FileType,
        path: &mut String,
        depth: usize,
    ) -> Result<Result<(), Errno>, TreeError> {
        if file_type == FileType::Directory {
            let directory = match open_at(parent, name, OFlags::DIRECTORY) {
                Ok(directory) => directory,
                Err(error) => return Ok(Err(error)),
            };
            path.push('/');
            return self.walk(&directory, path, depth + 1).map(Ok);
        }
        if !matches!(file_type, FileType::RegularFile | FileType::Unknown) {
            return Ok(Ok(()));
        }
        let stat = match statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(error) => return Ok(Err(error)),
        };
        match FileType::from_raw_mode(stat.st_mode) {
            // A file system that does not tell the types of entries when it lists them.
            FileType::Directory => return self.visit(parent, name, FileType::Directory, path, depth),
            FileType::RegularFile => self.files.push(TreeFile {
                path: path.as_str().into(),
                content: content(&stat),
            }),
            _ => {}
        }
        Ok(Ok(()))
    }

    fn lost(&mut self, error: Errno, path: &str) {
        let message = format!("cannot list: {}", std::io::Error::from(error));
        self.problems
            .push(problem("directory-unreadable", message, path.trim_end_matches('/')));
    }
}

fn open_at(parent: &OwnedFd, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    openat(
        parent,
        path,
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | flags,
        Mode::empty(),
    )
}

/// Inode, size and times: whatever changes the bytes of a file changes one of them.
fn content(stat: &Stat) -> ContentId {
    let mut times = FxHasher::default();
    (stat.st_mtime, stat.st_mtime_nsec, stat.st_ctime, stat.st_ctime_nsec).hash(&mut times);
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&stat.st_ino.to_le_bytes());
    bytes[8..16].copy_from_slice(&times.finish().to_le_bytes());
    bytes[16..].copy_from_slice(&stat.st_size.to_le_bytes()[..4]);
    ContentId(bytes)
}
