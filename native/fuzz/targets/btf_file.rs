//! Files that hold BTF: an ELF file, an archive, something packed.
#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(data).expect("space for a small file");
    // A refusal is a good answer.
    let _ = tpabi_tree::btf::read_btf(file.path(), ["ONE".to_owned()]);
});
