//! The cache in good and in bad weather.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use tempfile::TempDir;

use super::Cache;
use crate::kernel_tree::ContentId;

fn cache() -> (TempDir, Cache) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cache = Cache::new(Some(directory.path().join("made/later")));
    (directory, cache)
}

fn id(number: u8) -> ContentId {
    ContentId([number; 20])
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

fn put_facts(cache: &Cache, facts: &[(u8, &str)]) {
    cache
        .facts("f")
        .put_many(facts.iter().map(|(number, fact)| (id(*number), fact.as_bytes())));
}

fn fact(cache: &Cache, number: u8) -> Option<String> {
    cache
        .facts("f")
        .get(id(number))
        .map(|fact| String::from_utf8_lossy(fact).into_owned())
}

#[test]
fn gives_back_what_was_put() {
    let (_directory, cache) = cache();
    assert_eq!(cache.get("snapshot", b"key"), None);
    cache.put("snapshot", b"key", b"value");
    assert_eq!(cache.get("snapshot", b"key").as_deref(), Some(&b"value"[..]));
    assert_eq!(cache.get("snapshot", b"other"), None);
    assert_eq!(cache.get("other", b"key"), None);
    put_facts(&cache, &[(1, "one"), (2, "")]);
    put_facts(&cache, &[(3, "three")]);
    let known = [1, 2, 3, 4].map(|number| fact(&cache, number));
    assert_eq!(
        known,
        [Some("one".into()), Some(String::new()), Some("three".into()), None]
    );
}

#[test]
fn no_directory_remembers_nothing() {
    let cache = Cache::new(None);
    cache.put("snapshot", b"key", b"value");
    put_facts(&cache, &[(1, "one")]);
    assert_eq!(cache.get("snapshot", b"key"), None);
    assert_eq!(fact(&cache, 1), None);
}

#[test]
fn joins_its_files_and_loses_nothing() {
    let (directory, cache) = cache();
    for number in 0..100 {
        put_facts(&cache, &[(number, "fact")]);
    }
    assert!((0..100).all(|number| fact(&cache, number).is_some()));
    assert!(files(directory.path()).len() <= 17);
}

#[test]
fn a_damaged_file_is_as_good_as_none() {
    let (directory, cache) = cache();
    for damage in [
        |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2),
        |bytes: &mut Vec<u8>| bytes.clear(),
        |bytes: &mut Vec<u8>| bytes[20] ^= 1,
    ] {
        cache.put("snapshot", b"key", &[b'x'; 1000]);
        put_facts(&cache, &[(1, "one")]);
        for path in files(directory.path()) {
            let mut bytes = fs::read(&path).expect("read");
            damage(&mut bytes);
            fs::write(&path, bytes).expect("written");
        }
        assert_eq!(cache.get("snapshot", b"key"), None);
        assert_eq!(fact(&cache, 1), None);
        assert!(files(directory.path()).is_empty(), "damaged files are deleted");
    }
}

#[test]
fn a_directory_deleted_in_the_middle_is_made_again() {
    let (directory, cache) = cache();
    put_facts(&cache, &[(1, "one")]);
    let facts = cache.facts("f");
    fs::remove_dir_all(directory.path().join("made")).expect("removed");
    assert_eq!(facts.get(id(1)), Some(&b"one"[..]));
    facts.put_many([(id(2), &b"two"[..])]);
    assert_eq!(fact(&cache, 2), Some("two".into()));
}

#[test]
fn a_place_that_cannot_be_written_is_no_failure() {
    let (directory, _) = cache();
    let file = directory.path().join("file");
    fs::write(&file, "not a directory").expect("written");
    fs::create_dir(directory.path().join("locked")).expect("made");
    fs::set_permissions(directory.path().join("locked"), PermissionsExt::from_mode(0o500)).expect("set");
    for place in [
        file.clone(),
        file.join("below"),
        "/proc/self".into(),
        directory.path().join("locked"),
    ] {
        let cache = Cache::new(Some(place));
        cache.put("snapshot", b"key", b"value");
        put_facts(&cache, &[(1, "one")]);
        let _ = (cache.get("snapshot", b"key"), fact(&cache, 1));
    }
    assert_eq!(fs::read_to_string(file).expect("read"), "not a directory");
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    // A limit on the size of files stands in for the full disk: both end a write in the middle with an error.
    let (directory, cache) = cache();
    if std::env::var_os("TPABI_TEST_PLACE").is_none() {
        let place = directory.path().to_str().expect("UTF-8");
        let test = std::env::current_exe().expect("this test");
        let script = format!(
            "trap '' XFSZ; ulimit -f 8; TPABI_TEST_PLACE='{place}' exec '{}' full_disk",
            test.display()
        );
        let status = Command::new("sh")
            .args(["-c", &script])
            .output()
            .expect("sh runs")
            .status;
        assert!(status.success());
        assert!(files(directory.path()).is_empty());
        return;
    }
    let place = std::env::var_os("TPABI_TEST_PLACE").map(PathBuf::from);
    let limited = Cache::new(place);
    let mut state = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    })
    .take(100_000)
    .collect();
    limited.put("snapshot", b"key", &noise);
    assert_eq!(limited.get("snapshot", b"key"), None);
    drop(cache);
}

#[test]
fn several_writers_do_not_disturb_each_other() {
    let (_directory, cache) = cache();
    thread::scope(|scope| {
        for thread in 0..4 {
            let cache = &cache;
            scope.spawn(move || {
                for round in 0..30 {
                    put_facts(cache, &[(thread * 30 + round, "fact")]);
                    cache.put("snapshot", b"key", b"value");
                    assert_eq!(cache.get("snapshot", b"key").as_deref(), Some(&b"value"[..]));
                }
            });
        }
    });
    // A writer that joins files may miss what another one adds meanwhile, which is then found out again; nothing is wrong.
    assert!(
        (0..120)
            .filter_map(|number| fact(&cache, number))
            .all(|fact| fact == "fact")
    );
}

#[test]
fn leaves_foreign_files_alone() {
    let (directory, cache) = cache();
    let root = directory.path().join("made/later");
    for foreign in ["notes.txt", "vendor/lib/file", "v0123456789abcdef/kind/tmp-young"] {
        let path = root.join(foreign);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, "text").expect("written");
    }
    let abandoned = root.join("v0123456789abcdef/kind/tmp-old");
    let file = fs::File::create(&abandoned).expect("made");
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).expect("aged");
    cache.put("snapshot", b"key", b"value");
    assert_eq!(files(&root).len(), 4);
    assert!(!abandoned.exists());
}
