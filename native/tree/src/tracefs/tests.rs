//! Small made-up copies of tracefs, as directories and as archives, whole and hostile.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tpabi_core::snapshot::Snapshot;

use super::{MAX_FILE_BYTES, MAX_FILES, read_tracefs};

fn format_file(name: &str) -> String {
    let header = "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n";
    let own = "\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n";
    format!("name: {name}\nID: 7\nformat:\n{header}\n{own}\nprint fmt: \"%d\", REC->pid\n")
}

fn directory(events: &[&str]) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary directory");
    for event in events {
        let directory = root.path().join("events").join(event);
        fs::create_dir_all(&directory).expect("made");
        let name = event.rsplit('/').next().expect("a name");
        fs::write(directory.join("format"), format_file(name)).expect("written");
    }
    fs::write(root.path().join("events/header_page"), "\tfield: u64 timestamp;").expect("written");
    root
}

/// A tar of `(path, text)`, kept in a directory of its own. The paths are written as they are, `..` included.
fn tar(entries: &[(&str, &str)], pack: impl FnOnce(&[u8]) -> Vec<u8>) -> (TempDir, PathBuf) {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(text.len() as u64);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).expect("appended");
    }
    let tar = builder.into_inner().expect("a tar");
    let root = tempfile::tempdir().expect("a temporary directory");
    let path = root.path().join("dump");
    fs::write(&path, pack(&tar)).expect("written");
    (root, path)
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

fn names(snapshot: &Snapshot) -> Vec<String> {
    snapshot
        .events
        .iter()
        .map(|event| format!("{}:{}", event.system, event.name))
        .collect()
}

#[track_caller]
fn fails(path: &Path, code: &str, words: &str) {
    let error = read_tracefs(path).expect_err("a failure");
    assert_eq!(error.code(), code, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn reads_a_directory_and_its_events_directory_alike() {
    let root = directory(&["sched/sched_switch", "ftrace/function"]);
    for path in [root.path().to_owned(), root.path().join("events")] {
        let snapshot = read_tracefs(&path).expect("a snapshot");
        assert_eq!(names(&snapshot), ["ftrace:function", "sched:sched_switch"]);
        assert_eq!(snapshot.common_fields.len(), 1);
        assert_eq!(
            (snapshot.kernel.version.as_str(), snapshot.kernel.arch.as_str()),
            ("", "")
        );
        assert!(snapshot.knows.existence && snapshot.knows.layout && !snapshot.knows.args);
    }
}

#[test]
fn follows_no_symbolic_link() {
    let root = directory(&["sched/sched_switch", "sched/other"]);
    let outside = directory(&["secret/event"]);
    let events = root.path().join("events");
    symlink(outside.path().join("events/secret"), events.join("secret")).expect("linked");
    symlink(outside.path().join("events/secret/event"), events.join("sched/event")).expect("linked");
    assert_eq!(
        names(&read_tracefs(root.path()).expect("a snapshot")),
        ["sched:other", "sched:sched_switch"]
    );
    let format = events.join("sched/other/format");
    fs::remove_file(&format).expect("removed");
    symlink(outside.path().join("events/secret/event/format"), format).expect("linked");
    fails(root.path(), "io", "cannot read");
}

#[test]
fn reads_archives_by_content_not_by_name() {
    let text = format_file("sched_switch");
    let entries = [
        ("./dump/events/sched/sched_switch/format", text.as_str()),
        ("dump/README", "hello"),
    ];
    for pack in [|tar: &[u8]| tar.to_vec(), gzip, xz] {
        let (_root, path) = tar(&entries, pack);
        assert_eq!(names(&read_tracefs(&path).expect("a snapshot")), ["sched:sched_switch"]);
    }
}

#[test]
fn looks_only_at_the_kernels_own_events_in_an_archive() {
    let text = format_file("e");
    let (_root, path) = tar(
        &[
            ("events/s/e/format", text.as_str()),
            ("instances/i/events/i/e/format", text.as_str()),
            ("../events/up/e/format", text.as_str()),
            ("events/../e/format", text.as_str()),
            ("else/s2/e/format", text.as_str()),
            ("events/s/e/id", "7\n"),
        ],
        <[u8]>::to_vec,
    );
    assert_eq!(names(&read_tracefs(&path).expect("a snapshot")), ["s:e"]);
}

#[test]
fn a_broken_file_among_good_ones_is_a_problem() {
    let root = directory(&["sched/a", "sched/b"]);
    fs::write(root.path().join("events/sched/b/format"), "name: b\nID:").expect("written");
    let snapshot = read_tracefs(root.path()).expect("a snapshot");
    assert_eq!(names(&snapshot), ["sched:a"]);
    assert_eq!(snapshot.problems[0].code, "format-truncated");
}

#[test]
fn says_why_there_is_nothing_to_read() {
    let root = tempfile::tempdir().expect("a temporary directory");
    fails(&root.path().join("absent"), "not-found", "absent");
    fails(root.path(), "not-tracefs", "no events");
    let hint = read_tracefs(root.path()).expect_err("a failure");
    assert!(hint.hint().is_some_and(|hint| hint.contains("mount -t tracefs")));
    let file = root.path().join("file");
    for (content, code, words) in [
        (Vec::new(), "empty-archive", "empty"),
        (vec![0; 1024], "empty-archive", "empty"),
        (b"some text".to_vec(), "not-tracefs", "neither a directory nor a tar"),
        (gzip(b"some text"), "bad-archive", "cannot unpack"),
        (xz(b"text")[..30].to_vec(), "bad-archive", "cannot unpack"),
    ] {
        fs::write(&file, content).expect("written");
        fails(&file, code, words);
    }
    let (_root, path) = tar(&[("events/header_page", "x")], <[u8]>::to_vec);
    fails(&path, "not-tracefs", "no events");
    let (_root, path) = tar(&[("events/sched/a/format", "")], <[u8]>::to_vec);
    fails(&path, "not-tracefs", "none of its 1 format files");
}

#[test]
fn an_archive_that_was_cut_off_anywhere_is_refused() {
    let text = format_file("a");
    let (_root, path) = tar(
        &[("events/s/a/format", text.as_str()), ("events/s/b/format", "")],
        <[u8]>::to_vec,
    );
    let whole = fs::read(&path).expect("a tar");
    for pack in [|tar: &[u8]| tar.to_vec(), gzip] {
        for end in [700, 1024, 1536, 1600] {
            fs::write(&path, pack(&whole[..end])).expect("written");
            fails(&path, "bad-archive", "cannot unpack");
        }
    }
    let packed = gzip(&whole);
    fs::write(&path, &packed[..packed.len() / 2]).expect("written");
    fails(&path, "bad-archive", "cannot unpack");
}

#[test]
fn bounds_what_it_reads() {
    let huge = "x".repeat(MAX_FILE_BYTES + 1);
    let root = directory(&["sched/a"]);
    fs::write(root.path().join("events/sched/a/format"), &huge).expect("written");
    fails(root.path(), "limit-exceeded", "too large");
    let (_root, path) = tar(&[("events/sched/a/format", &huge)], gzip);
    fails(&path, "limit-exceeded", "too large");
}

#[test]
fn bounds_how_many_files_it_reads() {
    let events: Vec<String> = (0..=MAX_FILES).map(|number| format!("sched/e{number}")).collect();
    let root = directory(&events.iter().map(String::as_str).collect::<Vec<_>>());
    fails(root.path(), "limit-exceeded", "too many format files");
    let names: Vec<String> = (0..=100).map(|number| format!("readme{number}")).collect();
    let entries: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let (_root, path) = tar(&entries, gzip);
    fails(&path, "limit-exceeded", "too many entries");
}

#[test]
fn an_archive_that_asks_for_too_much_memory_is_refused() {
    // The size of the dictionary stands in the header of the first block, before a checksum of that header.
    let (_root, path) = tar(&[("events/sched/a/format", &format_file("a"))], xz);
    let mut packed = fs::read(&path).expect("read");
    let header = 12..12 + (usize::from(packed[12]) + 1) * 4;
    assert_eq!(packed[14..16], [0x21, 1]);
    packed[16] = 40;
    let end = header.end - 4;
    let mut checksum = flate2::Crc::new();
    checksum.update(&packed[header.start..end]);
    packed[end..header.end].copy_from_slice(&checksum.sum().to_le_bytes());
    fs::write(&path, packed).expect("written");
    fails(&path, "bad-archive", "cannot unpack");
}

#[test]
fn a_small_archive_that_unpacks_without_end_is_refused() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut header = tar::Header::new_gnu();
    header.set_path("zeros").expect("a short path");
    header.set_size(16 << 20);
    header.set_cksum();
    encoder.write_all(header.as_bytes()).expect("packed");
    encoder.write_all(&vec![0; 16 << 20]).expect("packed");
    let root = tempfile::tempdir().expect("a temporary directory");
    let path = root.path().join("bomb");
    fs::write(&path, encoder.finish().expect("packed")).expect("written");
    fails(&path, "limit-exceeded", "unpacks to too much");
}

#[test]
fn a_named_pipe_does_not_hang() {
    let root = directory(&["sched/a"]);
    let format = root.path().join("events/sched/a/format");
    fs::remove_file(&format).expect("removed");
    rustix::fs::mknodat(rustix::fs::CWD, &format, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("made");
    fails(root.path(), "not-tracefs", "none of its 1 format files");
}
