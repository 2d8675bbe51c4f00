//! When a snapshot is read again, and what it is kept under.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use tpabi_core::snapshot::Snapshot;

use super::{Extracted, Place, SourceRequest, key, read_source, remembered};
use crate::cache::Cache;
use crate::kernel_tree::ContentId;

fn request(cache: &Path, arch: &str, config: Option<&str>) -> SourceRequest {
    SourceRequest {
        place: Place::Directory("linux".into()),
        arch: tpabi_core::arch::find(arch).expect("known"),
        config: config.map(str::to_owned),
        cache: Cache::new(Some(cache.to_owned())),
        is_kept: false,
    }
}

#[test]
fn keeps_a_snapshot_as_long_as_what_it_lacks_is_missing() {
    let cache = tempfile::tempdir().expect("a temporary directory");
    let mut request = request(cache.path(), "x86_64", None);
    let reads = Cell::new(0);
    let read = |request: &SourceRequest, missing: Option<Vec<u8>>, is_missing: bool| {
        let extract = || {
            reads.set(reads.get() + 1);
            let missing = missing.map(|ids| ids.into_iter().map(|id| ContentId([id; 20])).collect());
            Ok(Extracted {
                snapshot: Snapshot::default(),
                missing,
                lacks: None,
                dependencies: super::Dependencies::default(),
                causes: Vec::new(),
            })
        };
        let json = remembered(request, ContentId([9; 20]), |_| is_missing, extract).expect("read");
        assert!(json.starts_with('{') && json.ends_with("}\n"));
        reads.get()
    };
    assert_eq!(read(&request, None, true), 1, "never read before");
    assert_eq!(
        read(&request, Some(vec![1, 2]), true),
        2,
        "what it lacked could not be named, so it was not kept"
    );
    assert_eq!(read(&request, None, true), 2, "kept");
    assert_eq!(
        read(&request, Some(Vec::new()), false),
        3,
        "the missing files have come"
    );
    assert_eq!(read(&request, None, false), 3, "complete, and kept");
    request.is_kept = true;
    assert_eq!(read(&request, None, false), 4, "a caller that keeps it wants it read");
}

#[test]
fn keeps_apart_what_differs_in_anything() {
    let cache = tempfile::tempdir().expect("a temporary directory");
    let of = |arch: &str, config: Option<&str>| request(cache.path(), arch, config);
    let tree = ContentId([1; 20]);
    let keys = [
        key(&of("x86_64", None), tree, "", ""),
        key(&of("i386", None), tree, "", ""),
        key(&of("x86_64", Some("")), tree, "", ""),
        key(&of("x86_64", Some("CONFIG_A=y")), tree, "", ""),
        key(&of("x86_64", None), ContentId([2; 20]), "", ""),
        key(&of("x86_64", None), tree, "v6.1", "abc"),
        key(&of("x86_64", None), tree, "v6.1a", "bc"),
    ];
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[index + 1..].contains(key), "{index}");
    }
}

#[test]
fn says_why_a_tree_is_no_kernel() {
    let root = tempfile::tempdir().expect("a temporary directory");
    fs::create_dir_all(root.path().join("include/linux")).expect("made");
    fs::write(root.path().join("include/linux/kernel.h"), "").expect("written");
    let mut request = request(&root.path().join("cache"), "x86_64", None);
    request.place = Place::Directory(root.path().to_owned());
    let error = read_source(&request, &|_, _, _| {}).expect_err("no kernel");
    assert_eq!(error.code(), "not-a-kernel");
    assert!(error.to_string().contains("Makefile"), "{error}");
}
