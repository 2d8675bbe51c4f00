//! Finds the blobs of BTF in what a path names: files, directories, archives, sections of ELF files. Files are told by their
//! first bytes; what is neither BTF nor ELF is passed over in a directory or an archive.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use object::read::{ReadCache, ReadRef};
use object::{Architecture, CompressionFormat, Object, ObjectSection};
use rustix::fs::{FsWord, OFlags, fstatfs};
use tpabi_core::btf::{is_btf, is_split};
use tpabi_core::snapshot::Kernel;

use super::{file_name, not_btf};
use crate::archive::{self, Unpacked};
use crate::error::TreeError;
use crate::machine;

/// The most that is read or unpacked of one file, and of all together. The BTF of a kernel has about 5 MiB, with all its modules
/// 30; a packed `vmlinux` with debug information has 500 in all.
const MAX_FILE_BYTES: u64 = if cfg!(test) { 24 << 20 } else { 1 << 30 };
const MAX_BTF_BYTES: usize = if cfg!(test) { 16 << 20 } else { 256 << 20 };
/// The most files looked at; a kernel has under 10,000 modules.
const MAX_FILES: usize = if cfg!(test) { 50 } else { 100_000 };
/// How deep `/lib/modules/VERSION` and the like are nested, with room to spare.
const MAX_DEPTH: usize = 16;
/// `f_type` of sysfs (`SYSFS_MAGIC`, include/uapi/linux/magic.h).
const SYSFS_MAGIC: FsWord = 0x6265_6572;

/// One blob.
pub(super) struct Part {
    /// Name of its file.
    pub name: String,
    pub btf: Vec<u8>,
    /// What a module brings along of the types of its vmlinux (`.BTF.base`, since 6.11).
    pub base: Option<Vec<u8>>,
    arch: &'static str,
}

impl Part {
    pub fn is_vmlinux(&self) -> bool {
        self.name.starts_with("vmlinux")
    }
}

/// The blobs that a path names.
#[derive(Default)]
pub(super) struct Parts {
    /// Sorted by name.
    pub all: Vec<Part>,
    /// The `vmlinux` beside the single module that the path names; the path does not mean it.
    pub beside: Option<Part>,
    bytes: usize,
    files: usize,
}

/// All BTF at `path`; says in `kernel` what the files tell of it.
pub(super) fn read(path: &Path, kernel: &mut Kernel) -> Result<Parts, TreeError> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let mut parts = Parts::default();
    if metadata.is_dir() {
        parts.add_directory(path, 0)?;
        if parts.all.is_empty() {
            let hint = "give the directory that holds vmlinux, normally /sys/kernel/btf";
            return Err(not_btf(path, "no file in it has BTF", Some(hint)));
        }
    } else if metadata.is_file() {
        parts.add_single(path)?;
    } else {
        return Err(not_btf(path, "it is neither a directory nor a file", None));
    }
    parts.all.sort_by(|a, b| a.name.cmp(&b.name));
    if File::open(path).is_ok_and(|file| fstatfs(file).is_ok_and(|stat| stat.f_type == SYSFS_MAGIC)) {
        machine::name(kernel);
    } else if let Some(part) = parts.all.iter().find(|part| !part.arch.is_empty()) {
        kernel.arch = part.arch.into();
    }
    Ok(parts)
}

impl Parts {
    fn add_directory(&mut self, directory: &Path, depth: usize) -> Result<(), TreeError> {
        let entries = fs::read_dir(directory).map_err(|error| unreadable(directory, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(directory, error))?;
            let path = entry.path();
            // The type of the entry itself: symbolic links are not followed.
            let file_type = entry.file_type().map_err(|error| unreadable(&path, error))?;
            if file_type.is_dir() {
                if depth == MAX_DEPTH {
                    return Err(limit(
                        &path,
                        "nests directories too deeply",
                        format!("{MAX_DEPTH} levels"),
                    ));
                }
                self.add_directory(&path, depth + 1)?;
            } else if file_type.is_file() {
                self.count(directory)?;
                let unpacked = open(&path)?;
                if let Some(part) = part_of(&path, unpacked)? {
                    self.add(&path, part)?;
                }
            }
        }
        Ok(())
    }

    fn add_single(&mut self, path: &Path) -> Result<(), TreeError> {
        let unpacked = open(path)?;
        if unpacked.is_tar() {
            return self.add_tar(path, unpacked);
        }
        let head = unpacked.head();
        if !is_btf(head) && !is_elf(head) {
            let is_boot_image = head.get(0x202..0x206) == Some(b"HdrS");
            let hint =
                "a vmlinuz holds its vmlinux packed; unpack it with scripts/extract-vmlinux of the kernel source";
            let reason = "it is neither BTF nor ELF nor an archive of them";
            return Err(not_btf(path, reason, is_boot_image.then_some(hint)));
        }
        let Some(part) = part_of(path, unpacked)? else {
            let hint = "a kernel has it if it was built with CONFIG_DEBUG_INFO_BTF=y, its modules with _BTF_MODULES=y";
            return Err(not_btf(path, "it has no .BTF section", Some(hint)));
        };
        if part.base.is_none() && is_split(&part.btf) {
            let vmlinux = path.with_file_name("vmlinux");
            self.beside = if vmlinux.is_file() {
                part_of(&vmlinux, open(&vmlinux)?)?
            } else {
                None
            };
        }
        self.add(path, part)
    }

    fn add_tar(&mut self, path: &Path, unpacked: Unpacked) -> Result<(), TreeError> {
        let failure = |error: std::io::Error| archive::failure(path, &error, MAX_FILE_BYTES);
        let mut archive = tar::Archive::new(unpacked);
        for entry in archive.entries().map_err(failure)? {
            let mut entry = entry.map_err(failure)?;
            self.count(path)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let mut bytes = Vec::new();
            entry.by_ref().take(4).read_to_end(&mut bytes).map_err(failure)?;
            if !is_btf(&bytes) && !is_elf(&bytes) {
                continue;
            }
            entry.read_to_end(&mut bytes).map_err(failure)?;
            if let Some(part) = part_of_bytes(Path::new(&name), bytes)? {
                self.add(path, part)?;
            }
        }
        if archive.into_inner().ended() {
            // An archive that was cut off between two entries would pass for a kernel with fewer modules.
            let reason = "it lacks the mark at its end, so it was cut off".into();
            return Err(TreeError::BadArchive {
                path: path.display().to_string(),
                reason,
            });
        }
        if self.files == 0 {
            return Err(TreeError::EmptyArchive {
                path: path.display().to_string(),
            });
        }
        if self.all.is_empty() {
            return Err(not_btf(path, "no file in it has BTF", None));
        }
        Ok(())
    }

    fn count(&mut self, path: &Path) -> Result<(), TreeError> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(limit(path, "holds too many files", format!("{MAX_FILES} files")));
        }
        Ok(())
    }

    fn add(&mut self, path: &Path, part: Part) -> Result<(), TreeError> {
        self.bytes += part.btf.len() + part.base.as_ref().map_or(0, Vec::len);
        if self.bytes > MAX_BTF_BYTES {
            return Err(too_large(path));
        }
        self.all.push(part);
        Ok(())
    }
}

/// Begins to read a file. Non-blocking, or a named pipe put in its place would wait for a writer for ever.
fn open(path: &Path) -> Result<Unpacked, TreeError> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let file = file.map_err(|error| unreadable(path, error))?;
    Unpacked::new(file, MAX_FILE_BYTES).map_err(|error| archive::failure(path, &error, MAX_FILE_BYTES))
}

/// The BTF of one file, if it has any.
fn part_of(path: &Path, mut unpacked: Unpacked) -> Result<Option<Part>, TreeError> {
    let head = unpacked.head();
    if is_elf(head) && !unpacked.is_packed() {
        // With debug information it may have a gigabyte, of which the sections of interest are a hundredth.
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        return part_of_elf(path, &ReadCache::new(file));
    }
    if !is_btf(head) && !is_elf(head) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let failure = |error: std::io::Error| archive::failure(path, &error, MAX_FILE_BYTES);
    unpacked.read_to_end(&mut bytes).map_err(failure)?;
    part_of_bytes(path, bytes)
}

fn part_of_bytes(path: &Path, bytes: Vec<u8>) -> Result<Option<Part>, TreeError> {
    if is_elf(&bytes) {
        return part_of_elf(path, bytes.as_slice());
    }
    if bytes.len() > MAX_BTF_BYTES {
        return Err(too_large(path));
    }
    Ok(Some(Part {
        name: file_name(path),
        btf: bytes,
        base: None,
        arch: "",
    }))
}

fn part_of_elf<'d>(path: &Path, data: impl ReadRef<'d>) -> Result<Option<Part>, TreeError> {
    let broken = |error: object::Error| not_btf(path, &format!("its ELF is damaged: {error}"), None);
    let elf = object::File::parse(data).map_err(broken)?;
    let section = |name: &str| {
        let Some(section) = elf.section_by_name(name) else {
            return Ok(None);
        };
        let range = section.compressed_file_range().map_err(broken)?;
        if range.format != CompressionFormat::None {
            return Err(not_btf(path, &format!("its section {name} is compressed"), None));
        }
        if range.uncompressed_size > MAX_BTF_BYTES as u64 {
            return Err(too_large(path));
        }
        Ok(Some(section.data().map_err(broken)?.to_vec()))
    };
    let Some(btf) = section(".BTF")? else {
        return Ok(None);
    };
    Ok(Some(Part {
        name: file_name(path),
        btf,
        base: section(".BTF.base")?,
        arch: arch_of(elf.architecture(), elf.is_little_endian()),
    }))
}

/// The architecture as tpabi spells it; empty where tpabi knows no such kernel.
fn arch_of(architecture: Architecture, little_endian: bool) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::I386 => "i386",
        Architecture::Aarch64 => "arm64",
        Architecture::Arm => "arm",
        Architecture::Riscv64 => "riscv64",
        Architecture::S390x => "s390x",
        Architecture::PowerPc64 if little_endian => "ppc64le",
        _ => "",
    }
}

fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

fn unreadable(path: &Path, error: std::io::Error) -> TreeError {
    let mut failure = TreeError::from_io(path, error);
    if let TreeError::PermissionDenied { hint, .. } = &mut failure {
        *hint = Some("/sys/kernel/btf is readable for everybody unless the administrator changed that".into());
    }
    failure
}

fn too_large(path: &Path) -> TreeError {
    limit(path, "holds too much BTF", format!("{} MiB", MAX_BTF_BYTES >> 20))
}

fn limit(path: &Path, what: &'static str, limit: String) -> TreeError {
    TreeError::LimitExceeded {
        path: path.display().to_string(),
        what,
        limit,
    }
}
