//! Reads a copy of tracefs out of a tar archive, in one pass and in memory. Entries are recognised by the end of their path;
//! links, devices and paths with `..` are never looked at, and nothing is unpacked to disk.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use tpabi_core::format_file::FormatReader;

use super::{MAX_FILE_BYTES, add, file_too_large, limit, not_tracefs, unreadable};
use crate::error::TreeError;

/// The most that is unpacked of an archive; a real one has about 15 MiB.
const MAX_UNPACKED_BYTES: u64 = if cfg!(test) { 8 << 20 } else { 512 << 20 };
/// The most entries of an archive; a copy of a whole tracefs has about ten per event.
const MAX_ENTRIES: usize = 1_000_000;
/// Memory an xz decoder may ask for; `xz -9` needs 65 MiB.
const MAX_XZ_MEMORY: u64 = 256 << 20;

/// Reads all format files in the archive at `path`.
pub(super) fn read(path: &Path) -> Result<FormatReader, TreeError> {
    let file = File::open(path).map_err(|error| unreadable(path, error))?;
    let mut packed = BufReader::new(file);
    if packed.fill_buf().map_err(|error| failure(path, &error))?.is_empty() {
        return Err(TreeError::EmptyArchive {
            path: path.display().to_string(),
        });
    }
    let Some(unpacked) = unpacked(packed).map_err(|error| failure(path, &error))? else {
        return Err(not_tracefs(path, "it is neither a directory nor a tar archive", None));
    };
    let mut archive = tar::Archive::new(Bounded {
        inner: unpacked,
        left: MAX_UNPACKED_BYTES,
        ended: false,
    });
    let mut reader = FormatReader::default();
    let mut text = Vec::new();
    let mut count = 0;
    for entry in archive.entries().map_err(|error| failure(path, &error))? {
        let mut entry = entry.map_err(|error| failure(path, &error))?;
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
        entry.read_to_end(&mut text).map_err(|error| failure(path, &error))?;
        add(&mut reader, path, &system, &name, &text)?;
    }
    if archive.into_inner().ended {
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

/// The bytes of the tar, whatever it is packed with; the first bytes tell that, not the name. None if it is no tar.
fn unpacked(mut packed: BufReader<File>) -> io::Result<Option<Box<dyn Read>>> {
    let magic = packed.fill_buf()?;
    Ok(Some(if magic.starts_with(&[0x1f, 0x8b]) {
        Box::new(flate2::bufread::MultiGzDecoder::new(packed))
    } else if magic.starts_with(b"\xfd7zXZ\0") {
        let stream = liblzma::stream::Stream::new_stream_decoder(MAX_XZ_MEMORY, liblzma::stream::CONCATENATED)?;
        Box::new(liblzma::bufread::XzDecoder::new_stream(packed, stream))
    } else if magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Box::new(ruzstd::decoding::StreamingDecoder::new(packed).map_err(io::Error::other)?)
    } else if magic.get(257..262) == Some(b"ustar") || magic.iter().all(|&byte| byte == 0) {
        Box::new(packed)
    } else {
        return Ok(None);
    }))
}

/// Ends with an error, not silently, where more is read than allowed; knows whether the end of the file was seen.
struct Bounded<R> {
    inner: R,
    left: u64,
    ended: bool,
}

/// Marks the error of [`Bounded`] among those of the decoders.
#[derive(Debug, thiserror::Error)]
#[error("unpacks to too much")]
struct TooMuch;

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.ended |= count == 0 && !buffer.is_empty();
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(count)
    }
}

fn failure(path: &Path, error: &io::Error) -> TreeError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        let nested = inner.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if inner.is::<TooMuch>() || nested.is_some_and(<dyn std::error::Error + Send + Sync>::is::<TooMuch>) {
            return limit(path, "unpacks to too much", format!("{} MiB", MAX_UNPACKED_BYTES >> 20));
        }
        cause = inner.source();
    }
    TreeError::BadArchive {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
