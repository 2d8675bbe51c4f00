//! Reads a copy of tracefs out of a tar archive, in one pass and in memory. Entries are recognised by the end of their path;
//! links, devices and paths with `..` are never looked at, and nothing is unpacked to disk.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use tpabi_core::format_file::FormatReader;

use super::{MAX_FILE_BYTES, add, file_too_large, limit, not_tracefs, unreadable};
use crate::archive::{self, Unpacked};
use crate::error::TreeError;

/// The most that is unpacked of an archive; a real one has about 15 MiB.
const MAX_UNPACKED_BYTES: u64 = if cfg!(test) { 8 << 20 } else { 512 << 20 };
/// The most entries of an archive; a copy of a whole tracefs has about ten per event.
const MAX_ENTRIES: usize = if cfg!(test) { 100 } else { 1_000_000 };

/// Reads all format files in the archive at `path`.
pub(super) fn read(path: &Path) -> Result<FormatReader, TreeError> {
    let file = File::open(path).map_err(|error| unreadable(path, error))?;
    let failure = |error: std::io::Error| archive::failure(path, &error, MAX_UNPACKED_BYTES);
    let unpacked = Unpacked::new(file, MAX_UNPACKED_BYTES).map_err(failure)?;
    if unpacked.head().is_empty() {
        return Err(TreeError::EmptyArchive {
            path: path.display().to_string(),
        });
    }
    if !unpacked.is_packed() && !unpacked.is_tar() {
        return Err(not_tracefs(path, "it is neither a directory nor a tar archive", None));
    }
    let mut archive = tar::Archive::new(unpacked);
    let mut reader = FormatReader::default();
    let mut text = Vec::new();
    let mut count = 0;
    for entry in archive.entries().map_err(failure)? {
        let mut entry = entry.map_err(failure)?;
        count += 1;
        if count > MAX_ENTRIES {
            return Err(limit(path, "has too many entries", format!("{MAX_ENTRIES} entries")));
        }
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let Some((system, name)) = event_of(&entry.path_bytes()) else {
            continue;
        };
        if entry.size() > MAX_FILE_BYTES as u64 {
            return Err(file_too_large(path));
        }
        text.clear();
        entry.read_to_end(&mut text).map_err(failure)?;
        add(&mut reader, path, &system, &name, &text)?;
    }
    if archive.into_inner().ended() {
        // An archive that was cut off between two entries would pass for a kernel with fewer events.
        let reason = "it lacks the mark at its end, so it was cut off".into();
        return Err(TreeError::BadArchive {
            path: path.display().to_string(),
            reason,
        });
    }
    if count == 0 {
        return Err(TreeError::EmptyArchive {
            path: path.display().to_string(),
        });
    }
    Ok(reader)
}

/// System and name of the event whose format file has this path in the archive, `[prefix/]events/SYSTEM/EVENT/format`, where
/// `events/` may be lacking if there is no prefix. Instances (`instances/NAME/events`) repeat the events of the kernel.
fn event_of(path: &[u8]) -> Option<(String, String)> {
    let path = String::from_utf8_lossy(path);
    let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").rev();
    if parts.next()? != "format" {
        return None;
    }
    let (name, system) = (parts.next()?, parts.next()?);
    let mut prefix = parts;
    let in_events = prefix.next().is_none_or(|parent| parent == "events");
    let outside = name == ".." || system == ".." || prefix.any(|part| part == ".." || part == "instances");
    (in_events && !outside).then(|| (system.to_owned(), name.to_owned()))
}
