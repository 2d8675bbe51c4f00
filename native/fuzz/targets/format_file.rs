//! Format files of tracefs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tpabi_core::format_file::FormatReader;

fuzz_target!(|data: &[u8]| {
    let mut reader = FormatReader::default();
    reader.read("demo", "one", data);
    reader.read("demo", "two", data);
    reader.finish();
});
