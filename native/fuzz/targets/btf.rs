//! A blob of BTF, and one that continues it: the first two bytes say where the second begins.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tpabi_core::btf::{Blob, Collector, Constants};

fuzz_target!(|data: &[u8]| {
    let Some((length, blobs)) = data.split_first_chunk() else {
        return;
    };
    let (kernel, module) = blobs.split_at(blobs.len().min(usize::from(u16::from_le_bytes(*length))));
    let mut collector = Collector::default();
    let mut constants = Constants::of(["ONE".to_owned()]);
    let base = Blob::parse(kernel, None, &mut |code, message| {
        collector.problem("vmlinux", code, message)
    });
    let split = Blob::parse(module, Some(&base), &mut |code, message| {
        collector.problem("module", code, message)
    });
    for blob in [&base, &split] {
        collector.read("a blob", blob);
        constants.read(blob);
    }
    collector.finish();
    constants.finish();
});
