//! What the cache kept for later runs, as somebody else may have left it: many facts in one file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tpabi_tree::cache::Cache;
use tpabi_tree::kernel_tree::ContentId;

fuzz_target!(|data: &[u8]| {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let cache = Cache::new(Some(directory.path().to_owned()));
    // A value and a file of facts are packed alike, so this is a whole file with the wrong content.
    cache.put("scan", b"key", data);
    assert_eq!(cache.get("scan", b"key").as_deref(), Some(data));
    let facts = cache.facts("scan");
    for id in data.array_windows::<20>() {
        facts.get(ContentId(*id));
    }
    facts.put_many([(ContentId([1; 20]), &b"\x01"[..])]);
    assert!(cache.facts("scan").get(ContentId([1; 20])).is_some());
});
