//! Reads a tracefs directory, mounted or copied. Costs what the kernel needs to print the files and little more: one open, the
//! reads and a close per file, no stat, one buffer for all.

use std::ffi::CString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, FsWord, Mode, OFlags, fstatfs, openat, statat};
use rustix::io::{Errno, read as read_some};
use tpabi_core::format_file::FormatReader;
use tpabi_core::snapshot::Kernel;

use super::{MAX_FILE_BYTES, add, file_too_large, unreadable};
use crate::error::TreeError;
use crate::machine;

/// `f_type` of a mounted tracefs (`TRACEFS_MAGIC`, include/uapi/linux/magic.h).
const TRACEFS_MAGIC: FsWord = 0x7472_6163;

/// Reads all format files below `path`; fills in what `uname` says if `path` is a mounted tracefs.
pub(super) fn read(path: &Path, kernel: &mut Kernel) -> Result<FormatReader, TreeError> {
    let fail = |error: Errno| unreadable(path, error);
    let root = open_directory(CWD, path).map_err(fail)?;
    if fstatfs(&root).is_ok_and(|stat| stat.f_type == TRACEFS_MAGIC) {
        machine::name(kernel);
    }
    let events = match open_directory(&root, "events") {
        Err(Errno::NOENT | Errno::NOTDIR) => root,
        opened => opened.map_err(fail)?,
    };
    let mut reader = FormatReader::default();
    let mut buffer = vec![0; 64 << 10];
    for system in subdirectories(&events).map_err(fail)? {
        let system_fd = open_directory(&events, &system).map_err(fail)?;
        let system = system.to_string_lossy();
        for event in subdirectories(&system_fd).map_err(fail)? {
            let file = [event.as_bytes(), b"/format"].concat();
            let length = match read_file(system_fd.as_fd(), &file, &mut buffer) {
                // An event of a module that was unloaded since the directory was listed.
                Err(Errno::NOENT | Errno::NODEV) => continue,
                length => length.map_err(fail)?,
            };
            if length > MAX_FILE_BYTES {
                return Err(file_too_large(path));
            }
            add(&mut reader, path, &system, &event.to_string_lossy(), &buffer[..length])?;
        }
    }
    Ok(reader)
}

fn open_directory(parent: impl AsFd, path: impl rustix::path::Arg) -> Result<OwnedFd, Errno> {
    openat(
        parent,
        path,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// Names of the real directories in `directory`, sorted. Symbolic links are not among them.
fn subdirectories(directory: &OwnedFd) -> Result<Vec<CString>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let file_type = match entry.file_type() {
            FileType::Unknown => FileType::from_raw_mode(statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode),
            known => known,
        };
        if file_type == FileType::Directory && name != c"." && name != c".." {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Fills `buffer` with the file and returns its length; stops reading beyond [`MAX_FILE_BYTES`].
fn read_file(directory: BorrowedFd, path: &[u8], buffer: &mut Vec<u8>) -> Result<usize, Errno> {
    // Non-blocking, or a named pipe in a made-up tree would wait for a writer for ever.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = openat(directory, path, flags, Mode::empty())?;
    let mut length = 0;
    while length <= MAX_FILE_BYTES {
        if length == buffer.len() {
            buffer.resize(2 * length, 0);
        }
        match read_some(&file, &mut buffer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
