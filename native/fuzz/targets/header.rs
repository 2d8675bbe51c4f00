//! Trace headers, types and makefiles of a small kernel, separated by NUL bytes: the whole extraction.
#![no_main]

#[path = "../../core/tests/kernel/mod.rs"]
mod kernel;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let mut files = kernel::files(parts.next().unwrap_or(""));
    for (path, part) in [
        "include/linux/types.h",
        "kernel/Makefile",
        "kernel/trace/trace_syscalls.c",
    ]
    .iter()
    .zip(parts)
    {
        let known = files.0.entry((*path).to_owned()).or_default();
        *known = format!("{known}\n{part}");
    }
    kernel::read(&files, "x86_64", None);
    kernel::read(&files, "arm", Some("CONFIG_WIDE=y"));
});
