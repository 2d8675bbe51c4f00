//! The fixtures of `test/fixtures/btf` in all the shapes that a path can name, and what is wrong with some.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tpabi_core::snapshot::Snapshot;

use super::read_btf;

const VMLINUX: &[u8] = include_bytes!("../../../../test/fixtures/btf/vmlinux");
const DISK: &[u8] = include_bytes!("../../../../test/fixtures/btf/disk");
/// The tracepoints of both.
const ALL: [&str; 3] = ["disk_add", "task_sleep", "task_wake"];

fn directory(files: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary directory");
    for (name, bytes) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    root
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).expect("appended");
    }
    builder.into_inner().expect("a tar")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 0);
    encoder.write_all(bytes).expect("packed");
    encoder.finish().expect("packed")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// An ELF file for arm64 with these sections and no others (`Elf64_Ehdr`, `Elf64_Shdr` in include/uapi/linux/elf.h).
fn elf(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut names = vec![0];
    let mut data: Vec<u8> = Vec::new();
    let mut headers = vec![[0_u64; 8]];
    let all = [sections, &[(".shstrtab", &[] as &[u8])]].concat();
    for (name, bytes) in &all {
        let name_at = names.len() as u64;
        names.extend(name.bytes().chain([0]));
        let is_names = *name == ".shstrtab";
        let bytes = if is_names { names.as_slice() } else { bytes };
        let kind = if is_names { 3 } else { 1 };
        headers.push([
            name_at | kind << 32,
            0,
            0,
            64 + data.len() as u64,
            bytes.len() as u64,
            0,
            1,
            0,
        ]);
        data.extend_from_slice(bytes);
    }
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend([1_u16, 183].map(u16::to_le_bytes).concat());
    file.extend(1_u32.to_le_bytes());
    file.extend([0, 0, 64 + data.len() as u64].map(u64::to_le_bytes).concat());
    file.extend(0_u32.to_le_bytes());
    let count = headers.len() as u16;
    file.extend([64, 0, 0, 64, count, count - 1].map(u16::to_le_bytes).concat());
    file.extend(data);
    file.extend(headers.concat().into_iter().flat_map(u64::to_le_bytes));
    file
}

fn read(path: &Path) -> Snapshot {
    read_btf(path, []).expect("a snapshot")
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    assert_eq!(snapshot.problems, []);
    snapshot
        .tracepoints
        .iter()
        .map(|tracepoint| tracepoint.name.as_str())
        .collect()
}

fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let root = directory(&[("some-file", bytes)]);
    let path = root.path().join("some-file");
    (root, path)
}

#[track_caller]
fn fails(path: &Path, code: &str, words: &str) {
    let error = read_btf(path, []).expect_err("a failure");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn reads_a_directory_with_modules_on_top_of_vmlinux() {
    let root = directory(&[
        ("vmlinux", VMLINUX),
        ("a-disk", DISK),
        ("README", b"hello"),
        ("empty", b""),
    ]);
    let snapshot = read_btf(root.path(), ["TASK_IDLE".to_owned(), "MISSING".to_owned()]).expect("a snapshot");
    assert_eq!(names(&snapshot), ALL);
    assert_eq!(snapshot.classes.len(), 2);
    assert_eq!(
        snapshot.enums.into_iter().collect::<Vec<_>>(),
        [("TASK_IDLE".to_owned(), 0x402)]
    );
    assert!(snapshot.knows.args && !snapshot.knows.existence && !snapshot.knows.layout);
    assert_eq!(
        (snapshot.kernel.version.as_str(), snapshot.kernel.arch.as_str()),
        ("", "")
    );
}

#[test]
fn reads_modules_where_they_are_installed() {
    let module = elf(&[(".text", b"code"), (".BTF", DISK)]);
    let without = elf(&[(".text", b"code")]);
    let files: [(&str, &[u8]); 4] = [
        ("vmlinux", &elf(&[(".BTF", VMLINUX)])),
        ("kernel/drivers/disk.ko.xz", &xz(&module)),
        ("kernel/fs/other.ko", &without),
        ("modules.dep", b"kernel/drivers/disk.ko.xz:"),
    ];
    let root = directory(&files);
    let snapshot = read(root.path());
    assert_eq!(names(&snapshot), ALL);
    assert_eq!(snapshot.kernel.arch, "arm64");
}

#[test]
fn reads_files_by_content_not_by_name() {
    let archive = tar(&[("./btf/vmlinux", VMLINUX), ("btf/disk", DISK), ("btf/README", b"hello")]);
    for pack in [|bytes: &[u8]| bytes.to_vec(), gzip, xz, zstd] {
        for (content, expected) in [(archive.as_slice(), &ALL[..]), (VMLINUX, &ALL[1..])] {
            let (_root, path) = file(&pack(content));
            assert_eq!(names(&read(&path)), expected);
        }
        let (_root, path) = file(&pack(&elf(&[(".BTF", VMLINUX)])));
        assert_eq!(names(&read(&path)), &ALL[1..]);
    }
}

#[test]
fn a_single_module_is_read_on_top_of_the_vmlinux_beside_it() {
    let root = directory(&[("vmlinux", VMLINUX), ("disk", DISK)]);
    let snapshot = read(&root.path().join("disk"));
    assert_eq!(names(&snapshot), ["disk_add"]);
    assert_eq!(snapshot.tracepoints[0].args[1].r#type, "unsigned short");
    fs::remove_file(root.path().join("vmlinux")).expect("removed");
    fails(&root.path().join("disk"), "not-btf", "continues the BTF of a vmlinux");
}

#[test]
fn a_module_that_brings_its_base_needs_no_vmlinux() {
    let (_root, path) = file(&elf(&[(".BTF", DISK), (".BTF.base", VMLINUX)]));
    assert_eq!(names(&read(&path)), ["disk_add"]);
}

#[test]
fn follows_no_symbolic_link() {
    let root = directory(&[("vmlinux", VMLINUX)]);
    let outside = directory(&[("disk", DISK)]);
    symlink(outside.path().join("disk"), root.path().join("disk")).expect("linked");
    symlink(outside.path(), root.path().join("more")).expect("linked");
    assert_eq!(names(&read(root.path())), &ALL[1..]);
}

#[test]
fn says_why_there_is_nothing_to_read() {
    fails(Path::new("/no/such/file"), "not-found", "does not exist");
    let root = directory(&[("README", b"hello")]);
    fails(root.path(), "not-btf", "no file in it has BTF");
    fails(&root.path().join("README"), "not-btf", "neither BTF nor ELF");
    let root = directory(&[("vmlinux", VMLINUX), ("vmlinux-6.1", VMLINUX), ("disk", DISK)]);
    fails(
        root.path(),
        "not-btf",
        "several kernels, such as 'vmlinux' and 'vmlinux-6.1'",
    );
    let cases: [(Vec<u8>, &str, &str); 6] = [
        (elf(&[(".text", b"code")]), "not-btf", "no .BTF section"),
        (b"\x7fELF and no more".to_vec(), "not-btf", "its ELF is damaged"),
        (tar(&[("README", b"hello")]), "not-btf", "no file in it has BTF"),
        (tar(&[]), "empty-archive", "is empty"),
        (xz(VMLINUX)[..200].to_vec(), "bad-archive", "cannot unpack"),
        (
            gzip(&[VMLINUX, &vec![0; 25 << 20]].concat()),
            "limit-exceeded",
            "unpacks to too much",
        ),
    ];
    for (bytes, code, words) in cases {
        let (_root, path) = file(&bytes);
        fails(&path, code, words);
    }
}

#[test]
fn a_blob_of_which_nothing_is_left_is_refused() {
    for (length, words) in [(10, "its header is cut off"), (VMLINUX.len() / 2, "lack the last")] {
        let (_root, path) = file(&VMLINUX[..length]);
        fails(&path, "not-btf", words);
    }
}

#[test]
fn an_archive_that_was_cut_off_is_refused() {
    let archive = tar(&[("vmlinux", VMLINUX), ("disk", DISK)]);
    for length in [1000, 2048, archive.len() - 1024] {
        let (_root, path) = file(&archive[..length]);
        fails(&path, "bad-archive", "cannot unpack");
    }
}

#[test]
fn bounds_what_it_reads() {
    let large = [VMLINUX, &vec![0; 17 << 20]].concat();
    for bytes in [large.clone(), elf(&[(".BTF", &large)]), tar(&[("vmlinux", &large)])] {
        let (_root, path) = file(&bytes);
        fails(&path, "limit-exceeded", "too much BTF");
    }
}

#[test]
fn bounds_how_many_files_it_reads() {
    let names: Vec<String> = (0..51).map(|number| format!("file{number}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"text" as &[u8])).collect();
    fails(directory(&files).path(), "limit-exceeded", "too many files");
    let (_root, path) = file(&tar(&files));
    fails(&path, "limit-exceeded", "too many files");
    let root = directory(&[(&format!("{}vmlinux", "a/".repeat(20)), VMLINUX)]);
    fails(root.path(), "limit-exceeded", "too deeply");
}

#[test]
fn reads_the_kernel_that_runs() {
    let path = Path::new("/sys/kernel/btf/vmlinux");
    if !path.exists() {
        // A test may say why it does nothing.
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: this kernel has no {}", path.display());
        }
        return;
    }
    let snapshot = read(path);
    assert!(!snapshot.kernel.version.is_empty() && snapshot.common_fields.len() >= 4);
    let switch = snapshot
        .tracepoints
        .iter()
        .find(|tracepoint| tracepoint.name == "sched_switch");
    assert_eq!(switch.expect("sched_switch").args[1].r#type, "struct task_struct *");
}
