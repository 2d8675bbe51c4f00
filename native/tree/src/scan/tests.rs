//! Which files are looked at, and what is found in them.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Marker, Marks, Seen, is_scanned, scan};
use crate::cache::Cache;
use crate::kernel_tree::{Texts, open_directory};

#[test]
fn finds_marks_in_texts() {
    let marker = Marker::new();
    for (text, marks) in [
        ("", Marks::default()),
        (
            "#define CREATE_TRACE_POINTS\n#include <trace/events/sched.h>",
            Marks::CREATES_TRACE_POINTS,
        ),
        ("#undef CREATE_TRACE", Marks::default()),
        ("RECREATE_TRACE_", Marks::default()),
        ("COMPAT_SYSCALL_DEFINE3(open, ", Marks::DEFINES_SYSCALLS),
        ("DEFINE_TRACE(x);", Marks::DECLARES_TRACE_POINTS),
        ("DECLARE_TRACE(x, ", Marks::DECLARES_TRACE_POINTS),
        ("SOME_TRACE E_TRACE_POINTS", Marks::default()),
        (
            "CREATE_TRACE_POINTS SYSCALL_DEFINE0",
            Marks::CREATES_TRACE_POINTS | Marks::DEFINES_SYSCALLS,
        ),
    ] {
        assert_eq!(marker.marks(text.as_bytes()), marks, "{text}");
    }
    assert!((Marks::CREATES_TRACE_POINTS | Marks::DEFINES_SYSCALLS).contains(Marks::DEFINES_SYSCALLS));
    assert!(!Marks::CREATES_TRACE_POINTS.contains(Marks::DEFINES_SYSCALLS));
}

#[test]
fn looks_at_the_c_files_that_a_kernel_is_built_from() {
    for (path, scanned) in [
        ("kernel/sched/core.c", true),
        ("samples/trace_events/trace-events-sample.c", true),
        ("arch/x86/kernel/irq.c", true),
        ("arch/x86um/ptrace.c", false),
        ("arch/arm64/kernel/smp.c", false),
        ("tools/perf/perf.c", false),
        ("scripts/kallsyms.c", false),
        ("include/trace/events/sched.h", false),
        ("top.c", false),
    ] {
        assert_eq!(is_scanned(path, "x86"), scanned, "{path}");
    }
}

#[test]
fn looks_at_each_content_once() {
    let root = tempfile::tempdir().expect("a temporary directory");
    for directory in ["include/linux", "kernel"] {
        fs::create_dir_all(root.path().join(directory)).expect("made");
    }
    fs::write(root.path().join("include/linux/kernel.h"), "").expect("written");
    for index in 0..1000 {
        let text = if index % 100 == 7 {
            "CREATE_TRACE_POINTS"
        } else {
            "int x;"
        };
        fs::write(root.path().join(format!("kernel/{index:03}.c")), text).expect("written");
    }
    let tree = open_directory(root.path()).expect("a tree");
    let cache_directory = tempfile::tempdir().expect("a temporary directory");
    let cache = Cache::new(Some(cache_directory.path().to_owned()));
    for expected_calls in [1, 0] {
        let calls = AtomicUsize::new(0);
        let progress = |_, total| {
            assert_eq!(total, 1000);
            calls.fetch_add(1, Ordering::Relaxed);
        };
        let found = {
            let mut seen = Seen::load(&cache);
            let found = scan(&*tree, "x86", &mut seen, &mut Texts::default(), &progress);
            seen.save();
            found
        };
        let paths: Vec<_> = found.marked.iter().map(|(file, _)| &file.path[7..10]).collect();
        assert_eq!(
            paths,
            ["007", "107", "207", "307", "407", "507", "607", "707", "807", "907"]
        );
        assert_eq!(calls.into_inner(), expected_calls);
        assert!(found.problems.is_empty());
    }
}

#[test]
fn a_file_that_is_gone_is_a_problem_and_is_not_remembered() {
    let root = tempfile::tempdir().expect("a temporary directory");
    for path in ["include/linux/kernel.h", "kernel/a.c", "kernel/b.c"] {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, "DEFINE_TRACE").expect("written");
    }
    let tree = open_directory(root.path()).expect("a tree");
    fs::remove_file(root.path().join("kernel/a.c")).expect("removed");
    let cache_directory = tempfile::tempdir().expect("a temporary directory");
    let cache = Cache::new(Some(cache_directory.path().to_owned()));
    for _ in 0..2 {
        let found = scan(
            &*tree,
            "x86",
            &mut Seen::load(&cache),
            &mut Texts::default(),
            &|_, _| {},
        );
        assert_eq!(found.marked.len(), 1);
        assert_eq!(found.problems[0].code, "file-missing");
    }
}
