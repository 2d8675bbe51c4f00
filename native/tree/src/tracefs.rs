//! Reads what a booted kernel says of its events: tracefs itself, a copy of it, or an archive of a copy.
//! A snapshot from here claims that it holds all events, so a file that cannot be opened is a failure, not a gap.

mod archive;
mod directory;

use std::fs;
use std::path::Path;

use tpabi_core::format_file::{FormatReader, Formats};
use tpabi_core::problem::Problem;
use tpabi_core::snapshot::{Kernel, Knows, SCHEMA_VERSION, Snapshot};

use crate::error::TreeError;

/// The largest format file that is read. Real ones stay under 20 KiB.
const MAX_FILE_BYTES: usize = 1 << 20;
/// The most format files that are read. Real kernels have under 10,000.
const MAX_FILES: usize = if cfg!(test) { 50 } else { 100_000 };

/// Reads the tracefs at `path`: a directory (the mount point, a copy, or its `events`) or a `.tar`, plain or compressed with
/// gzip, xz or zstd.
pub fn read_tracefs(path: &Path) -> Result<Snapshot, TreeError> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let mut kernel = Kernel {
        origin: vec!["tracefs".into()],
        ..Kernel::default()
    };
    let reader = if metadata.is_dir() {
        directory::read(path, &mut kernel)?
    } else if metadata.is_file() {
        archive::read(path)?
    } else {
        return Err(not_tracefs(path, "it is neither a directory nor a file", None));
    };
    let Formats {
        common_fields,
        events,
        problems,
    } = reader.finish();
    if events.is_empty() {
        return Err(nothing_read(path, &problems));
    }
    let knows = Knows {
        layout: true,
        types: true,
        print_format: true,
        existence: true,
        ..Knows::default()
    };
    let mut snapshot = Snapshot {
        schema_version: SCHEMA_VERSION,
        kernel,
        knows,
        common_fields,
        events,
        problems,
        ..Snapshot::default()
    };
    snapshot.sort();
    Ok(snapshot)
}

/// Takes one file into account. `text` is the whole of `events/<system>/<name>/format`.
fn add(reader: &mut FormatReader, path: &Path, system: &str, name: &str, text: &[u8]) -> Result<(), TreeError> {
    if reader.files_read() == MAX_FILES {
        return Err(limit(path, "holds too many format files", format!("{MAX_FILES} files")));
    }
    reader.read(system, name, text);
    Ok(())
}

fn limit(path: &Path, what: &'static str, limit: String) -> TreeError {
    TreeError::LimitExceeded {
        path: path.display().to_string(),
        what,
        limit,
    }
}

fn file_too_large(path: &Path) -> TreeError {
    limit(
        path,
        "holds a format file that is too large",
        format!("{} KiB", MAX_FILE_BYTES >> 10),
    )
}

/// Format files of a mounted tracefs are for root alone unless the administrator says otherwise.
fn unreadable(path: &Path, error: impl Into<std::io::Error>) -> TreeError {
    let mut failure = TreeError::from_io(path, error);
    if let TreeError::PermissionDenied { hint, .. } = &mut failure {
        *hint = Some(format!(
            "run with sudo; or let a group read it: sudo mount -o remount,gid=GROUP,mode=750 {0}; \
             or read a copy: sudo cp -r {0}/events DIRECTORY",
            path.display()
        ));
    }
    failure
}

fn nothing_read(path: &Path, problems: &[Problem]) -> TreeError {
    let Some(first) = problems.first() else {
        let unmounted = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
        let hint = unmounted.then_some("mount it with: sudo mount -t tracefs nodev /sys/kernel/tracing");
        return not_tracefs(path, "it has no events/SYSTEM/EVENT/format", hint);
    };
    let reason = format!(
        "none of its {} format files can be read: {}",
        problems.len(),
        first.message
    );
    let hint = "tar stores files of a mounted tracefs as empty; copy them with cp -r first, then pack the copy";
    not_tracefs(path, &reason, Some(hint))
}

fn not_tracefs(path: &Path, reason: &str, hint: Option<&str>) -> TreeError {
    TreeError::NotTracefs {
        path: path.display().to_string(),
        reason: reason.into(),
        hint: hint.map(Into::into),
    }
}

#[cfg(test)]
mod tests;
