//! Compiled BPF objects, also within other files.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    tpabi_core::uses::read_bpf_objects(data);
});
