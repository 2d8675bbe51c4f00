//! What was found out in earlier runs, in files of the user's cache directory.
//! The cache is never needed and never trusted: whatever goes wrong with it (deleted, full disk, read-only, cut off, garbage,
//! another process) costs time and nothing else.
//!
//! Every file is written under a temporary name and renamed when it is whole, and is a gzip stream, whose checksum tells a
//! damaged one. Nothing is ever changed in place, so there is nothing to lock. (LMDB was tried: a data file that was cut off
//! kills the process with SIGBUS.)

mod facts;

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

pub use self::facts::Facts;
use crate::kernel_tree::ContentId;

/// Files above this sum are deleted, the longest unused first.
const MAX_BYTES: u64 = 1 << 30;
/// The largest value that is read back.
const MAX_VALUE_BYTES: u64 = 256 << 20;
/// Temporary files of runs that were killed are deleted when they are this old.
const ABANDONED: Duration = Duration::from_hours(1);
const TEMPORARY_PREFIX: &str = "tmp-";

/// A cache directory, or none.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    directory: Option<PathBuf>,
}

impl Cache {
    /// The cache in this directory, which is made at the first write; `None` remembers nothing.
    pub fn new(directory: Option<PathBuf>) -> Self {
        Self { directory }
    }

    /// Where users' caches lie: `TPABI_CACHE_DIR`, or `tpabi` in `XDG_CACHE_HOME` or `~/.cache`.
    pub fn default_directory() -> Option<PathBuf> {
        let set = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        let user = || set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
        set("TPABI_CACHE_DIR").or_else(|| Some(user()?.join("tpabi")))
    }

    /// The value put under this key by this version of tpabi. For few and large values; for many small ones see [`Facts`].
    pub fn get(&self, kind: &str, key: &[u8]) -> Option<Vec<u8>> {
        let path = self.directory_of(kind)?.join(file_name(key));
        let value = read_packed(&path)?;
        // Says that it is in use; see `sweep`.
        let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(value)
    }

    /// Keeps a value under a key.
    pub fn put(&self, kind: &str, key: &[u8], value: &[u8]) {
        if let Some(directory) = self.directory_of(kind) {
            self.write_packed(&directory.join(file_name(key)), value);
        }
    }

    /// All facts of a kind, by content.
    pub fn facts(&self, kind: &str) -> Facts {
        Facts::load(self.clone(), self.directory_of(kind))
    }

    fn directory_of(&self, kind: &str) -> Option<PathBuf> {
        let version = concat!("v", env!("TPABI_FACTS_VERSION"));
        Some(self.directory.as_ref()?.join(version).join(kind))
    }

    /// Writes a whole file or none. Failure is no news: the value will be found out again.
    fn write_packed(&self, path: &Path, value: &[u8]) {
        if write_whole(path, value).is_ok() {
            self.sweep();
        }
    }

    /// Deletes what killed runs left, and the longest unused files above the limit.
    fn sweep(&self) {
        let Some(directory) = &self.directory else { return };
        let now = SystemTime::now();
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for version in list(directory).filter(|path| is_version(path)) {
            for path in list(&version).flat_map(|kind| list(&kind)) {
                let Ok(metadata) = fs::symlink_metadata(&path) else {
                    continue;
                };
                let changed = metadata.modified().unwrap_or(now);
                if !is_temporary(&path) {
                    files.push((changed, metadata.len(), path));
                } else if now.duration_since(changed).is_ok_and(|age| age > ABANDONED) {
                    let _ = fs::remove_file(&path);
                }
            }
        }
        files.sort_unstable();
        let mut total: u64 = files.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in files {
            if total <= MAX_BYTES {
                break;
            }
            let _ = fs::remove_file(path);
            total -= size;
        }
    }
}

fn list(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
}

/// Whether this is a directory of ours. The user may have named a directory that holds other things.
fn is_version(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(OsStr::to_str)
        .and_then(|name| name.strip_prefix('v'));
    name.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .and_then(OsStr::to_str)
        .is_some_and(|name| name.starts_with(TEMPORARY_PREFIX))
}

fn file_name(key: &[u8]) -> String {
    ContentId::of([key]).to_string()
}

fn write_whole(path: &Path, value: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(directory)?;
    let file = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .tempfile_in(directory)?;
    let mut encoder = GzEncoder::new(file, Compression::fast());
    encoder.write_all(value)?;
    encoder.finish()?.persist(path)?;
    Ok(())
}

/// The content of a file, if it is whole. A damaged one is deleted.
fn read_packed(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let mut value = Vec::new();
    let mut bounded = GzDecoder::new(file).take(MAX_VALUE_BYTES);
    if bounded.read_to_end(&mut value).is_ok() && bounded.limit() > 0 {
        return Some(value);
    }
    let _ = fs::remove_file(path);
    None
}

#[cfg(test)]
mod tests;
